using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace EmotionMLNet.Tests.Support;

/// <summary>
/// What axe finds wrong on a page. It is put into the page once and runs there; the package's own RunAxe loads it anew, twice, and opens
/// another page for each look.
/// </summary>
internal static class Axe
{
    private const string Run =
        """
        async rules => {
          const some = rules && { runOnly: { type: "rule", values: rules } };
          const results = await axe.run({ resultTypes: ["violations"], preload: false, ...some });
          return results.violations.map(v => `${v.impact} ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map(n => n.html).join("; ")}`);
        }
        """;

    private static readonly string Script = new BundledAxeScriptProvider().GetScript();

    // The other scheme has the same page in other colours.
    private static readonly string[] OfColours = ["color-contrast", "link-in-text-block"];

    /// <summary>Looks at a page light and dark, and at its width in both; the page stays dark.</summary>
    /// <param name="page">A page in a state that holds still.</param>
    /// <param name="shown">Called in each scheme, or null.</param>
    /// <returns>A line for each fault.</returns>
    public static async Task<string[]> LookAsync(IPage page, Func<ColorScheme, Task>? shown = null)
    {
        List<string> found = [];
        if (!await page.EvaluateAsync<bool>("'axe' in window")) await page.EvaluateAsync(Script);
        foreach (ColorScheme scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
            int width = page.ViewportSize!.Width, scrolls = await page.EvaluateAsync<int>("document.documentElement.scrollWidth");
            if (scrolls > width) found.Add($"{scheme}: {scrolls} pixels wide");
            string[] faults = await page.EvaluateAsync<string[]>(Run, scheme == ColorScheme.Light ? null : OfColours);
            found.AddRange(faults.Select(f => $"{scheme}: {f}"));
            if (shown is not null) await shown(scheme);
        }
        return [.. found];
    }
}
