using Microsoft.Playwright;

namespace EmotionMLNet.Tests.Support;

/// <summary>A Chromium of the machine, from EMOTIONMLNET_CHROMIUM or Debian's package; none is downloaded.</summary>
internal static class Browser
{
    private const string Variable = "EMOTIONMLNET_CHROMIUM", Debian = "/usr/bin/chromium";

    /// <summary>The program, or null.</summary>
    public static string? Program { get; } = new[] { Environment.GetEnvironmentVariable(Variable), Debian }.FirstOrDefault(File.Exists);

    /// <summary>Why tests skip; null when there is a browser.</summary>
    public static string? Missing => Program is null ? $"needs Chromium: install it ({Debian}) or name it in {Variable}" : null;

    /// <summary>Shows a page and gives it to a test, with everything that its console said.</summary>
    public static async Task Show(string file, int width, ColorScheme scheme, Func<IPage, List<string>, Task> test)
    {
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = Program, Args = ["--no-sandbox"] }
        );
        IPage page = await browser.NewPageAsync(
            new BrowserNewPageOptions
            {
                ViewportSize = new ViewportSize { Width = width, Height = 900 },
                ColorScheme = scheme,
            }
        );
        List<string> said = [];
        page.Console += (_, message) => said.Add($"{message.Type}: {message.Text}");
        page.PageError += (_, error) => said.Add(error);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("file:", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
                said.Add($"fetches {request.Url}");
        };
        await page.GotoAsync(new Uri(file).AbsoluteUri);
        await test(page, said);
    }
}

/// <summary>A theory that needs a browser and says so when it skips.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = Browser.Missing;
}
