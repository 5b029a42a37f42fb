using Microsoft.Playwright;

namespace EmotionMLNet.Tests.Web.Page;

/// <summary>The screen of the models.</summary>
[Collection(PageTests.Name)]
public sealed class ModelTests(PageFixture fixture)
{
    [BrowserFact]
    public Task It_says_what_answers_how_good_it_is_and_lets_another_be_used() => fixture.Visit("model", async page =>
    {
        string first = (await page.Locator(".panel.used").TextContentAsync())!.Replace('\u00a0', ' ');
        Assert.Contains("71.2 %", first, StringComparison.Ordinal);
        Assert.Contains("69.7 to 72.7 %", first, StringComparison.Ordinal);
        Assert.Contains("9f2c1b7d4e5a60839f2c1b7d4e5a60839f2c1b7d4e5a60839f2c1b7d4e5a6083", first, StringComparison.Ordinal);
        Assert.Contains("MIT", first, StringComparison.Ordinal);
        Assert.Contains("refused on 2026-11-30 17:01", await page.Locator(".panel").Nth(1).TextContentAsync(), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Use happy-sad" }).ClickAsync();
        Assert.Equal("happy-sad", await page.Locator(".panel.used h2").TextContentAsync());
        Assert.Contains("model=happy-sad", await page.Locator("#model-curl").TextContentAsync(), StringComparison.Ordinal);
        await page.Locator(".panel.used summary").ClickAsync();
        await page.WaitForSelectorAsync(".panel.used pre");
        await page.ClickAsync("nav a[href='#/picture']");
        IRequest request = await page.RunAndWaitForRequestAsync(
            () => page.Choose(Steps.Face), r => r.Url.Contains("/v1/classify?", StringComparison.Ordinal));
        Assert.Contains("model=happy-sad", request.Url, StringComparison.Ordinal);
    });

    [BrowserFact]
    public Task A_model_that_could_not_be_loaded_says_why_and_is_no_choice() => fixture.Visit("model", async page =>
    {
        ILocator entry = page.Locator(".panel").Nth(2);
        string text = (await entry.TextContentAsync())!;
        Assert.Contains("Its file was refused on 2026-11-30 17:01 UTC: torn.zip ends in the middle.", text, StringComparison.Ordinal);
        Assert.Equal(0, await entry.Locator("button, dl, details").CountAsync());
        Assert.Equal(["fer2013", "happy-sad"], await page.Locator("#model option").AllTextContentsAsync());
        Assert.Equal(1, await page.Locator(".panel .badge").CountAsync());
    });

    [BrowserFact]
    public Task A_card_that_did_not_come_can_be_asked_for_again_and_the_list_is_read_when_the_screen_is_shown() =>
        fixture.Visit("model", async page =>
        {
            await page.RouteAsync("**/v1/models/*", r => r.FulfillAsync(new RouteFulfillOptions { Status = 500 }));
            await page.ClickAsync(".panel.used summary");
            await page.WaitForSelectorAsync(".panel.used details .bad");
            await page.UnrouteAllAsync();
            await page.ClickAsync(".panel.used summary");
            await page.ClickAsync(".panel.used summary");
            await page.WaitForSelectorAsync(".panel.used pre");

            await page.ClickAsync("nav a[href='#/picture']");
            await page.RunAndWaitForResponseAsync(
                () => page.ClickAsync("nav a[href='#/model']"), r => r.Url.EndsWith("/v1/models", StringComparison.Ordinal));
        });

    [BrowserFact]
    public Task It_speaks_of_labels_and_of_what_they_must_not_be_used_for() => fixture.Visit("model", async page =>
    {
        string text = await page.EvaluateAsync<string>("document.body.textContent");
        Assert.Contains("It does not say what anybody feels", text, StringComparison.Ordinal);
        Assert.Contains("2024/1689", text, StringComparison.Ordinal);
    });
}
