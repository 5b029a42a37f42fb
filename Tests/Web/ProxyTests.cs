using System.Net;
using System.Net.WebSockets;
using System.Text.Json;

namespace EmotionMLNet.Tests.Web;

/// <summary>The server behind nginx, which is set up as docs/web.md says.</summary>
public sealed class ProxyTests(ProxyTests.Fixture fixture) : IClassFixture<ProxyTests.Fixture>
{
    // What one client may have under way; each test is a client of its own.
    private const int ClientRequests = 2;

    [NginxFact]
    public async Task A_picture_has_the_servers_own_answer_or_refusal()
    {
        using HttpClient client = fixture.Nginx.Client("127.0.0.2");
        using HttpResponseMessage direct = await fixture.Server.PostAsync("/v1/classify", RunningServer.Face);
        using HttpResponseMessage through = await PostAsync(client, "v1/classify", new ByteArrayContent(RunningServer.Face));
        Assert.Equal(await direct.Content.ReadAsByteArrayAsync(), await through.Content.ReadAsByteArrayAsync());
        using HttpResponseMessage large = await PostAsync(client, "v1/classify", new ByteArrayContent(new byte[3 << 20]));
        await large.ProblemAsync(413);
    }

    [NginxFact]
    public async Task Many_are_more_than_fits_between()
    {
        // nginx sends nothing more of a request whose answer has begun, and what it has sent by then is in buffers of the system.
        byte[] picture = [.. "P5 1400 1000 255\n"u8, .. new byte[1_400_000]];
        byte[][] pictures = [.. Enumerable.Repeat(picture, 40)];
        using HttpClient client = fixture.Nginx.Client("127.0.0.3");
        using HttpResponseMessage many = await PostAsync(client, "v1/classify-many?faces=off", ClassifyTests.Form(pictures));
        string[] lines = (await many.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(pictures.Length, lines.Length);
        Assert.All(lines, line => Assert.DoesNotContain("\"error\"", line, StringComparison.Ordinal));
    }

    [NginxFact]
    public async Task A_camera_is_answered_frame_by_frame_and_pages_of_others_are_not()
    {
        using (ClientWebSocket socket = await ConnectAsync("https://faces.example"))
        {
            Assert.Equal("hello", (await LiveTests.NextAsync(socket)).GetProperty("type").GetString());
            for (int frame = 1; frame <= 3; frame++)
            {
                await socket.SendAsync(RunningServer.Face, WebSocketMessageType.Binary, endOfMessage: true, default);
                JsonElement answer = await LiveTests.NextAsync(socket);
                Assert.Equal((frame, "happy"), (answer.GetProperty("frame").GetInt32(), answer.GetProperty("label").GetString()));
            }
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", default);
        }
        foreach (string origin in (string[])["https://evil.example", "https://faces.example:8443"])
            await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(origin));
    }

    [NginxFact]
    public async Task Names_of_strangers_do_not_reach_it()
    {
        using HttpClient client = fixture.Nginx.Client("127.0.0.4");
        using var request = new HttpRequestMessage(HttpMethod.Get, Nginx.Site) { Headers = { Host = "evil.example" } };
        using HttpResponseMessage response = await client.SendAsync(request);
        await response.ProblemAsync(400);
    }

    [NginxFact]
    public async Task Each_client_behind_it_has_a_limit_of_its_own()
    {
        using HttpClient client = fixture.Nginx.Client("127.0.0.5"), other = fixture.Nginx.Client("127.0.0.6");
        using var end = new CancellationTokenSource();
        Task[] slow = [.. Enumerable.Range(0, ClientRequests).Select(_ => PostAsync(client, "v1/classify", new Unfinished(), end.Token))];
        await fixture.Server.WaitForPicturesAsync(slow.Length);
        using HttpResponseMessage refused = await PostAsync(client, "v1/classify", new ByteArrayContent(RunningServer.Face));
        await refused.ProblemAsync(429);
        using HttpResponseMessage honest = await PostAsync(other, "v1/classify", new ByteArrayContent(RunningServer.Face));
        Assert.Equal(HttpStatusCode.OK, honest.StatusCode);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(slow));
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, HttpContent body, CancellationToken end = default)
        => client.PostAsync(new Uri(path, UriKind.Relative), body, end);

    private async Task<ClientWebSocket> ConnectAsync(string origin)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", origin);
        using var invoker = new HttpMessageInvoker(fixture.Nginx.Way("127.0.0.7"), disposeHandler: false);
        await socket.ConnectAsync(new Uri("wss://faces.example/v1/live"), invoker, default);
        return socket;
    }

    /// <summary>One server and one nginx before it, where there is one.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal RunningServer Server { get; private set; } = null!;

        internal Nginx Nginx { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            if (Nginx.Missing is not null) return;
            Server = await RunningServer.StartAsync(s => s with
            {
                Hosts = [Nginx.Site.Host],
                Proxies = [IPAddress.Loopback],
                ClientRequests = ClientRequests,
                BodyMegabytes = 2,
            });
            Nginx = await Nginx.StartAsync(Server.Address);
        }

        public async Task DisposeAsync()
        {
            if (Nginx is null) return;
            Nginx.Dispose();
            await Server.DisposeAsync();
        }
    }

    /// <summary>A body that begins and does not go on.</summary>
    private sealed class Unfinished : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
            => SerializeToStreamAsync(stream, context, default);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(RunningServer.Face.AsMemory(0, 100), cancellationToken);
            await stream.FlushAsync(cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
