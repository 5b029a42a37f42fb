using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;

namespace EmotionMLNet.Training.Reports;

/// <summary>
/// The frame of every page: self-contained, no script, readable on paper, on a phone, in light and dark, and by screen readers.
/// </summary>
internal static class HtmlPage
{
    private const string Style = """
        :root{color-scheme:light dark;--ink:#1c1c1c;--soft:#595959;--paper:#fff;--line:#d4d4d4;--tint:0,114,178;--heat:0,114,178}
        @media (prefers-color-scheme:dark){:root{--ink:#e6e6e6;--soft:#a8a8a8;--paper:#161616;--line:#3a3a3a;--tint:86,180,233}}
        *{box-sizing:border-box}body{margin:0 auto;max-width:76rem;padding:1rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
        h1{font-size:1.6rem;line-height:1.2}h2{font-size:1.2rem;margin-top:2.2rem}.soft{color:var(--soft)}
        p,ul,ol,dl,pre{max-width:46rem}nav ul,.gallery{max-width:none!important}
        .scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}caption{text-align:left;color:var(--soft);padding:.3rem 0}
        th,td{padding:.25rem .6rem;border-bottom:1px solid var(--line);text-align:right}th[scope=row],thead th:first-child{text-align:left}
        thead th{vertical-align:bottom}th[scope=row]{overflow-wrap:anywhere;min-width:5rem}table.data{font-size:.92rem}table.wide{width:100%}.wide th[scope=row]{min-width:9rem}tr.baseline{font-style:italic;color:var(--soft)}
        table.heat{font-size:.85rem}.heat th,.heat td{padding:.2rem .35rem}.heat td.cell{background:rgba(var(--heat),var(--share));text-align:center;border:1px solid var(--line);min-width:2.2rem}
        .heat thead th{text-align:center}.heat thead span{writing-mode:vertical-rl;transform:rotate(180deg);max-height:9rem;overflow-wrap:anywhere}.heat th[scope=row]{min-width:0;overflow-wrap:break-word;max-width:7rem}
        .heat small{display:block;font-size:.72rem;line-height:1.1}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
        p,li{overflow-wrap:anywhere}svg,img{max-width:100%;height:auto}nav ul{columns:12rem;padding-left:1.2rem}a{color:inherit}h3{font-size:1rem;margin:1.4rem 0 .4rem}
        .side{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(22rem,100%),1fr));gap:1.5rem;align-items:start}.side>*{min-width:0}.call{border-left:.3rem solid rgb(var(--tint));padding:.2rem 1rem}
        pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid var(--line);padding:.6rem}tr.best{font-weight:600}
        .gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(9rem,1fr));gap:1rem;list-style:none;padding:0}
        .gallery img{width:100%;image-rendering:pixelated;background:var(--line)}.gallery figure{margin:0}.gallery figcaption{font-size:.85rem;overflow-wrap:anywhere}
        @media (max-width:48rem){.cards,.cards tbody,.cards tr,.cards th,.cards td,.cards caption{display:block}
        .cards thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.cards tr{border-bottom:1px solid var(--line);padding:.4rem 0}
        .cards th[scope=row]{border:0;padding:.1rem 0;font-weight:600}.cards td{display:flex;justify-content:space-between;gap:1rem;border:0;padding:.1rem 0}
        .cards td.none{display:none}.cards td::before{content:attr(data-label);color:var(--soft);text-align:left}.heat{font-size:.75rem}.heat th,.heat td{padding:.15rem .2rem}.heat td.cell{min-width:2rem}}
        @media print{body{max-width:none}h2{break-after:avoid}table,figure,svg{break-inside:avoid}}
        """;

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
        <main>
        <h1>{Svg.Escape(title)}</h1>
        {body}
        </main>
        <footer class="soft"><p>Predicted expression labels are what annotators would be likely to call a picture, never what somebody feels.
        Made by EmotionMLNet on this machine; nothing was uploaded.</p></footer>
        </body>
        </html>

        """;
}
