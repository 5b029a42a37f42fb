using System.Globalization;
using CsvHelper;
using Microsoft.Playwright;

namespace EmotionMLNet.Tests.Web.Page;

/// <summary>Camera and video.</summary>
[Collection(PageTests.Name)]
public sealed class LiveTests(PageFixture fixture)
{
    [BrowserFact]
    public Task With_a_slow_server_frames_are_dropped_and_none_waits() => fixture.Visit("camera", async page =>
    {
        fixture.Stub.FrameDelay = 200;
        await page.ClickAsync("#camera-start");
        await page.WaitForSelectorAsync("[data-figure=dropped]:text-matches('^[1-9][0-9]')");
        await page.WaitForSelectorAsync("[data-figure=sent]:text-matches('^[5-9]|^[1-9][0-9]')");
        Assert.InRange(fixture.Stub.MostFramesWaiting, 1, 2); // the credits
        await page.ClickAsync("#camera-pause");
        await page.WaitForTimeoutAsync(300); // one may have been on its way
        int held = fixture.Stub.Frames;
        await page.WaitForTimeoutAsync(700);
        Assert.Equal(held, fixture.Stub.Frames);
    });

    [BrowserFact]
    public Task A_label_is_spoken_when_it_has_held_and_what_flickers_is_not() => fixture.Visit("camera", async page =>
    {
        // Ten frames a second: four seconds of one label, three of flicker, then another.
        fixture.Stub.LabelOfFrame = n => n < 40 ? "happy" : n < 70 ? (n % 2 == 0 ? "fear" : "sad") : "surprise";
        await page.EvaluateAsync(
            """
            () => {
              window.spoken = [];
              new MutationObserver(() => spoken.push([performance.now(), document.querySelector("#status").textContent]))
                .observe(document.querySelector("#status"), { childList: true, characterData: true, subtree: true });
            }
            """
        );
        await page.ClickAsync("#camera-start");
        await page.WaitForFunctionAsync(
            "() => spoken.some(s => s[1].startsWith('surprise'))", null, new PageWaitForFunctionOptions { Timeout = 40_000 });
        Assert.StartsWith("surprise, ", await Accessibility.Status(page), StringComparison.Ordinal);
        string[] words = await page.EvaluateAsync<string[]>("spoken.map(s => s[1].split(',')[0])");
        double[] times = await page.EvaluateAsync<double[]>("spoken.map(s => s[0])");
        Assert.Equal("The camera is on.", words[0]);
        Assert.Equal("happy", words[1]);
        Assert.All(times[1..].Zip(times[2..]), p => Assert.True(p.Second - p.First >= 2990, $"spoken {p.Second - p.First} ms apart"));
        Assert.InRange(words.Length, 3, 5);

        await page.ClickAsync("#camera-time summary");
        await page.WaitForSelectorAsync("#camera-time th:text-is('happy')");
    });

    [BrowserFact]
    public Task It_pauses_mirrors_and_is_off_when_the_screen_is_left() => fixture.Visit("camera", async page =>
    {
        await page.ClickAsync("#camera-start");
        await page.WaitForSelectorAsync("#camera-boxes .box");
        Assert.True(await page.Locator("#camera-video.mirrored").CountAsync() == 1);
        Assert.NotEqual("", await page.Locator("#camera-which option").First.TextContentAsync());
        await page.UncheckAsync("#camera-mirror");
        Assert.True(await page.Locator("#camera-video.mirrored").CountAsync() == 0);
        await page.EvaluateAsync("() => { window.track = document.querySelector('#camera-video').srcObject.getTracks()[0]; }");
        await page.ClickAsync("nav a[href='#/model']");
        await page.WaitForFunctionAsync("() => track.readyState === 'ended'");
    });

    [BrowserFact]
    public Task Why_there_is_no_camera_is_said_with_what_to_do() => fixture.Visit("camera", async page =>
    {
        foreach ((string error, string expected) in new[]
        {
            ("NotAllowedError", "The camera was refused"),
            ("NotFoundError", "No camera was found"),
            ("NotReadableError", "The camera is in use"),
        })
        {
            await page.EvaluateAsync(
                "name => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('x', name)); }", error);
            await page.ClickAsync("#camera-start");
            await page.WaitForSelectorAsync($"#camera-answer .bad:has-text('{expected}')");
        }
        await page.EvaluateAsync("() => Object.defineProperty(window, 'isSecureContext', { value: false })");
        await page.ClickAsync("#camera-start");
        await page.WaitForSelectorAsync("#camera-answer .bad:has-text('secure pages only')");
    });

    [BrowserFact]
    public Task A_lost_connection_is_made_again_and_the_token_goes_with_it() => fixture.Visit("camera", async page =>
    {
        fixture.Stub.Token = "secret";
        await page.ClickAsync("#camera-start");
        await page.WaitForSelectorAsync("#token[open]");
        await page.FillAsync("#token-value", "secret");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync("#camera-boxes .box");
    }, refusals: "WebSocket");

    [BrowserFact]
    public Task A_video_is_gone_through_at_even_steps_and_its_csv_says_who_decoded_it() => fixture.Visit("video", async page =>
    {
        fixture.Stub.FrameDelay = 100; // slower than the seeks: frames wait for their credit, none is missing
        await page.ChooseVideo();
        await page.SelectOptionAsync("#video-rate", "5");
        await page.ClickAsync("#video-go");
        await page.WaitForSelectorAsync("#video-csv:not([hidden])");
        using var csv = new CsvReader(new StringReader(await page.Save("#video-csv")), CultureInfo.InvariantCulture);
        dynamic[] rows = [.. csv.GetRecords<dynamic>()];
        Assert.Equal($"{rows.Length} of {rows.Length} frames", await page.Locator("#video-text").TextContentAsync());
        Assert.InRange(rows.Length, 9, 14);
        IEnumerable<string> times = Enumerable.Range(0, rows.Length).Select(i => (i / 5.0).ToString("0.000", CultureInfo.InvariantCulture));
        Assert.Equal(times, rows.Select(r => (string)r.time));
        const string notice = "(frames are not bit-equal between browsers)";
        Assert.All(rows, r => Assert.EndsWith(notice, (string)r.frames_decoded_by, StringComparison.Ordinal));
        Assert.Equal(0, await Figure(page, "dropped"));
        Assert.InRange(fixture.Stub.MostFramesWaiting, 1, 2);

        // What there is stays while another screen is looked at. While it plays, boxes follow.
        await page.ClickAsync("nav a[href='#/model']");
        await page.ClickAsync("nav a[href='#/video']");
        Assert.Equal(rows.Length + 1, await page.Locator("#video-rows [role=row]").CountAsync());
        await page.EvaluateAsync("() => { const v = document.querySelector('#video-video'); v.currentTime = 0; return v.play(); }");
        await page.WaitForSelectorAsync("#video-boxes .box");
    });

    [BrowserFact]
    public Task A_table_says_where_the_connection_was_lost_and_retry_goes_on_from_there() => fixture.Visit("video", async page =>
    {
        fixture.Stub.FrameDelay = 150;
        await page.ChooseVideo();
        await page.SelectOptionAsync("#video-rate", "10");
        await page.ClickAsync("#video-go");
        await page.WaitForSelectorAsync("#video-text:text-matches('^[4-9] of')");
        fixture.Stub.RefusesSockets = true;
        fixture.Stub.DropSockets();
        await Lost();
        int before = await Rows();
        Assert.InRange(before, 1, 9);
        Assert.True(await page.Locator("#video-csv").IsVisibleAsync()); // what there is can be saved

        await page.ClickAsync("#video-lost button"); // in vain
        await Lost();
        Assert.Equal(before, await Rows());

        fixture.Stub.RefusesSockets = false;
        await page.ClickAsync("#video-lost button");
        await page.WaitForFunctionAsync(
            "() => ['#video-stop', '#video-lost'].every(s => document.querySelector(s).hidden)"
                + " && /^(\\d+) of \\1 frames$/.test(document.querySelector('#video-text').textContent)"
        );
        using var csv = new CsvReader(new StringReader(await page.Save("#video-csv")), CultureInfo.InvariantCulture);
        string[] times = [.. csv.GetRecords<dynamic>().Select(r => (string)r.time)];
        Assert.Equal(Enumerable.Range(0, times.Length).Select(i => (i / 10.0).ToString("0.000", CultureInfo.InvariantCulture)), times);
        Assert.InRange(times.Length, 18, 25);

        async Task Lost()
        {
            string said = (await (await page.WaitForSelectorAsync("#video-lost .bad"))!.TextContentAsync())!;
            Assert.Matches("The connection was lost. The table has [0-9]+ of [0-9]+ frames; Retry goes on from there.", said);
        }

        Task<int> Rows() => page.Locator("#video-rows [role=rowgroup]:last-child [role=row]").CountAsync();
    }, refusals: "WebSocket");

    [BrowserFact]
    public Task Another_model_has_bars_and_lanes_of_its_own() => fixture.Visit("camera", async page =>
    {
        await page.ClickAsync("#camera-start");
        await page.WaitForSelectorAsync("#camera-answer .bars tr:nth-child(7)");
        await page.SelectOptionAsync("#model", "happy-sad");
        await page.WaitForSelectorAsync("#camera-answer .bars tr:nth-child(2):last-child");
        Assert.Equal(["happy", "sad"], await page.Locator("#camera-answer .bars th").AllTextContentsAsync());
        await page.SelectOptionAsync("#model", "fer2013");
        await page.WaitForSelectorAsync("#camera-answer .bars tr:nth-child(7)");
    });

    [BrowserFact]
    public Task Who_leaves_before_the_camera_is_allowed_is_not_watched() => fixture.Visit("camera", async page =>
    {
        await page.EvaluateAsync(
            """
            () => {
              const devices = navigator.mediaDevices, ask = devices.getUserMedia.bind(devices);
              devices.getUserMedia = async how => {
                await new Promise(resolve => { window.allow = resolve; });
                return window.stream = await ask(how);
              };
            }
            """
        );
        await page.ClickAsync("#camera-start");
        await page.ClickAsync("nav a[href='#/model']");
        await page.EvaluateAsync("allow()");
        await page.WaitForFunctionAsync("() => window.stream?.getTracks().every(t => t.readyState === 'ended')");
        await page.ClickAsync("nav a[href='#/camera']");
        Assert.Equal(("Start", 0), (await page.Locator("#camera-start:enabled").TextContentAsync(), fixture.Stub.Frames));
    });

    private static async Task<double> Figure(IPage page, string name) =>
        double.Parse((await page.Locator($"[data-figure={name}]").TextContentAsync())!, CultureInfo.InvariantCulture);
}
