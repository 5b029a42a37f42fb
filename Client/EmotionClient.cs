using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace EmotionMLNet.Client;

/// <summary>Asks a server (emotionmlnet-web) for the expression labels of pictures.</summary>
/// <remarks>All members may be called from any number of threads at once.</remarks>
/// <param name="http">Has the server's address, and the token where the server wants one; it is not disposed of here.</param>
public sealed class EmotionClient(HttpClient http)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Labels a picture.</summary>
    /// <param name="picture">The bytes of its file.</param>
    /// <param name="options">How; null means the defaults of the server.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EmotionClientException">The server refused it.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public async Task<Answer> ClassifyAsync(
        ReadOnlyMemory<byte> picture, ClassifyOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var content = new ReadOnlyMemoryContent(picture);
        return await PostAsync(content, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Labels a picture that is read from a stream.</summary>
    /// <inheritdoc cref="ClassifyAsync(ReadOnlyMemory{byte}, ClassifyOptions?, CancellationToken)"/>
    public async Task<Answer> ClassifyAsync(
        Stream picture, ClassifyOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var content = new StreamContent(picture);
        return await PostAsync(content, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Labels many pictures with one request; results come once all of them have been sent.</summary>
    /// <param name="pictures">Opened and sent one after the other; each stream is disposed of.</param>
    /// <param name="options">How; null means the defaults of the server.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EmotionClientException">While enumerating: the server refused the whole request.</exception>
    /// <exception cref="HttpRequestException">While enumerating: the server cannot be reached.</exception>
    public async IAsyncEnumerable<ManyResult> ClassifyManyAsync(
        IEnumerable<Func<Stream>> pictures,
        ClassifyOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var form = new MultipartFormDataContent();
        foreach (Func<Stream> open in pictures) form.Add(new LateContent(open), "file", "picture");
        using var request = new HttpRequestMessage(HttpMethod.Post, Address("v1/classify-many", options)) { Content = form };
        using HttpResponseMessage response = await http
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
            .ConfigureAwait(false);
        await ThrowAsync(response, cancellationToken).ConfigureAwait(false);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
        while (await lines.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            JsonElement row = JsonSerializer.Deserialize<JsonElement>(line, Json);
            int index = row.GetProperty("index").GetInt32();
            yield return row.TryGetProperty("error", out JsonElement error)
                ? new ManyResult(index, null, error.Deserialize<Problem>(Json))
                : new ManyResult(index, row.Deserialize<Answer>(Json), null);
        }
    }

    /// <summary>The models of the server.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EmotionClientException">The server refused it.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public Task<ModelList> GetModelsAsync(CancellationToken cancellationToken = default)
        => GetAsync<ModelList>("v1/models", cancellationToken);

    /// <summary>A model with its card.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EmotionClientException">There is none of that name.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public Task<ModelInfo> GetModelAsync(string name, CancellationToken cancellationToken = default)
        => GetAsync<ModelInfo>("v1/models/" + Uri.EscapeDataString(name), cancellationToken);

    /// <summary>Whether the server can be sent pictures.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken = default)
    {
        using HttpResponseMessage response = await http
            .GetAsync(new Uri("health/ready", UriKind.Relative), cancellationToken)
            .ConfigureAwait(false);
        return response.IsSuccessStatusCode;
    }

    private async Task<Answer> PostAsync(HttpContent content, ClassifyOptions? options, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await http
            .PostAsync(Address("v1/classify", options), content, cancellationToken)
            .ConfigureAwait(false);
        return await ReadAsync<Answer>(response, cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await http
            .GetAsync(new Uri(path, UriKind.Relative), cancellationToken)
            .ConfigureAwait(false);
        return await ReadAsync<T>(response, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await ThrowAsync(response, cancellationToken).ConfigureAwait(false);
        return await response.Content.ReadFromJsonAsync<T>(Json, cancellationToken).ConfigureAwait(false)
            ?? throw new JsonException("The server answered with null.");
    }

    private static async Task ThrowAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode) return;
        Problem? problem = null;
        try
        {
            problem = await response.Content.ReadFromJsonAsync<Problem>(Json, cancellationToken).ConfigureAwait(false);
        }
        catch (JsonException)
        {
            // something between the server and us answered
        }
        throw new EmotionClientException(
            problem ?? new Problem((int)response.StatusCode, $"The server answered {(int)response.StatusCode}.", null),
            response.Headers.RetryAfter?.Delta
        );
    }

    private static Uri Address(string path, ClassifyOptions? options) => new(path + options?.ToQuery(), UriKind.Relative);
}
