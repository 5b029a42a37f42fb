using System.Globalization;
using System.Text;
using EmotionMLNet.Terminal;

namespace EmotionMLNet.Predictor;

/// <summary>
/// What stands around the cards of a gallery: one file, no script, readable on a phone, on paper, in light and dark, by keyboard and by
/// screen readers. Filters and order are radio buttons that the style sheet looks at.
/// </summary>
/// <param name="labels">The model's, in order.</param>
/// <param name="model">What the model is called.</param>
/// <param name="countsFaces">Whether faces were looked for.</param>
internal sealed class GalleryPage(IReadOnlyList<string> labels, string model, bool countsFaces)
{
    private const string Style = """
        main fieldset{border:1px solid var(--line);border-radius:.4rem;margin:0 0 .8rem;padding:.3rem .7rem .6rem;display:flex;flex-wrap:wrap;gap:.4rem}
        legend{color:var(--soft);padding:0 .3rem}
        fieldset label{display:inline-flex;align-items:center;gap:.4rem;min-height:2rem;padding:0 .7rem;border:1px solid var(--line);border-radius:1rem;cursor:pointer;overflow-wrap:anywhere}
        fieldset label:has(:checked){border-color:rgb(var(--tint));box-shadow:inset 0 0 0 1px rgb(var(--tint))}
        fieldset label:has(:focus-visible){outline:2px solid rgb(var(--tint));outline-offset:2px}
        fieldset input{accent-color:rgb(var(--tint));margin:0}
        @supports not selector(:has(a)){main form{display:none}}
        ol.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(16rem,100%),1fr));gap:1rem;max-width:none;list-style:none;margin:0;padding:0;reading-flow:grid-order}
        .card{border:1px solid var(--line);border-radius:.4rem;padding:.6rem;min-width:0}
        .card p{margin:.3rem 0;max-width:none}.card .name{font-size:.85rem;line-height:1.35}
        img.whole{display:block;width:auto;height:auto;max-width:100%;max-height:15rem;margin:0 auto;background:var(--line)}
        .face{display:grid;grid-template-columns:auto minmax(0,1fr);gap:.6rem;align-items:start;margin-top:.5rem}
        .face>div{grid-column:2}.face>div:first-child{grid-column:1/-1}
        img.chip{width:4rem;height:4rem;border-radius:.3rem}.card .label{margin:0;font-weight:600;line-height:1.3}
        .bars{list-style:none;margin:.2rem 0;padding:0;font-size:.8rem;max-width:none}
        .bars li{display:flex;justify-content:space-between;gap:.5rem;padding:0 .3rem;margin:1px 0;background:linear-gradient(rgba(var(--tint),.3),rgba(var(--tint),.3)) 0 0/var(--p) 100% no-repeat;border-radius:2px}
        .bars li span:last-child{white-space:nowrap;font-variant-numeric:tabular-nums}
        details summary{font-size:.8rem;color:var(--soft);cursor:pointer}
        main:has(#least:checked) .card{order:calc(0 - var(--i))}main:has(#least:checked) .card:is(.none,.unread){order:1}
        @media print{main form{display:none}.card{break-inside:avoid}}

        """;

    /// <summary>What stands before the cards.</summary>
    /// <param name="files">How many cards there are.</param>
    /// <param name="counts">How many have which class, see <see cref="GalleryCard.Classes"/>.</param>
    public string Head(int files, IReadOnlyDictionary<string, int> counts)
    {
        string title = $"Expression labels of {ConsoleText.Count(files, "picture")}";
        List<(string Id, string Class, string Name, int Count)> filters = [];
        for (int i = 0; i < labels.Count; i++) Add(GalleryCard.ClassOf(i), labels[i]);
        Add(GalleryCard.Uncertain, "uncertain (below the threshold)");
        Add(GalleryCard.Unsure, "unsure");
        Add(GalleryCard.NoFace, Row.NoFace);
        Add(GalleryCard.Unread, "not read");

        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width,initial-scale=1">
            <title>{title}</title>
            <style>{PageStyle.Text}{Style}
            """);
        foreach ((string id, string name, _, _) in filters)
            html.Append(CultureInfo.InvariantCulture, $"main:has(#{id}:checked) .card:not(.{name}){{display:none}}\n");
        string what = countsFaces ? "Faces were found first, and each was labelled" : "Each picture was labelled";
        html.Append(CultureInfo.InvariantCulture, $"""
            </style>
            </head>
            <body>
            <main>
            <h1>{title}</h1>
            <p>{what} by {GalleryCard.Escape(model)}. A bar is the probability of a label. <em>Unsure</em> are those whose second label is more
            than half as probable as the first.</p>
            <form>
            <fieldset><legend>Show</legend>
            {Radio("show", "all", "all", files, isChecked: true)}
            """);
        foreach ((string id, _, string name, int count) in filters) html.Append(Radio("show", id, name, count));
        html.Append(CultureInfo.InvariantCulture, $"""
            </fieldset>
            <fieldset><legend>Order</legend>
            {Radio("order", "most", "most confident first", null, isChecked: true)}{Radio("order", "least", "least confident first", null)}</fieldset>
            </form>
            <ol class="pictures" role="list">

            """);
        return html.ToString();

        void Add(string name, string text)
        {
            if (counts.TryGetValue(name, out int count)) filters.Add(($"show-{name}", name, text, count));
        }
    }

    /// <summary>The beginning of a card.</summary>
    /// <param name="number">From 1, the most confident first.</param>
    /// <param name="classes">See <see cref="GalleryCard.Classes"/>.</param>
    public static string CardHead(int number, string classes) =>
        string.Create(CultureInfo.InvariantCulture, $"<li class=\"card {classes}\" style=\"--i:{number}\">");

    /// <summary>What stands behind them.</summary>
    public string Foot => $"""
        </ol>
        </main>
        <footer class="soft"><p>{LabelNotice.Text} Made by EmotionMLNet on this machine; nothing was uploaded. The pictures are in
        this file: think of the people in them before it is passed on.</p></footer>
        </body>
        </html>

        """;

    private static string Radio(string group, string id, string text, int? count, bool isChecked = false)
    {
        string number = count is { } n ? string.Create(CultureInfo.InvariantCulture, $" <span class=\"soft\">{n:N0}</span>") : "";
        return $"<label><input type=\"radio\" name=\"{group}\" id=\"{id}\"{(isChecked ? " checked" : "")}> {GalleryCard.Escape(text)}{number}</label>\n";
    }
}
