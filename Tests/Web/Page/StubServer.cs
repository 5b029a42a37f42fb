using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using EmotionMLNet.Imaging;
using EmotionMLNet.Web.Pages;
using EmotionMLNet.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EmotionMLNet.Tests.Web.Page;

/// <summary>Speaks the server's protocol to the page without a model: labels by rule, so that tests know them.</summary>
internal sealed class StubServer : IAsyncDisposable
{
    private const string Sha256 = "9f2c1b7d4e5a60839f2c1b7d4e5a60839f2c1b7d4e5a60839f2c1b7d4e5a6083";

    private static readonly string[] Labels = ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"];

    private static readonly string[] TwoLabels = ["happy", "sad"];

    private readonly WebApplication app;

    private readonly ConcurrentDictionary<HttpContext, bool> cameras = [];

    // Requests under way now, the most that there were, and frames of the socket that wait for their answer.
    private int underWay, mostUnderWay, mostFramesWaiting, frames;

    private StubServer(WebApplication app) => this.app = app;

    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>Milliseconds until a picture, and until a frame, is answered.</summary>
    public int PictureDelay { get; set; }

    public int FrameDelay { get; set; } = 15;

    /// <summary>The label of a frame by its number from 1.</summary>
    public Func<int, string> LabelOfFrame { get; set; } = _ => "happy";

    /// <summary>What /v1 wants in its Authorization, or null.</summary>
    public string? Token { get; set; }

    /// <summary>Whether a socket is refused, as by a server that is full.</summary>
    public bool RefusesSockets { get; set; }

    public int MostUnderWay => mostUnderWay;

    public int MostFramesWaiting => mostFramesWaiting;

    /// <summary>Those that came.</summary>
    public int Frames => frames;

    public int Answered { get; private set; }

    /// <summary>Names and contents of what is sent of the page.</summary>
    public static IReadOnlyDictionary<string, byte[]> Files { get; } = PageFiles.Names.ToDictionary(n => n, PageFiles.Read);

    public static async Task<StubServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        var server = new StubServer(app);
        app.UseWebSockets();
        app.Use(server.CheckToken);
        app.MapPost("/v1/classify", (Delegate)server.Classify); // as a RequestDelegate, what it returns would be dropped
        app.MapGet("/v1/models", () => Models());
        app.MapGet("/v1/models/{name}", (string name) => Model(name, $"# {name}\n\n## Use\n\n- Intended: sorting pictures by label.\n"));
        app.MapGet("/v1/live", server.Live);
        app.MapGet("/{**name}", SendFile);
        await app.StartAsync();
        return server;
    }

    public void Reset()
    {
        (PictureDelay, FrameDelay, Token, RefusesSockets) = (0, 15, null, false);
        (underWay, mostUnderWay, mostFramesWaiting, frames, Answered) = (0, 0, 0, 0, 0);
        LabelOfFrame = _ => "happy";
    }

    /// <summary>Breaks the connections of all cameras, without a word.</summary>
    public void DropSockets()
    {
        foreach (HttpContext camera in cameras.Keys) camera.Abort();
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private static IResult SendFile(HttpContext context, string? name)
    {
        context.Response.Headers.ContentSecurityPolicy = SecurityHeaders.ContentSecurityPolicy;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers["Permissions-Policy"] = "camera=(self)";
        string type = Path.GetExtension(name) switch
        {
            ".js" => "text/javascript",
            ".css" => "text/css",
            ".svg" => "image/svg+xml",
            ".png" => "image/png",
            _ => "text/html; charset=utf-8",
        };
        return Files.TryGetValue(name ?? "index.html", out byte[]? file) ? Results.Bytes(file, type) : Results.NotFound();
    }

    private static IResult Problem(int status, string title, string detail) => Results.Problem(detail, null, status, title);

    // One is as it should be, the newer file of the second was refused, and the third was never served.
    private static JsonObject Models() => new()
    {
        ["default"] = "fer2013",
        ["models"] = new JsonArray(
            Model("fer2013"),
            Model("happy-sad", refused: true)
        ),
        ["failed"] = new JsonArray(Failure("torn.zip ends in the middle.", "torn")),
    };

    private static JsonObject Failure(string title, string? name = null)
    {
        var failure = new JsonObject { ["at"] = "2026-11-30T17:01:00Z", ["title"] = title };
        if (name is not null) failure["name"] = name;
        return failure;
    }

    private static string[] LabelsOf(HttpContext context) => context.Request.Query["model"] == "happy-sad" ? TwoLabels : Labels;

    private static JsonObject Model(string name, string? card = null, bool refused = false)
    {
        JsonObject Figures(string split, double low, double accuracy, double high) =>
            new()
            {
                ["split"] = split, ["data"] = "FER2013", ["images"] = 3589,
                ["accuracy"] = accuracy, ["low"] = low, ["high"] = high, ["macroF1"] = 0.694,
            };
        return new JsonObject
        {
            ["name"] = name,
            ["sha256"] = Sha256,
            ["architecture"] = "emotion-cnn, 2,689,249 parameters",
            ["labels"] = new JsonArray([.. (refused ? TwoLabels : Labels).Select(l => JsonValue.Create(l))]),
            ["licence"] = "MIT",
            ["bytes"] = 5455828,
            ["faces"] = true,
            ["input"] = new JsonObject { ["width"] = 48, ["height"] = 48, ["channels"] = 1 },
            ["figures"] = refused ? [] : new JsonArray(Figures("test", 0.697, 0.712, 0.727), Figures("validation", 0.689, 0.704, 0.719)),
            ["calibrated"] = !refused,
            ["createdAt"] = "2026-11-21T10:00:00Z",
            ["createdBy"] = "EmotionMLNet 0.1.0",
            ["loadedAt"] = "2026-11-30T16:55:10Z",
            ["swap"] = refused ? Failure("happy-sad.zip ends in the middle.") : null,
            ["card"] = card,
        };
    }

    // A picture of one colour has no face, one much wider than high has four; the second face of four is a close call.
    private static JsonObject Answer(byte[] body, string faces, string[] labels, Func<int, string> label)
    {
        Image picture = ImageReader.Read(body);
        bool isPlain = faces != "off" && picture.Pixels.All(p => p == picture.Pixels[0]);
        int count = isPlain || faces == "off" ? 0 : faces == "all" && picture.Width > 1.45 * picture.Height ? 4 : 1;
        var found = new JsonArray();
        for (int i = 0; i < count; i++)
        {
            double step = picture.Width / (double)count;
            JsonObject face = Labelled(labels, label(i), i == 1 ? 0.41 : 0.93 - 0.1 * i);
            face["box"] = new JsonObject
            {
                ["x"] = (i + 0.1) * step, ["y"] = 0.2 * picture.Height, ["width"] = 0.8 * step, ["height"] = 0.5 * picture.Height,
            };
            face["detection"] = 0.98;
            found.Add(face);
        }
        JsonObject answer = isPlain
            ? new JsonObject { ["label"] = null, ["confidence"] = 0, ["uncertain"] = false, ["scores"] = new JsonArray() }
            : Labelled(labels, label(0), 0.93);
        answer["width"] = picture.Width;
        answer["height"] = picture.Height;
        answer["noFace"] = isPlain;
        answer["faces"] = found;
        return answer;
    }

    private static JsonObject Labelled(string[] labels, string label, double confidence) =>
        new()
        {
            ["label"] = label,
            ["confidence"] = confidence,
            ["uncertain"] = false,
            ["scores"] = new JsonArray([.. labels.Select(l => new JsonObject
            {
                ["label"] = l, ["score"] = l == label ? confidence : (1 - confidence) / (labels.Length - 1),
            })]),
        };

    private Task CheckToken(HttpContext context, RequestDelegate next) =>
        Token is null || !context.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal)
        || context.Request.Headers.Authorization == $"Bearer {Token}"
        || context.WebSockets.WebSocketRequestedProtocols.Contains($"emotionmlnet.token.{Token}")
            ? next(context)
            : Problem(401, "A token is needed", "Ask whoever runs this server.").ExecuteAsync(context);

    private async Task<IResult> Classify(HttpContext context)
    {
        Most(ref mostUnderWay, Interlocked.Increment(ref underWay));
        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            if (PictureDelay > 0) await Task.Delay(PictureDelay, context.RequestAborted);
            if (!ImageReader.Recognises(body.ToArray())) return Problem(415, "This is no picture", "JPEG, PNG and others are read here.");
            string[] order = ["happy", "sad", "surprise", "angry"];
            JsonObject answer = Answer(body.ToArray(), context.Request.Query["faces"].ToString(), LabelsOf(context), i => order[i]);
            answer["model"] = context.Request.Query["model"].ToString();
            answer["sha256"] = Sha256;
            context.Response.Headers["Server-Timing"] = "queue;dur=0.1, decode;dur=2.2, classify;dur=4.1";
            return Results.Json(answer);
        }
        catch (ImageFormatException e)
        {
            return Problem(422, "The picture is damaged", e.Message);
        }
        finally
        {
            Interlocked.Decrement(ref underWay);
            lock (app) Answered++;
        }
    }

    private async Task Live(HttpContext context)
    {
        if (RefusesSockets)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync("emotionmlnet.v1");
        cameras[context] = true;
        string[] labels = LabelsOf(context);
        await Send(new JsonObject
        {
            ["type"] = "hello", ["credits"] = 2, ["model"] = "fer2013", ["sha256"] = Sha256,
            ["labels"] = new JsonArray([.. labels.Select(l => JsonValue.Create(l))]),
        });
        int waiting = 0, number = 0;
        Task last = Task.CompletedTask;
        byte[] buffer = new byte[256 << 10];
        try
        {
            while (true)
            {
                int length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await socket.ReceiveAsync(buffer.AsMemory(length), context.RequestAborted);
                    length += part.Count;
                } while (!part.EndOfMessage);
                if (part.MessageType == WebSocketMessageType.Close) break;
                Most(ref mostFramesWaiting, Interlocked.Increment(ref waiting));
                Interlocked.Increment(ref frames);
                last = Reply(last, ++number, buffer[..length]);
            }
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The page was closed.
        }
        finally
        {
            cameras.TryRemove(context, out _);
        }

        async Task Reply(Task before, int frame, byte[] body)
        {
            await before;
            await Task.Delay(FrameDelay);
            JsonObject answer = Answer(body, "largest", labels, _ => LabelOfFrame(frame));
            answer["type"] = "frame";
            answer["frame"] = frame;
            Interlocked.Decrement(ref waiting);
            await Send(answer);
        }

        async Task Send(JsonObject message)
        {
            if (socket.State == WebSocketState.Open)
                await socket.SendAsync(
                    JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, true, CancellationToken.None);
        }
    }

    private static void Most(ref int most, int now)
    {
        for (int seen = most; now > seen; seen = most) Interlocked.CompareExchange(ref most, now, seen);
    }
}
