using System.Text.Json;
using Microsoft.Playwright;

namespace EmotionMLNet.Tests.Web.Page;

/// <summary>What assistive technology gets to see.</summary>
internal static class Accessibility
{
    /// <summary>The text of the status line in the browser's accessibility tree.</summary>
    public static async Task<string> Status(IPage page)
    {
        ICDPSession session = await page.Context.NewCDPSessionAsync(page);
        JsonElement tree = (await session.SendAsync("Accessibility.getFullAXTree"))!.Value;
        await session.DetachAsync();
        Dictionary<string, JsonElement> nodes = tree.GetProperty("nodes")
            .EnumerateArray()
            .ToDictionary(n => n.GetProperty("nodeId").GetString()!);
        JsonElement status = nodes.Values.Single(n => Role(n) == "status");
        Assert.Contains(
            status.GetProperty("properties").EnumerateArray(),
            p => p.GetProperty("name").GetString() == "live" && p.GetProperty("value").GetProperty("value").GetString() == "polite"
        );
        return string.Concat(Texts(status)).Trim('\u200b');

        IEnumerable<string> Texts(JsonElement node) => Role(node) == "StaticText"
            ? [node.GetProperty("name").GetProperty("value").GetString()!]
            : node.GetProperty("childIds").EnumerateArray().Select(c => c.GetString()!).Where(nodes.ContainsKey)
                .SelectMany(c => Texts(nodes[c]));
    }

    private static string? Role(JsonElement node) =>
        node.TryGetProperty("role", out JsonElement role) ? role.GetProperty("value").GetString() : null;
}
