using System.Collections.Frozen;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using EmotionMLNet.Web.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EmotionMLNet.Web.Pages;

/// <summary>The page: files that are embedded into this assembly, each at the address of its name.</summary>
internal static partial class PageFiles
{
    private const string Folder = "page/", Index = "index.html";

    private static readonly Assembly Home = typeof(PageFiles).Assembly;

    private static readonly FrozenDictionary<string, byte[]> Files = Home.GetManifestResourceNames()
        .Where(n => n.StartsWith(Folder, StringComparison.Ordinal))
        .ToFrozenDictionary(n => n[Folder.Length..], Load, StringComparer.Ordinal);

    /// <summary>Names of all files, with slashes.</summary>
    public static IReadOnlyCollection<string> Names => Files.Keys;

    /// <summary>A file.</summary>
    public static byte[] Read(string name) => Files[name];

    public static void MapPage(this IEndpointRouteBuilder app)
    {
        app.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], () => Send(Index)).ExcludeFromDescription();
        foreach (string name in Files.Keys)
            app.MapMethods("/" + name, [HttpMethods.Get, HttpMethods.Head], () => Send(name)).ExcludeFromDescription();
    }

    private static IResult Send(string name) => Results.Bytes(Files[name], TypeOf(name));

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".png" => "image/png",
        ".json" or ".webmanifest" => "application/json",
        _ => "application/octet-stream",
    };

    private static byte[] Load(string resource)
    {
        using Stream stream = Home.GetManifestResourceStream(resource)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        string type = TypeOf(resource);
        if (!type.StartsWith("text/", StringComparison.Ordinal)) return bytes;
        string text = Commentary().Replace(Encoding.UTF8.GetString(bytes), "");
        return Encoding.UTF8.GetBytes(type.StartsWith("text/css", StringComparison.Ordinal) ? LineBreak().Replace(text, "") : text);
    }

    // Indents and comments are for readers of the repository. Lines of scripts stay, for positions in messages.
    [GeneratedRegex(@"^[ \t]*(?://.*|/\*.*\*/|/\*\*|\* .*|\*/)$|^[ \t]+|[ \t]+// .*$|/\*.*?\*/", RegexOptions.Multiline)]
    private static partial Regex Commentary();

    [GeneratedRegex(@"(?<=[{};,])\n+")]
    private static partial Regex LineBreak();
}
