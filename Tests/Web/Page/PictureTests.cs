using Microsoft.Playwright;

namespace EmotionMLNet.Tests.Web.Page;

/// <summary>The screen of one picture.</summary>
[Collection(PageTests.Name)]
public sealed class PictureTests(PageFixture fixture)
{
    [BrowserFact]
    public Task Every_face_has_a_box_a_number_and_a_table_and_a_screen_reader_is_told() => fixture.Visit("picture", async page =>
    {
        await page.Choose(Steps.Group);
        Assert.Equal(4, await page.Locator(".finding").CountAsync());
        IReadOnlyList<string> tags = await page.Locator(".box .tag").AllTextContentsAsync();
        Assert.Equal(["1 happy 93 %", "2 uncertain 41 %", "3 surprise 73 %", "4 angry 63 %"], tags.Select(t => t.Replace('\u00a0', ' ')));
        ILocator table = page.GetByRole(AriaRole.Table, new PageGetByRoleOptions { Name = "Probability of each label, face 2" });
        Assert.Equal(7, await table.GetByRole(AriaRole.Rowheader).CountAsync());
        Assert.Equal("sad", await table.GetByRole(AriaRole.Rowheader).First.TextContentAsync());
        Assert.StartsWith("41", (await table.GetByRole(AriaRole.Cell).First.TextContentAsync())!, StringComparison.Ordinal);
        Assert.Equal(
            "4 faces found: 1 happy, 93 %; 2 uncertain, most likely sad, 41 %; 3 surprise, 73 %; 4 angry, 63 %.",
            (await Accessibility.Status(page)).Replace('\u00a0', ' ')
        );

        // The slider alone says what is uncertain: nothing is asked anew.
        int before = fixture.Stub.Answered;
        await page.Locator("#threshold").FillAsync("0.4");
        Assert.StartsWith("2 sad", await page.Locator(".box .tag").Nth(1).TextContentAsync(), StringComparison.Ordinal);
        Assert.Equal(before, fixture.Stub.Answered);
    });

    // The boxes lie on the picture as it is shown, whatever its size.
    [BrowserFact]
    public Task Boxes_are_where_the_faces_are() => fixture.Visit("picture", async page =>
    {
        await page.Choose(Steps.Group);
        LocatorBoundingBoxResult picture = (await page.Locator("#picture-shown").BoundingBoxAsync())!;
        LocatorBoundingBoxResult box = (await page.Locator(".box").First.BoundingBoxAsync())!;
        Assert.Equal(picture.X + 0.1 * picture.Width / 4, box.X, 1.0);
        Assert.Equal(0.8 * picture.Width / 4, box.Width, 1.0);
        Assert.Equal(picture.Y + 0.2 * picture.Height, box.Y, 1.0);
    });

    [BrowserFact]
    public Task A_picture_without_a_face_is_an_answer_and_can_be_labelled_whole() => fixture.Visit("picture", async page =>
    {
        await page.Choose(Steps.Plain);
        Assert.Equal("No face found.", await Accessibility.Status(page));
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Label the whole picture all the same" }).ClickAsync();
        await page.WaitForSelectorAsync(".finding");
        Assert.True(await page.EvaluateAsync<bool>("document.querySelector('#picture-answer').contains(document.activeElement)"));
        Assert.StartsWith("The whole picture: happy", await Accessibility.Status(page), StringComparison.Ordinal);
        Assert.Equal(0, await page.Locator(".box").CountAsync());
    });

    [BrowserFact]
    public Task It_is_dropped_pasted_drawn_or_taken() => fixture.Visit("picture", async page =>
    {
        await page.Drop("#picture-stage", ["dropped.png"], Steps.Face.Buffer);
        await page.WaitForSelectorAsync(".finding");
        await page.ClickAsync("#picture-clear");
        Assert.Equal(0, await page.Locator(".finding").CountAsync());

        await page.EvaluateAsync(
            """
            base64 => {
              const data = new DataTransfer();
              data.items.add(new File([Uint8Array.from(atob(base64), c => c.charCodeAt(0))], "pasted.png", { type: "image/png" }));
              document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
            }
            """,
            Convert.ToBase64String(Steps.Group.Buffer)
        );
        await page.WaitForSelectorAsync(".finding:nth-child(4)");
        await page.ClickAsync("#picture-clear");

        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Example 3" }).ClickAsync();
        await page.WaitForSelectorAsync(".finding:nth-child(4)");
        await page.ClickAsync("#picture-clear");

        await page.ClickAsync("#picture-take");
        await page.ClickAsync("#photo-shoot");
        await page.WaitForSelectorAsync(".finding");
        Assert.False(await page.Locator("#photo").IsVisibleAsync());
    });

    [BrowserFact]
    public Task A_problem_says_why_and_what_to_do_even_where_a_proxy_answers() => fixture.Visit("picture", async page =>
    {
        await page.Choose(Steps.Torn, "#picture-answer .bad");
        Assert.Contains("The picture is damaged", await Said(), StringComparison.Ordinal);
        foreach ((int status, string title) in new[] { (413, "picture is too large"), (503, "server is busy"), (418, "could not answer") })
        {
            var answer = new RouteFulfillOptions { Status = status, Body = "<h1>proxy</h1>" };
            await page.RouteAsync("**/v1/classify?*", r => r.FulfillAsync(answer));
            await page.ClickAsync("#picture-answer button");
            await page.WaitForSelectorAsync($"#picture-answer .bad:has-text('{title}')");
            await page.UnrouteAllAsync();
        }
        await page.SetInputFilesAsync("#picture-file", Steps.Face);
        await page.WaitForSelectorAsync(".finding");

        async Task<string> Said() => (await page.Locator("#picture-answer .bad").TextContentAsync())!;
    });

    [BrowserFact]
    public Task A_server_that_is_gone_is_said_and_looked_for_again() => fixture.Visit("picture", async page =>
    {
        await page.RouteAsync("**/v1/**", r => r.AbortAsync());
        await page.Choose(Steps.Face, "#offline:not([hidden])");
        await page.UnrouteAllAsync();
        await page.ClickAsync("#offline-again");
        await page.WaitForSelectorAsync("#offline", new PageWaitForSelectorOptions { State = WaitForSelectorState.Hidden });
        await page.ClickAsync("#picture-answer button");
        await page.WaitForSelectorAsync(".finding");
    });

    [BrowserFact]
    public Task A_token_is_asked_for_once_and_kept_nowhere() => fixture.Visit("picture", async page =>
    {
        fixture.Stub.Token = "secret";
        await page.Choose(Steps.Face, "#token[open]");
        await page.FillAsync("#token-value", "wrong");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync("#token-wrong:not([hidden])");
        await page.FillAsync("#token-value", "secret");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync(".finding");
        await page.Choose(Steps.Group, ".finding:nth-child(4)"); // without a question
        string kept = await page.EvaluateAsync<string>(
            "JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href])");
        Assert.DoesNotContain("secret", kept, StringComparison.Ordinal);
    });

    [BrowserFact]
    public Task Who_gave_no_token_at_first_has_the_models_once_they_give_it() => fixture.Visit("picture", async page =>
    {
        fixture.Stub.Token = "secret";
        await page.ReloadAsync();
        await page.ClickAsync("#token [value=cancel]");
        Assert.Equal(0, await page.Locator("#model option").CountAsync());
        await page.Choose(Steps.Face, "#token[open]");
        await page.FillAsync("#token-value", "secret");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync(".finding");
        await page.Locator("#model option").First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
    });
}
