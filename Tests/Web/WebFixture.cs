using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Web.Hosting;
using EmotionMLNet.Web.Pictures;
using EmotionMLNet.Web.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace EmotionMLNet.Tests.Web;

/// <summary>A server in this process, on a free port, with the shipped model.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private RunningServer(WebApplication app)
    {
        App = app;
        Address = WebServer.FindAddress(app);
        Client = new HttpClient { BaseAddress = Address };
    }

    public static ServerSettings Settings { get; } = new()
    {
        Port = 0,
        MetricsPort = null,
        Models = Path.Combine(Repository.Root, "artifacts"),
    };

    /// <summary>A drawn face.</summary>
    public static byte[] Face { get; } = File.ReadAllBytes(Path.Combine(Repository.Root, "data", "faces", "happy", "0000.png"));

    public WebApplication App { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public static async Task<RunningServer> StartAsync(Func<ServerSettings, ServerSettings>? change = null)
    {
        WebApplication app = WebServer.Create(change is null ? Settings : change(Settings));
        await app.StartAsync();
        return new RunningServer(app);
    }

    public Task<HttpResponseMessage> PostAsync(string path, byte[] body)
        => Client.PostAsync(new Uri(path, UriKind.Relative), new ByteArrayContent(body));

    public Task<HttpResponseMessage> GetAsync(string path) => Client.GetAsync(new Uri(path, UriKind.Relative));

    /// <summary>Sends bytes as they are and reads the answer to its end.</summary>
    public async Task<string> SendRawAsync(string head, params byte[][] rest)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(Address.Host, Address.Port);
        NetworkStream stream = socket.GetStream();
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
            foreach (byte[] part in rest) await stream.WriteAsync(part);
        }
        catch (IOException)
        {
            // the server has answered and closed
        }
        return await ReadRawAsync(stream);
    }

    public static async Task<string> ReadRawAsync(NetworkStream stream)
    {
        var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer);
        }
        catch (IOException)
        {
            // a reset behind the answer
        }
        return Encoding.ASCII.GetString(answer.ToArray());
    }

    /// <summary>Waits until so many pictures have begun to arrive: their requests are behind all limits.</summary>
    public async Task WaitForPicturesAsync(int count)
    {
        ByteBudget budget = App.Services.GetRequiredService<ByteBudget>();
        while (budget.Held < (long)count * PictureBuffer.First) await Task.Delay(1);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
    }
}

/// <summary>One server for tests that leave it as it is.</summary>
public sealed class WebFixture : IAsyncLifetime
{
    internal RunningServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await RunningServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();
}

/// <summary>Looks into answers.</summary>
internal static class Answers
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response)
        => JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync()).RootElement;

    /// <summary>Asserts that a response is a problem of a status, whole.</summary>
    public static async Task<JsonElement> ProblemAsync(this HttpResponseMessage response, int status)
    {
        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        JsonElement problem = await response.JsonAsync();
        Assert.Equal(["type", "status", "title", "detail"], problem.EnumerateObject().Select(p => p.Name));
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.EndsWith(".", problem.GetProperty("title").GetString(), StringComparison.Ordinal);
        return problem;
    }
}
