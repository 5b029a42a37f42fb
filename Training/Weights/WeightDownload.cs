using System.Net;
using System.Net.Http.Headers;
using EmotionMLNet.Files;

namespace EmotionMLNet.Training.Weights;

/// <summary>
/// Fetches a file over HTTP: what arrived is kept and resumed, a stalled connection is given up and tried again, and nothing gets its
/// final name before its hash was checked. Proxies come from the environment (HTTPS_PROXY, NO_PROXY).
/// </summary>
internal sealed class WeightDownload : IDisposable
{
    private const int Attempts = 4, BufferSize = 1 << 16;

    private readonly HttpClient client;
    private readonly TimeSpan stall;

    /// <param name="connect">Time to reach the server.</param>
    /// <param name="stall">Longest silence of a server that is connected.</param>
    public WeightDownload(TimeSpan connect, TimeSpan stall)
    {
        this.stall = stall;
        // A redirect from HTTPS to HTTP is not followed by this handler.
        client = new HttpClient(
            new SocketsHttpHandler
            {
                ConnectTimeout = connect,
                AllowAutoRedirect = true,
                MaxAutomaticRedirections = 5,
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <param name="location">HTTPS; plain HTTP only on this machine.</param>
    /// <param name="path">The file to write; while it is incomplete, path + ".part".</param>
    /// <param name="accepts">Whether a complete file is the right one, by its SHA-256.</param>
    /// <param name="progress">Receives the number of bytes that are done.</param>
    /// <param name="cancellation">Keeps what arrived.</param>
    /// <exception cref="TrainingException">In one line: what went wrong.</exception>
    public async Task Fetch(
        Uri location,
        string path,
        Func<string, bool> accepts,
        IProgress<WorkProgress>? progress,
        CancellationToken cancellation
    )
    {
        CheckScheme(location);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        string part = path + ".part";
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await Receive(location, part, progress, cancellation).ConfigureAwait(false);
                break;
            }
            catch (Exception e)
                when (e is HttpRequestException { StatusCode: null } or IOException or TimeoutException && attempt < Attempts)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200 * attempt), cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or TimeoutException)
            {
                throw new TrainingFailedException($"{location} could not be fetched: {e.Message.ReplaceLineEndings(" ")}");
            }
        }
        string hash = WeightStore.Hash(part);
        if (!accepts(hash))
        {
            File.Delete(part);
            File.Delete(part + ".etag");
            throw new TrainingFailedException($"{location} is not the expected file (SHA-256 {hash}): nothing was kept.");
        }
        File.Move(part, path, overwrite: true);
        File.Delete(part + ".etag");
    }

    /// <summary>A small answer as a whole: an index, for instance.</summary>
    /// <param name="location">HTTPS; plain HTTP only on this machine.</param>
    /// <param name="largest">Most bytes that it may have.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="TrainingException">In one line: what went wrong.</exception>
    public async Task<byte[]> Read(Uri location, int largest, CancellationToken cancellation)
    {
        CheckScheme(location);
        try
        {
            using HttpResponseMessage response = await WithinStall(
                    t => client.GetAsync(location, HttpCompletionOption.ResponseHeadersRead, t), cancellation)
                .ConfigureAwait(false);
            response.EnsureSuccessStatusCode();
            using Stream from = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            var content = new MemoryStream();
            var buffer = new byte[BufferSize];
            while (await WithinStall(t => from.ReadAsync(buffer, t).AsTask(), cancellation).ConfigureAwait(false) is > 0 and var count)
            {
                content.Write(buffer, 0, count);
                if (content.Length > largest) throw new IOException($"the answer has more than {largest:N0} bytes");
            }
            return content.ToArray();
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TimeoutException)
        {
            throw new TrainingFailedException($"{location} could not be fetched: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    public void Dispose() => client.Dispose();

    private static void CheckScheme(Uri location)
    {
        if (location.Scheme != Uri.UriSchemeHttps && !location.IsLoopback)
            throw new TrainingException($"{location}: only HTTPS is fetched.");
    }

    private async Task Receive(Uri location, string part, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        long have = File.Exists(part) ? new FileInfo(part).Length : 0;
        using var request = new HttpRequestMessage(HttpMethod.Get, location);
        if (
            have > 0
            && File.Exists(part + ".etag")
            && EntityTagHeaderValue.TryParse(
                await File.ReadAllTextAsync(part + ".etag", cancellation).ConfigureAwait(false),
                out EntityTagHeaderValue? tag
            )
        )
        {
            request.Headers.Range = new RangeHeaderValue(have, null);
            request.Headers.IfRange = new RangeConditionHeaderValue(tag); // another file by now comes whole
        }
        using HttpResponseMessage response = await WithinStall(
                t => client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, t),
                cancellation
            )
            .ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            File.Delete(part);
            throw new IOException("the server no longer has that part of the file");
        }
        response.EnsureSuccessStatusCode();
        bool resumed = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
        if (!resumed) have = 0;
        if (response.Headers.ETag is { IsWeak: false } etag) AtomicFile.WriteText(part + ".etag", etag.ToString());
        else File.Delete(part + ".etag");
        long? length = response.Content.Headers.ContentLength + have;

        using Stream from = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        using var to = new FileStream(part, resumed ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.None);
        var buffer = new byte[BufferSize];
        while (await WithinStall(t => from.ReadAsync(buffer, t).AsTask(), cancellation).ConfigureAwait(false) is > 0 and var count)
        {
            await to.WriteAsync(buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
            have += count;
            progress?.Report(new WorkProgress(have, length ?? 0));
        }
        if (length is { } whole && have < whole) throw new IOException($"the connection ended after {have:N0} of {whole:N0} bytes");
    }

    private async Task<T> WithinStall<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(stall);
        try
        {
            return await work(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"the server was silent for {stall.TotalSeconds:0} seconds");
        }
    }
}
