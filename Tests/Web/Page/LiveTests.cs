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
        await page.WaitForTimeoutAsync(4000);
        double sent = await Figure(page, "sent"), dropped = await Figure(page, "dropped");
        Assert.True(dropped > 5, $"{sent} frames were sent and {dropped} dropped");
        Assert.InRange(fixture.Stub.MostFramesWaiting, 1, 2); // the credits
        await page.ClickAsync("#camera-pause");
        await page.WaitForTimeoutAsync(300); // one may have been on its way
        double held = await Figure(page, "sent");
        await page.WaitForTimeoutAsync(700);
        Assert.Equal(held, await Figure(page, "sent"));
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
        await page.RecordVideo();
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

        // While it plays, boxes follow.
        await page.EvaluateAsync("() => { const v = document.querySelector('#video-video'); v.currentTime = 0; return v.play(); }");
        await page.WaitForSelectorAsync("#video-boxes .box");
    });

    private static async Task<double> Figure(IPage page, string name) =>
        double.Parse((await page.Locator($"[data-figure={name}]").TextContentAsync())!, CultureInfo.InvariantCulture);
}
