using System.Text;
using EmotionMLNet.Trainer.Reports;

namespace EmotionMLNet.Trainer.Compare.Reports;

/// <summary>Puts a page together from headed sections and keeps their list for the navigation. Texts are escaped here.</summary>
internal sealed class Markup
{
    private readonly StringBuilder html = new();
    private readonly List<(string Id, string Title)> sections = [];

    public void Section(string id, string title)
    {
        sections.Add((id, title));
        Raw($"<h2 id=\"{id}\">{Svg.Escape(title)}</h2>\n");
    }

    public void Heading(string title) => Raw($"<h3>{Svg.Escape(title)}</h3>\n");

    public void Paragraph(string text, string cssClass = "") => Raw($"<p{(cssClass.Length == 0 ? "" : $" class=\"{cssClass}\"")}>{Svg.Escape(text)}</p>\n");

    public void List(IEnumerable<string> items) => Raw($"<ul>\n{string.Concat(items.Select(i => $"<li>{Svg.Escape(i)}</li>\n"))}</ul>\n");

    public void Code(string text) => Raw($"<pre><code>{Svg.Escape(text)}</code></pre>\n");

    /// <param name="caption">Also read out when the table is reached by keyboard.</param>
    /// <param name="columns">Headings.</param>
    /// <param name="rows">The first cell of each is its heading.</param>
    /// <param name="bestFirst">Whether the first row is set off.</param>
    public void Table(string caption, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows, bool bestFirst = false)
    {
        Raw($"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{Svg.Escape(caption)}\"><table><caption>{Svg.Escape(caption)}</caption>\n<thead><tr>{string.Concat(columns.Select(c => $"<th scope=\"col\">{Svg.Escape(c)}</th>"))}</tr></thead>\n<tbody>\n");
        foreach ((int index, IReadOnlyList<string> row) in rows.Index())
            Raw($"<tr{(bestFirst && index == 0 ? " class=\"best\"" : "")}><th scope=\"row\">{Svg.Escape(row[0])}</th>{string.Concat(row.Skip(1).Select(c => $"<td>{Svg.Escape(c)}</td>"))}</tr>\n");
        Raw("</tbody></table></div>\n");
    }

    /// <summary>Charts or tables side by side where there is room.</summary>
    public void Side(IEnumerable<string> parts) => Raw($"<div class=\"side\">\n{string.Concat(parts.Select(p => $"<div>{p}</div>\n"))}</div>\n");

    public void Raw(string markup) => html.Append(markup);

    /// <summary>Links to all sections.</summary>
    public string Navigation => $"<nav aria-label=\"Contents\"><ul>\n{string.Concat(sections.Select(s => $"<li><a href=\"#{s.Id}\">{Svg.Escape(s.Title)}</a></li>\n"))}</ul></nav>\n";

    public override string ToString() => html.ToString();
}
