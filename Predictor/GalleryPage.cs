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
            <style>{PageStyle.Shared}{PageStyle.Gallery}
            """);
        foreach ((string id, string name, _, _) in filters)
            html.Append(CultureInfo.InvariantCulture, $"main:has(#{id}:checked) .card:not(.{name}){{display:none}}\n");
        string what = countsFaces ? "Faces were found first, and each was labelled" : "Each picture was labelled";
        html.Append(CultureInfo.InvariantCulture, $"""
            </style>
            </head>
            <body>
            <header class="band"><p class="brand">EmotionMLNet</p></header>
            <main>
            <h1>{title}</h1>
            <p>{what} by {GalleryCard.Escape(model)}. A bar is the probability of a label. <em>Unsure</em> are those whose second label
            is more than half as probable as the first.</p>
            <form>
            <fieldset><legend>Show</legend>
            {Radio("show", "all", "all", files, isChecked: true)}
            """);
        foreach ((string id, _, string name, int count) in filters) html.Append(Radio("show", id, name, count));
        html.Append(CultureInfo.InvariantCulture, $"""
            </fieldset>
            <fieldset><legend>Order</legend>
            {Radio("order", "most", "most confident first", null, isChecked: true)}
            {Radio("order", "least", "least confident first", null)}</fieldset>
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
    public static string Foot => $"""
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
        string input = $"<input type=\"radio\" name=\"{group}\" id=\"{id}\"{(isChecked ? " checked" : "")}>";
        return $"<label>{input} {GalleryCard.Escape(text)}{number}</label>\n";
    }
}
