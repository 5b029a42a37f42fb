using System.Text;

namespace EmotionMLNet.Training.Reports;

/// <summary>Puts a page together from headed sections and keeps their list for the navigation. Texts are escaped here.</summary>
internal sealed class PageBuilder
{
    // Columns of a table that fits a phone, and of one that needn't fill a page.
    private const int MostNarrow = 3, MostSmall = 5;

    private readonly StringBuilder html = new();
    private readonly List<(string Id, string Title)> sections = [];

    public void Section(string id, string title)
    {
        sections.Add((id, title));
        Raw($"<h2 id=\"{id}\">{Svg.Escape(title)}</h2>\n");
    }

    public void Heading(string title) => Raw($"<h3>{Svg.Escape(title)}</h3>\n");

    public void Paragraph(string text, string cssClass = "") =>
        Raw($"<p{(cssClass.Length == 0 ? "" : $" class=\"{cssClass}\"")}>{Prose(text)}</p>\n");

    public void List(IEnumerable<string> items) => Raw($"<ul>\n{string.Concat(items.Select(i => $"<li>{Prose(i)}</li>\n"))}</ul>\n");

    /// <summary>A command; lines stay lines.</summary>
    public void Code(params IEnumerable<string> lines) => Raw($"<pre><code>{string.Join('\n', lines.Select(Svg.Escape))}</code></pre>\n");

    /// <summary>
    /// A table that becomes a list of cards where the screen is narrow; its roles are written out, because a row that is no longer shown as
    /// one loses its own.
    /// </summary>
    /// <param name="caption">Also read out when the table is reached by keyboard.</param>
    /// <param name="columns">Headings.</param>
    /// <param name="rows">The first cell of each is its heading.</param>
    /// <param name="bestFirst">Whether the first row is set off.</param>
    /// <param name="baselines">How many rows at the end are no candidates but what all are compared with.</param>
    /// <param name="endsInText">Whether the last column has sentences, which are broken where words end.</param>
    public void Table(
        string caption,
        IReadOnlyList<string> columns,
        IEnumerable<IReadOnlyList<string>> rows,
        bool bestFirst = false,
        int baselines = 0,
        bool endsInText = false
    )
    {
        IReadOnlyList<string>[] all = [.. rows];
        Raw(
            $"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{Svg.Escape(caption)}\"><table "
                + $"class=\"{(columns.Count > MostNarrow ? columns.Count > MostSmall ? "data cards wide" : "data cards" : "data")}\" "
                + $"role=\"table\"><caption>{Svg.Escape(caption)}</caption>\n<thead role=\"rowgroup\"><tr "
                + $"role=\"row\">{string.Concat(columns.Select(Heading))}</tr></thead>\n<tbody "
                + "role=\"rowgroup\">\n"
        );
        foreach ((int index, IReadOnlyList<string> row) in all.Index())
        {
            string look = index >= all.Length - baselines ? " class=\"baseline\"" : bestFirst && index == 0 ? " class=\"best\"" : "";
            // mlnet:resnet18+lbfgs, optimisation.learningRate
            string name = Svg.Escape(row[0])
                .Replace("+", "+<wbr>", StringComparison.Ordinal)
                .Replace(".", ".<wbr>", StringComparison.Ordinal);
            Raw(
                $"<tr role=\"row\"{look}><th scope=\"row\" "
                    + $"role=\"rowheader\">{name}</th>{string.Concat(row.Skip(1).Select(Cell))}</tr>\n"
            );
        }
        Raw("</tbody></table></div>\n");

        string Heading(string name, int column) =>
            $"<th scope=\"col\" role=\"columnheader\"{(endsInText && column == columns.Count - 1 ? " class=\"text\"" : "")}>"
            + $"{Svg.Escape(name)}</th>";

        string Cell(string cell, int column)
        {
            bool isText = endsInText && column == columns.Count - 2;
            string look =
                cell.Length == 0 || cell == "–" ? " class=\"none\""
                : isText ? " class=\"text\""
                : "";
            string label = Svg.Escape(columns[column + 1]);
            return $"<td{look} role=\"cell\" data-label=\"{label}\">{(isText ? Prose(cell) : Unbroken(cell))}</td>";
        }
    }

    /// <summary>Escaped text in which no line begins with the sign of a percentage.</summary>
    public static string Prose(string text) => Svg.Escape(text).Replace(" %", "&nbsp;%", StringComparison.Ordinal);

    // "61.2 % (59.6 to 62.8 %)" may be broken before the bracket and nowhere else, a list after its commas.
    private static string Unbroken(string cell) =>
        Svg.Escape(cell)
            .Replace(" ", "&nbsp;", StringComparison.Ordinal)
            .Replace("&nbsp;(", " (", StringComparison.Ordinal)
            .Replace(",&nbsp;", ", ", StringComparison.Ordinal);

    /// <summary>Charts or tables side by side where there is room.</summary>
    public void Side(IEnumerable<string> parts) =>
        Raw($"<div class=\"side\">\n{string.Concat(parts.Select(p => $"<div>{p}</div>\n"))}</div>\n");

    public void Raw(string markup) => html.Append(markup);

    /// <summary>Links to all sections.</summary>
    public string Navigation =>
        "<nav aria-label=\"Contents\"><ul>\n"
        + string.Concat(sections.Select(s => $"<li><a href=\"#{s.Id}\">{Svg.Escape(s.Title)}</a></li>\n"))
        + "</ul></nav>\n";

    public override string ToString() => html.ToString();
}
