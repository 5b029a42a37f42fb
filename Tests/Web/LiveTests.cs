using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Web.Security;

namespace EmotionMLNet.Tests.Web;

/// <summary>The camera's protocol.</summary>
public sealed class LiveTests
{
    private const string Token = "0123456789abcdef";

    [Fact]
    public async Task Each_frame_has_one_answer_in_order()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using ClientWebSocket socket = await ConnectAsync(server, "?threshold=1");
        JsonElement hello = await NextAsync(socket);
        Assert.Equal(("hello", 2), (hello.GetProperty("type").GetString(), hello.GetProperty("credits").GetInt32()));
        Assert.Equal(7, hello.GetProperty("labels").GetArrayLength());
        using HttpResponseMessage alone = await server.PostAsync("/v1/classify", RunningServer.Face);
        JsonElement expected = await alone.JsonAsync();
        await SendAsync(socket, RunningServer.Face);
        await SendAsync(socket, [1, 2, 3]);
        for (int frame = 1; frame <= 30; frame++)
        {
            JsonElement message = await NextAsync(socket);
            Assert.Equal(frame, message.GetProperty("frame").GetInt64());
            if (frame % 2 == 1)
            {
                Assert.Equal("frame", message.GetProperty("type").GetString());
                Assert.True(message.GetProperty("uncertain").GetBoolean());
                Assert.Equal(expected.GetProperty("scores").GetRawText(), message.GetProperty("scores").GetRawText());
                Assert.False(message.TryGetProperty("sha256", out _));
            }
            else
            {
                Assert.Equal("error", message.GetProperty("type").GetString());
                Assert.Equal(415, message.GetProperty("status").GetInt32());
            }
            await SendAsync(socket, frame % 2 == 1 ? RunningServer.Face : [1, 2, 3]);
        }
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", default);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, await EndAsync(socket));
    }

    [Fact]
    public async Task Frames_without_credit_end_it()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using ClientWebSocket socket = await ConnectAsync(server, "");
        for (int i = 0; i < 200 && socket.State == WebSocketState.Open; i++)
        {
            try
            {
                await SendAsync(socket, RunningServer.Face);
            }
            catch (WebSocketException)
            {
                break; // the server has closed
            }
        }
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await EndAsync(socket));
    }

    [Fact]
    public async Task A_frame_that_is_too_large_or_text_ends_it()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using (ClientWebSocket socket = await ConnectAsync(server, ""))
        {
            await SendAsync(socket, new byte[(256 << 10) + 1]);
            Assert.Equal(WebSocketCloseStatus.MessageTooBig, await EndAsync(socket));
        }
        using ClientWebSocket text = await ConnectAsync(server, "");
        await text.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, default);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await EndAsync(text));
    }

    [Fact]
    public async Task Silence_ends_it()
    {
        await using RunningServer server = await RunningServer.StartAsync(s => s with { IdleSeconds = 0.05 });
        using ClientWebSocket socket = await ConnectAsync(server, "");
        Assert.Equal(WebSocketCloseStatus.NormalClosure, await EndAsync(socket));
        Assert.Equal("idle", socket.CloseStatusDescription);
    }

    [Fact]
    public async Task A_page_of_another_site_is_403()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        foreach (string origin in (string[])["http://evil.example", "null", $"http://localhost:{server.Address.Port + 1}"])
            Assert.Equal(403, await RefusalAsync(server, socket => socket.Options.SetRequestHeader("Origin", origin)));
        using ClientWebSocket own = await ConnectAsync(
            server, "", socket => socket.Options.SetRequestHeader("Origin", server.Address.ToString().TrimEnd('/')));
        Assert.Equal(WebSocketState.Open, own.State);
    }

    [Fact]
    public async Task Browsers_send_the_token_as_a_protocol()
    {
        await using RunningServer server = await RunningServer.StartAsync(s => s with { Token = Token });
        Assert.Equal(401, await RefusalAsync(server, socket => socket.Options.AddSubProtocol("emotionmlnet.v1")));
        using ClientWebSocket socket = await ConnectAsync(server, "", s =>
        {
            s.Options.AddSubProtocol("emotionmlnet.v1");
            s.Options.AddSubProtocol(AccessToken.ProtocolPrefix + Token);
        });
        Assert.Equal("emotionmlnet.v1", socket.SubProtocol);
    }

    [Fact]
    public async Task More_cameras_than_there_may_be_are_503()
    {
        await using RunningServer server = await RunningServer.StartAsync(s => s with { Sockets = 1 });
        using ClientWebSocket first = await ConnectAsync(server, "");
        Assert.Equal(503, await RefusalAsync(server, _ => { }));
        await first.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", default);
        await EndAsync(first);
        ClientWebSocket? second = null;
        while (second is null)
        {
            try
            {
                second = await ConnectAsync(server, "");
            }
            catch (WebSocketException)
            {
                await Task.Delay(5); // the first is being put away
            }
        }
        second.Dispose();
    }

    [Fact]
    public async Task A_server_that_ends_says_so()
    {
        RunningServer server = await RunningServer.StartAsync();
        using ClientWebSocket socket = await ConnectAsync(server, "");
        await NextAsync(socket);
        Task stopping = server.App.StopAsync();
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await EndAsync(socket));
        await stopping;
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Another_model_is_announced_before_it_answers()
    {
        using var folder = new TemporaryFolder();
        string artifacts = Path.Combine(Repository.Root, "artifacts");
        File.Copy(Path.Combine(artifacts, "fer2013.zip"), folder["m.zip"]);
        await using RunningServer server = await RunningServer.StartAsync(s => s with { Models = folder.FullName });
        using ClientWebSocket socket = await ConnectAsync(server, "?model=m&faces=off");
        string sha256 = (await NextAsync(socket)).GetProperty("sha256").GetString()!;
        File.Copy(Path.Combine(artifacts, "happy-sad.zip"), folder["m.new"]);
        File.Move(folder["m.new"], folder["m.zip"], overwrite: true);
        JsonElement message;
        do
        {
            await SendAsync(socket, RunningServer.Face);
            message = await NextAsync(socket);
        }
        while (message.GetProperty("type").GetString() == "frame");
        Assert.Equal("model", message.GetProperty("type").GetString());
        Assert.NotEqual(sha256, message.GetProperty("sha256").GetString());
        Assert.Equal(2, (await NextAsync(socket)).GetProperty("scores").GetArrayLength());
    }

    private static async Task<ClientWebSocket> ConnectAsync(RunningServer server, string query, Action<ClientWebSocket>? prepare = null)
    {
        var socket = new ClientWebSocket();
        prepare?.Invoke(socket);
        await socket.ConnectAsync(Address(server, query), default);
        return socket;
    }

    private static async Task<int> RefusalAsync(RunningServer server, Action<ClientWebSocket> prepare)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        prepare(socket);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(Address(server, ""), default));
        return (int)socket.HttpStatusCode;
    }

    private static Uri Address(RunningServer server, string query) => new($"ws://{server.Address.Authority}/v1/live{query}");

    private static Task SendAsync(ClientWebSocket socket, byte[] frame)
        => socket.SendAsync(frame, WebSocketMessageType.Binary, endOfMessage: true, default);

    internal static async Task<JsonElement> NextAsync(ClientWebSocket socket)
    {
        var text = new MemoryStream();
        byte[] part = new byte[1 << 14];
        while (true)
        {
            WebSocketReceiveResult got = await socket.ReceiveAsync(part, default);
            Assert.Equal(WebSocketMessageType.Text, got.MessageType);
            text.Write(part, 0, got.Count);
            if (got.EndOfMessage) return JsonDocument.Parse(Encoding.UTF8.GetString(text.ToArray())).RootElement;
        }
    }

    private static async Task<WebSocketCloseStatus?> EndAsync(ClientWebSocket socket)
    {
        byte[] part = new byte[1 << 14];
        while ((await socket.ReceiveAsync(part, default)).MessageType != WebSocketMessageType.Close)
            ;
        return socket.CloseStatus;
    }
}
