using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsvHelper;
using EmotionMLNet.Tests.Support;
using Microsoft.Playwright;

namespace EmotionMLNet.Tests.Web.Page;

/// <summary>The screen of many pictures.</summary>
[Collection(PageTests.Name)]
public sealed class ManyTests(PageFixture fixture)
{
    [BrowserFact]
    public Task Of_5_000_dropped_files_four_are_under_way_and_memory_stays_bounded() => fixture.Visit("many", async page =>
    {
        const int files = 5000;
        fixture.Stub.PictureDelay = 10; // so that answers take long enough to overlap
        long before = await Heap(page);
        await page.Drop("#many-stage", Enumerable.Range(0, files).Select(i => $"{i:0000}.png"), Steps.Face.Buffer);
        await page.SelectOptionAsync("#many-view", "gallery");
        for (int i = 0; i < 20; i++) // thumbnails are made while rows come in
            await page.EvaluateAsync("i => { const v = document.querySelector('.virtual'); v.scrollTop = v.scrollHeight * i / 20; }", i);
        await page.WaitForSelectorAsync(
            "#many-text:text-matches('^5,000 of 5,000 done')", new PageWaitForSelectorOptions { Timeout = 240_000 });
        Assert.Equal(4, fixture.Stub.MostUnderWay);
        Assert.Equal(files, fixture.Stub.Answered);
        Assert.InRange(await page.EvaluateAsync<int>("document.querySelectorAll('*').length"), 1, 1500);
        // Rows without pictures: 5,000 of them, some kB each.
        Assert.InRange(await Heap(page) - before, -10_000_000, 30_000_000);
        Assert.Equal("5,000 pictures done, 0 failed.", await Accessibility.Status(page));

        await page.SelectOptionAsync("#many-view", "table");
        ILocator table = page.GetByRole(AriaRole.Table, new PageGetByRoleOptions { Name = "Pictures" });
        Assert.Equal("5001", await table.GetAttributeAsync("aria-rowcount"));
        await page.FillAsync("#many-search", "4999");
        await page.WaitForSelectorAsync("#many-shown:text-matches('^1 of 5,000')");
    });

    [BrowserFact]
    public Task A_folder_is_read_filtered_sorted_and_saved() => fixture.Visit("many", async page =>
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["inner"]);
        foreach ((string name, FilePayload file) in new[]
        {
            ("a.png", Steps.Face),
            ("b.png", Steps.Group),
            ("inner/c.png", Steps.Plain),
            ("inner/d.png", Steps.Torn),
            ("notes.txt", Steps.Text),
        })
            await File.WriteAllBytesAsync(folder[name], file.Buffer);
        await page.SetInputFilesAsync("#many-folder", folder.FullName);
        await page.WaitForSelectorAsync("#many-text:text-matches('^4 of 4 done .*1 failed .*1 other file passed over')");
        string root = Path.GetFileName(folder.FullName);

        Assert.Equal(["happy", "happy", "no face found", "failed"], await Column(2));
        await page.SelectOptionAsync("#many-state", "failed");
        Assert.Equal([$"{root}/inner/d.png"], await Column(1));
        await page.SelectOptionAsync("#many-state", "");
        await page.SelectOptionAsync("#many-label", "surprise"); // the third of four faces
        Assert.Equal([$"{root}/b.png"], await Column(1));
        await page.SelectOptionAsync("#many-label", "");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "file", Exact = true }).ClickAsync();
        Assert.Equal("ascending", await page.Locator("[data-order=name]").GetAttributeAsync("aria-sort"));

        using var csv = new CsvReader(new StringReader(await page.Save("#many-csv")), CultureInfo.InvariantCulture);
        dynamic[] rows = [.. csv.GetRecords<dynamic>()];
        Assert.Equal(1 + 4 + 1 + 1, rows.Length);
        Assert.Equal(
            "path,label,confidence,angry,disgust,fear,happy,neutral,sad,surprise,"
                + "state,face,face_x,face_y,face_width,face_height,face_score,error",
            string.Join(',', csv.HeaderRecord!)
        );
        Assert.Equal(["happy", "uncertain", "surprise", "angry"], rows.Where(r => r.path == $"{root}/b.png").Select(r => (string)r.label));
        Assert.Equal(("0.930000", "face", "1"), ((string)rows[0].confidence, (string)rows[0].state, (string)rows[0].face));

        string[] lines = (await page.Save("#many-jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(rows.Length, lines.Length);
        JsonNode first = JsonNode.Parse(lines[0])!;
        Assert.Equal(0.93, first["scores"]!["happy"]!.GetValue<double>(), 1e-9);
        Assert.Equal(64, first["sha256"]!.GetValue<string>().Length);
        Assert.Equal("not read", JsonNode.Parse(lines[^1])!["state"]!.GetValue<string>());

        async Task<string[]> Column(int cell)
        {
            await page.WaitForTimeoutAsync(400); // longer than the table's pace
            return await page.EvaluateAsync<string[]>(
                "i => [...document.querySelectorAll('.virtual-body [role=row]')].map(r => r.children[i].textContent)", cell);
        }
    });

    [BrowserFact]
    public Task No_file_name_becomes_a_formula_or_markup() => fixture.Visit("many", async page =>
    {
        string[] names =
        [
            "=HYPERLINK(1).png", "+1.png", "-1.png", "@sum.png", "\t=1.png", "'=1.png", "＝1.png", "a,\"b.png",
            "<img src=x onerror=alert(1)>.png", "\u202egnp.exe.png", "two\nlines.png",
        ];
        await page.Drop("#many-stage", names, Steps.Face.Buffer);
        await page.WaitForSelectorAsync($"#many-text:text-matches('^{names.Length} of {names.Length}')");
        Assert.Equal(0, await page.Locator("#many-rows [onerror]").CountAsync());
        string text = await page.Save("#many-csv");
        using var csv = new CsvReader(new StringReader(text), CultureInfo.InvariantCulture);
        string[] paths = [.. csv.GetRecords<dynamic>().Select(r => (string)r.path)];
        Assert.Equal(names.Length, paths.Length);
        Assert.All(paths, p => Assert.DoesNotMatch("^[=+\\-@\t\r＝＋－＠]", p));
        Assert.Equal("'=HYPERLINK(1).png", paths[0]);
        Assert.Contains("a,\"b.png", paths);
        Assert.DoesNotContain('\u202e', text);
    });

    [BrowserFact]
    public Task A_busy_server_is_waited_for_and_what_failed_is_tried_again() => fixture.Visit("many", async page =>
    {
        int refusals = 0, calls = 0;
        var busy = new RouteFulfillOptions { Status = 503, Headers = new Dictionary<string, string> { ["Retry-After"] = "1" } };
        await page.RouteAsync("**/v1/classify?*", async route =>
        {
            Interlocked.Increment(ref calls);
            if (Interlocked.Increment(ref refusals) <= 6) await route.FulfillAsync(busy);
            else await route.ContinueAsync();
        });
        await page.Drop("#many-stage", ["1.png", "2.png", "3.png"], Steps.Face.Buffer);
        await page.WaitForSelectorAsync("#many-text:text-matches('^3 of 3 done')");
        Assert.Equal((9, 3), (calls, fixture.Stub.Answered)); // none was given up
        await page.ClickAsync("#many-clear");
        await page.UnrouteAllAsync();

        await page.RouteAsync("**/v1/classify?*", r => r.FulfillAsync(new RouteFulfillOptions { Status = 500 }));
        await page.Drop("#many-stage", ["1.png", "2.png"], Steps.Face.Buffer);
        await page.WaitForSelectorAsync("#many-text:text-matches('2 failed')");
        await page.UnrouteAllAsync();
        await page.ClickAsync("#many-retry");
        await page.WaitForSelectorAsync("#many-text:text-matches('^2 of 2 done · [^·]*files/s$')");
    });

    [BrowserFact]
    public Task It_stops_goes_on_and_waits_for_a_server_that_is_gone() => fixture.Visit("many", async page =>
    {
        fixture.Stub.PictureDelay = 100;
        await page.Drop("#many-stage", Enumerable.Range(0, 60).Select(i => $"{i}.png"), Steps.Face.Buffer);
        await page.WaitForSelectorAsync("#many-text:text-matches('^[1-9]')");
        await page.ClickAsync("#many-stop");
        await page.WaitForSelectorAsync("#many-text:text-matches('stopped')");
        await page.WaitForTimeoutAsync(300);
        int answered = fixture.Stub.Answered;
        await page.WaitForTimeoutAsync(300);
        Assert.Equal(answered, fixture.Stub.Answered);
        await page.ClickAsync("#many-go");
        await page.WaitForSelectorAsync("#many-stop:not([hidden])");
        await page.RouteAsync("**/v1/**", r => r.AbortAsync());
        await page.WaitForSelectorAsync("#many-text:text-matches('waiting for the server')");
        await page.UnrouteAllAsync();
        await page.ClickAsync("#offline-again"); // it goes on by itself
        await page.WaitForSelectorAsync("#many-text:text-matches('^60 of 60 done · [^·]*files/s$')");
    });

    [BrowserFact]
    public Task A_list_that_was_cleared_sends_nothing_when_the_server_is_back() => fixture.Visit("many", async page =>
    {
        await page.RouteAsync("**/v1/**", r => r.AbortAsync());
        await page.Drop("#many-stage", ["1.png", "2.png"], Steps.Face.Buffer);
        await page.WaitForSelectorAsync("#many-text:text-matches('waiting for the server')");
        await page.ClickAsync("#many-clear");
        await page.UnrouteAllAsync();
        await page.ClickAsync("#offline-again");
        await page.WaitForSelectorAsync("#offline", new PageWaitForSelectorOptions { State = WaitForSelectorState.Hidden });
        await page.Drop("#many-stage", ["3.png"], Steps.Face.Buffer);
        await page.WaitForSelectorAsync("#many-text:text-matches('^1 of 1 done')");
        Assert.Equal(1, fixture.Stub.Answered);
    });

    [BrowserFact]
    public Task What_is_added_while_the_last_picture_is_under_way_goes_four_at_a_time() => fixture.Visit("many", async page =>
    {
        fixture.Stub.PictureDelay = 500;
        await page.Drop("#many-stage", ["1.png"], Steps.Face.Buffer);
        await page.WaitForSelectorAsync("#many-rows .what:text-is('under way')");
        await page.Drop("#many-stage", Enumerable.Range(2, 8).Select(i => $"{i}.png"), Steps.Face.Buffer);
        await page.WaitForSelectorAsync("#many-text:text-matches('^9 of 9 done')");
        Assert.Equal(4, fixture.Stub.MostUnderWay);
    });

    // A folder that the browser itself drops: its entries are read as they are come to, about a hundred at a time.
    [BrowserFact]
    public Task A_dropped_folder_is_read_with_all_that_is_in_it() => fixture.Visit("many", async page =>
    {
        const int many = 230;
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["photos/2026/empty"]);
        Directory.CreateDirectory(folder["photos/other"]);
        for (int i = 0; i < many; i++) await File.WriteAllBytesAsync(folder[$"photos/2026/{i:000}.png"], Steps.Face.Buffer);
        await File.WriteAllBytesAsync(folder["photos/a.png"], Steps.Group.Buffer);
        await File.WriteAllBytesAsync(folder["photos/other/torn.JPG"], Steps.Torn.Buffer);
        await File.WriteAllBytesAsync(folder["photos/other/notes.txt"], Steps.Text.Buffer);
        await File.WriteAllBytesAsync(folder["photos/.hidden"], []);
        await File.WriteAllBytesAsync(folder["single.png"], Steps.Face.Buffer);
        await page.DropFromDisk("#many-stage", folder["photos"], folder["single.png"]);
        await page.WaitForSelectorAsync(
            $"#many-text:text-matches('^{many + 3} of {many + 3} done .*1 failed .*2 other files passed over')");
        using var csv = new CsvReader(new StringReader(await page.Save("#many-csv")), CultureInfo.InvariantCulture);
        string[] paths = [.. csv.GetRecords<dynamic>().Select(r => (string)r.path).Distinct()];
        IEnumerable<string> expected = Enumerable.Range(0, many).Select(i => $"photos/2026/{i:000}.png")
            .Concat(["photos/a.png", "photos/other/torn.JPG", "single.png"]);
        Assert.Equal(expected, paths); // in the order of their names
    });

    private static async Task<long> Heap(IPage page)
    {
        ICDPSession session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("HeapProfiler.collectGarbage");
        JsonElement usage = (await session.SendAsync("Runtime.getHeapUsage"))!.Value;
        await session.DetachAsync();
        return (long)usage.GetProperty("usedSize").GetDouble();
    }
}
