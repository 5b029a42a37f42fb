namespace EmotionMLNet.Trainer.Reports;

/// <summary>The frame of every page: self-contained, no script, readable on paper, on a phone, in light and dark, and by screen readers.</summary>
internal static class HtmlPage
{
    private const string Style = """
        :root{color-scheme:light dark;--ink:#1c1c1c;--soft:#595959;--paper:#fff;--line:#d4d4d4;--tint:0,114,178}
        @media (prefers-color-scheme:dark){:root{--ink:#e6e6e6;--soft:#a8a8a8;--paper:#161616;--line:#3a3a3a;--tint:86,180,233}}
        *{box-sizing:border-box}body{margin:0 auto;max-width:64rem;padding:1rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
        h1{font-size:1.6rem;line-height:1.2}h2{font-size:1.2rem;margin-top:2.2rem}.soft{color:var(--soft)}
        .scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}caption{text-align:left;color:var(--soft);padding:.3rem 0}
        th,td{padding:.25rem .6rem;border-bottom:1px solid var(--line);text-align:right}th[scope=row],thead th:first-child{text-align:left}
        td.cell{background:rgba(var(--tint),var(--share))}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
        svg{max-width:100%;height:auto}
        .gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(9rem,1fr));gap:1rem;list-style:none;padding:0}
        .gallery img{width:100%;image-rendering:pixelated;background:var(--line)}.gallery figure{margin:0}.gallery figcaption{font-size:.85rem;overflow-wrap:anywhere}
        @media print{body{max-width:none}h2{break-after:avoid}table,figure,svg{break-inside:avoid}}
        """;

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
