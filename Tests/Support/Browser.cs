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

    // One for all pages that are files; it ends with the process that runs the tests.
    private static readonly Lazy<Task<IBrowser>> Shared = new(async () => await (await Playwright.CreateAsync()).Chromium.LaunchAsync(
        new BrowserTypeLaunchOptions { ExecutablePath = Program, Args = ["--no-sandbox"] }
    ));

    /// <summary>Shows a page and gives it to a test, with everything that its console said.</summary>
    public static async Task Show(string file, int width, Func<IPage, List<string>, Task> test)
    {
        await using IBrowserContext context = await (await Shared.Value).NewContextAsync(
            new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = 900 } });
        IPage page = await context.NewPageAsync();
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
