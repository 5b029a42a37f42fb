using EmotionMLNet.Tests.Support;
using Microsoft.Playwright;

namespace EmotionMLNet.Tests.Web.Page;

/// <summary>Every screen in every state: looked at by axe, photographed, no wider than the window, nothing asked of another host.</summary>
[Collection(PageTests.Name)]
public sealed class ScreensTests(PageFixture fixture)
{
    private const int OfPhone = 360;

    // What only the stub can be made to do is walked on the stub, the others on the server that EMOTIONMLNET_PAGE names.
    private static readonly string[] OnStub = ["picture-waiting", "picture-token", "many-running", "camera-live", "video-lost"];

    private static readonly (string Name, string Screen, Func<IPage, StubServer, Task> Reach)[] States =
    [
        ("picture", "picture", (_, _) => Task.CompletedTask),
        ("picture-face", "picture", (p, _) => p.Choose(Steps.Face)),
        ("picture-group", "picture", (p, _) => p.Choose(Steps.Group)),
        ("picture-uncertain", "picture", async (p, _) =>
        {
            await p.Locator("#threshold").FillAsync("1");
            await p.Choose(Steps.Face, ".finding.unsure");
        }),
        ("picture-none", "picture", (p, _) => p.Choose(Steps.Plain)),
        ("picture-torn", "picture", (p, _) => p.Choose(Steps.Torn, "#picture-answer .bad")),
        ("picture-no-picture", "picture", (p, _) => p.Choose(Steps.Text, "#picture-answer .bad")),
        ("picture-waiting", "picture", async (p, stub) =>
        {
            stub.PictureDelay = 60_000; // until the page is closed
            await p.Choose(Steps.Group, "#picture-wait:not([hidden])");
        }),
        ("picture-token", "picture", async (p, stub) =>
        {
            stub.Token = "secret";
            await p.Choose(Steps.Face, "#token[open]");
        }),
        ("picture-photo", "picture", async (p, _) =>
        {
            await p.ClickAsync("#picture-take");
            await p.WaitForSelectorAsync("#photo-shoot:enabled");
        }),
        ("offline", "picture", async (p, _) =>
        {
            await p.RouteAsync("**/v1/**", r => r.AbortAsync());
            await p.Choose(Steps.Face, "#offline:not([hidden])");
        }),
        ("many", "many", (_, _) => Task.CompletedTask),
        ("many-table", "many", (p, _) => Fill(p)),
        ("many-gallery", "many", async (p, _) =>
        {
            await Fill(p);
            await p.SelectOptionAsync("#many-view", "gallery");
            await p.WaitForSelectorAsync(".virtual-card img");
        }),
        ("many-running", "many", async (p, stub) =>
        {
            stub.PictureDelay = 400;
            await p.Drop("#many-stage", Enumerable.Range(0, 200).Select(i => $"{i}.png"), Steps.Face.Buffer);
            await p.WaitForSelectorAsync("#many-text:text-matches('^[1-9]')");
        }),
        ("many-filtered-away", "many", async (p, _) =>
        {
            await Fill(p);
            await p.Locator("#many-search").FillAsync("nothing is called this");
        }),
        ("camera", "camera", (_, _) => Task.CompletedTask),
        ("camera-live", "camera", async (p, _) =>
        {
            await p.ClickAsync("#camera-start");
            await p.WaitForSelectorAsync("[data-figure=sent]:text-matches('^[1-9][0-9]')"); // something for the timeline
            await p.ClickAsync("#camera-time summary");
            await p.ClickAsync("#camera-pause"); // holds still to be looked at
        }),
        ("camera-refused", "camera", async (p, _) =>
        {
            await Refuse(p, "NotAllowedError");
            await p.ClickAsync("#camera-start");
            await p.WaitForSelectorAsync("#camera-answer .bad");
        }),
        ("video", "video", (_, _) => Task.CompletedTask),
        ("video-table", "video", async (p, _) =>
        {
            await p.ChooseVideo();
            await p.ClickAsync("#video-go");
            await p.WaitForSelectorAsync("#video-csv:not([hidden])");
        }),
        ("video-lost", "video", async (p, stub) =>
        {
            await p.ChooseVideo();
            stub.RefusesSockets = true;
            stub.DropSockets();
            await p.ClickAsync("#video-go");
            await p.WaitForSelectorAsync("#video-lost:not([hidden])");
        }),
        ("video-undecodable", "video", async (p, _) =>
        {
            await p.SetInputFilesAsync("#video-file", Steps.Text);
            await p.WaitForSelectorAsync("#video-answer .bad");
        }),
        ("model", "model", async (p, _) =>
        {
            await p.ClickAsync(".panel summary");
            await p.WaitForSelectorAsync(".panel pre");
        }),
        ("model-none", "model", async (p, _) =>
        {
            await p.RouteAsync("**/v1/models", r => r.FulfillAsync(new RouteFulfillOptions { Body = """{"default":null,"models":[]}""" }));
            await p.EvaluateAsync("() => import('/settings.js').then(m => m.loadModels())");
            await p.WaitForSelectorAsync("#model-list > .note");
        }),
    ];

    [BrowserTheory]
    [InlineData(1280)]
    [InlineData(OfPhone)]
    public async Task Light_and_dark_axe_finds_nothing_and_nothing_is_wider_than_the_window(int width)
    {
        List<string> found = [];
        foreach ((string name, string screen, Func<IPage, StubServer, Task> reach) in States)
            await fixture.Visit(screen, async page =>
            {
                await reach(page, fixture.Stub);
                string[] faults = await Axe.LookAsync(page, PageFixture.IsLookedAt ? scheme => Photograph(page, name, scheme) : null);
                found.AddRange(faults.Select(f => $"{name} {f}"));
                if (width > OfPhone) return;
                // A window of 1280 pixels at 400 %: text flows in one column.
                await page.SetViewportSizeAsync(320, 900);
                int scrolls = await page.EvaluateAsync<int>("document.documentElement.scrollWidth");
                if (scrolls > 320) found.Add($"{name} at 400 %: {scrolls} pixels wide");
            }, width, OnStub.Contains(name), refusals: "WebSocket");
        Assert.Empty(found);

        Task Photograph(IPage page, string name, ColorScheme scheme) => page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = Path.Combine(PageFixture.Screenshots, $"{name}-{width}-{scheme}.png".ToLowerInvariant()), FullPage = true,
        });
    }

    [BrowserFact]
    public Task Forced_colours_paper_and_less_motion_are_respected() => fixture.Visit("picture", async page =>
    {
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ReducedMotion = ReducedMotion.Reduce });
        fixture.Stub.PictureDelay = 1500;
        await page.Choose(Steps.Group, "#picture-wait:not([hidden])");
        Assert.Equal(0, await page.EvaluateAsync<int>("document.getAnimations().length"));
        await page.WaitForSelectorAsync(".finding");
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ForcedColors = ForcedColors.Active });
        Assert.NotEqual("none", await page.EvaluateAsync<string>("getComputedStyle(document.querySelector('.box')).borderStyle"));
        await Shoot("forced-colours");
        await page.EmulateMediaAsync(
            new PageEmulateMediaOptions { ForcedColors = ForcedColors.None, Media = Media.Print, ColorScheme = ColorScheme.Dark });
        Assert.Equal("light", await page.EvaluateAsync<string>("getComputedStyle(document.documentElement).colorScheme"));
        Assert.False(await page.Locator(".band").IsVisibleAsync());
        Assert.True(await page.Locator(".finding").First.IsVisibleAsync());
        await Shoot("print");

        Task Shoot(string name) => page.ScreenshotAsync(
            new PageScreenshotOptions { Path = Path.Combine(PageFixture.Screenshots, $"{name}.png"), FullPage = true });
    });

    [BrowserFact]
    public Task The_switch_beats_the_system_and_is_remembered() => fixture.Visit("model", async page =>
    {
        await page.SelectOptionAsync("#theme", "dark");
        string dark = await Paper();
        await page.ReloadAsync();
        Assert.Equal(dark, await Paper());
        await page.SelectOptionAsync("#theme", "");
        Assert.NotEqual(dark, await Paper());

        Task<string> Paper() => page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
    });

    [BrowserFact]
    public Task All_of_it_can_be_reached_from_the_keyboard() => fixture.Visit("picture", async page =>
    {
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("skip", await Focused());
        await page.Keyboard.PressAsync("Enter");
        Assert.Equal("main", await Focused());
        HashSet<string> reached = [];
        for (int i = 0; i < 40; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            reached.Add(await Focused());
        }
        string[] wanted = ["model", "faces", "threshold", "tta", "picture-file", "picture-take"];
        Assert.All(wanted, w => Assert.Contains(w, reached));

        // What has the focus shows it; a file button is a label around its input.
        await page.Locator("#picture-file").FocusAsync();
        await page.Keyboard.PressAsync("Shift+Tab");
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("solid", await page.EvaluateAsync<string>("getComputedStyle(document.activeElement.parentElement).outlineStyle"));

        // From a box to its face in the list.
        await page.Choose(Steps.Group);
        ILocator second = page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "2 uncertain" });
        await second.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        Assert.Contains("face 2", await page.EvaluateAsync<string>("document.activeElement.textContent"), StringComparison.Ordinal);

        // A link to another screen moves the focus to its heading.
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Many" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForFunctionAsync("() => document.activeElement.textContent === 'Many pictures'");
        Assert.StartsWith("Many pictures", await page.TitleAsync(), StringComparison.Ordinal);

        Task<string> Focused() => page.EvaluateAsync<string>("document.activeElement.id");
    });

    /// <summary>Some rows of every state.</summary>
    private static async Task Fill(IPage page)
    {
        await page.SetInputFilesAsync("#many-files", [Steps.Face, Steps.Group, Steps.Plain, Steps.Torn, Steps.Text, Steps.Face]);
        await page.WaitForSelectorAsync("#many-text:text-matches('^5 of 5')");
        await page.WaitForSelectorAsync("#many-rows img");
    }

    private static async Task Refuse(IPage page, string error) => await page.EvaluateAsync(
        "name => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('refused', name)); }", error);
}
