using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;

namespace EmotionMLNet.Training.Reports;

/// <summary>
/// The frame of every page: self-contained, no script, readable on paper, on a phone, in light and dark, and by screen readers.
/// </summary>
internal static class HtmlPage
{
    // Predictor has the first of these in it too, for its gallery, and so has Predictor.Web.
    private static readonly string Style = Read("page.css") + Read("report.css");

    /// <summary>A picture with its caption, an item of a list of class "gallery"; the PNG stands in the page itself.</summary>
    /// <param name="image">Any size.</param>
    /// <param name="alternative">A text for those who cannot see the picture.</param>
    /// <param name="caption">Plain text.</param>
    /// <param name="source">A second, softer line: where it came from.</param>
    public static string Picture(Image image, string alternative, string caption, string source)
        => $"<li><figure><img alt=\"{Svg.Escape(alternative)}\" src=\"{DataUri(PngEncoder.Encode(image))}\">"
            + $"<figcaption>{Svg.Escape(caption)}<br><span class=\"soft\">{Svg.Escape(source)}</span></figcaption></figure></li>\n";

    /// <summary>A PNG file as an address that needs no file.</summary>
    public static string DataUri(byte[] png) => $"data:image/png;base64,{Convert.ToBase64String(png)}";

    /// <param name="title">Plain text.</param>
    /// <param name="body">HTML.</param>
    public static string Render(string title, string body) => $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width,initial-scale=1">
        <title>{Svg.Escape(title)}</title>
        <style>{Style}</style>
        </head>
        <body>
        <header class="band"><p class="brand">EmotionMLNet</p></header>
        <main>
        <h1>{Svg.Escape(title)}</h1>
        {body}
        </main>
        <footer class="soft"><p>Predicted expression labels are what annotators would be likely to call a picture, never what somebody feels.
        Made by EmotionMLNet on this machine; nothing was uploaded.</p></footer>
        </body>
        </html>

        """;

    private static string Read(string name)
    {
        using Stream stream = typeof(HtmlPage).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
