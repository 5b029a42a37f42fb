using EmotionMLNet.Imaging;
using EmotionMLNet.Tests.Support;
using Microsoft.Playwright;

namespace EmotionMLNet.Tests.Web.Page;

/// <summary>One browser with a fake camera, and a server, for all tests of the page.</summary>
public sealed class PageFixture : IAsyncLifetime
{
    // A server that runs already, with a model of FER2013's labels.
    private static readonly string? Given = Environment.GetEnvironmentVariable("EMOTIONMLNET_PAGE");

    // Milliseconds after which what a test waits for does not come any more.
    private const int Patience = 20_000;

    private readonly string camera = Path.Combine(Path.GetTempPath(), $"emotionmlnet-{Guid.NewGuid():N}.y4m");
    private IPlaywright? playwright;
    private IBrowser? browser;

    internal StubServer Stub { get; private set; } = null!;

    /// <summary>Where pictures of all screens are put, if somebody wants them.</summary>
    public static string Screenshots { get; } = Environment.GetEnvironmentVariable("EMOTIONMLNET_SCREENSHOTS")
        ?? Path.Combine(AppContext.BaseDirectory, "screenshots");

    /// <summary>Whether somebody does.</summary>
    public static bool IsLookedAt { get; } = Environment.GetEnvironmentVariable("EMOTIONMLNET_SCREENSHOTS") is not null;

    public async Task InitializeAsync()
    {
        if (Browser.Missing is not null) return;
        Directory.CreateDirectory(Screenshots);
        Stub = await StubServer.StartAsync();
        WriteCamera(camera);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = Browser.Program,
                Args =
                [
                    "--no-sandbox",
                    "--use-fake-ui-for-media-stream",
                    "--use-fake-device-for-media-stream",
                    $"--use-file-for-fake-video-capture={camera}",
                    "--enable-precise-memory-info",
                ],
            }
        );
    }

    public async Task DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
        if (Stub is not null) await Stub.DisposeAsync();
        File.Delete(camera);
    }

    /// <summary>Opens a screen for a test, which fails where anything was asked of another origin or a script failed.</summary>
    public async Task Visit(
        string screen,
        Func<IPage, Task> test,
        int width = 1280,
        bool onStub = true,
        string? refusals = null
    )
    {
        Stub.Reset();
        Uri address = onStub || Given is null ? Stub.Address : new Uri(Given);
        await using IBrowserContext context = await browser!.NewContextAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = width, Height = 900 },
                Permissions = ["camera"],
                AcceptDownloads = true,
            }
        );
        context.SetDefaultTimeout(Patience);
        IPage page = await context.NewPageAsync();
        List<string> wrong = [];
        page.PageError += (_, error) => wrong.Add(error);
        page.Console += (_, message) =>
        {
            // The browser says of every refused request that it was refused; a test names more of what it is about.
            if (message.Type != "error" || message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)) return;
            if (refusals is null || !message.Text.StartsWith(refusals, StringComparison.Ordinal)) wrong.Add(message.Text);
        };
        page.Request += (_, request) =>
        {
            var uri = new Uri(request.Url);
            if (uri.Scheme is not ("blob" or "data") && uri.Authority != address.Authority) wrong.Add($"asks {request.Url}");
        };
        page.WebSocket += (_, socket) =>
        {
            if (new Uri(socket.Url).Authority != address.Authority) wrong.Add($"connects to {socket.Url}");
        };
        await page.GotoAsync(new Uri(address, $"/#/{screen}").AbsoluteUri);
        await page.Locator("#model option").First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
        try
        {
            await test(page);
        }
        catch (Exception e) when (wrong.Count > 0)
        {
            Assert.Fail($"{string.Join('\n', wrong)}\nand so: {e.Message}");
        }
        Assert.Empty(wrong);
    }

    // Drawn faces, each for two seconds, at ten frames a second; browsers play it in a circle.
    private static void WriteCamera(string path)
    {
        const int width = 320, height = 240, side = 216, frames = 20;
        using FileStream file = File.Create(path);
        file.Write("YUV4MPEG2 W320 H240 F10:1 Ip A1:1 C420jpeg\n"u8);
        foreach (string label in new[] { "happy", "surprise" })
        {
            Image face = ImageReader.ReadFile(Path.Combine(Repository.Root, "data", "faces", label, "0010.png"));
            byte[] frame = new byte[width * height * 3 / 2];
            frame.AsSpan().Fill(128);
            for (int y = 0; y < side; y++)
                for (int x = 0; x < side; x++)
                    frame[(y + (height - side) / 2) * width + x + (width - side) / 2] =
                        face.Pixels[(y * face.Height / side * face.Width + x * face.Width / side) * face.Channels];
            for (int i = 0; i < frames; i++)
            {
                frame[0] = (byte)i; // no two frames are equal
                file.Write("FRAME\n"u8);
                file.Write(frame);
            }
        }
    }
}

/// <summary>A test that needs a browser and says so when it skips.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Browser.Missing;
}

/// <summary>Tests that share the browser, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class PageTests : ICollectionFixture<PageFixture>
{
    public const string Name = "page";
}
