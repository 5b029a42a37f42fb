using System.Globalization;
using System.Net;
using System.Text;
using EmotionMLNet.Formatting;

namespace EmotionMLNet.Training.Reports;

/// <summary>Forms of signs in charts, so that colour is never all that tells them apart.</summary>
internal enum MarkShape
{
    /// <summary>A full circle.</summary>
    Disc,

    /// <summary>An empty circle.</summary>
    Ring,

    /// <summary>A full square.</summary>
    Square,

    /// <summary>An empty triangle that points down.</summary>
    Triangle,

    /// <summary>A full diamond, larger than the others.</summary>
    Diamond,

    /// <summary>Two crossed lines.</summary>
    Cross,
}

/// <summary>Writes one accessible, self-contained SVG picture that follows the reader's light or dark theme.</summary>
/// <param name="width">User units, shown as pixels.</param>
/// <param name="height">User units, shown as pixels.</param>
/// <param name="title">Short name, read out by screen readers.</param>
/// <param name="description">A text for those who cannot see the picture.</param>
internal sealed class Svg(int width, int height, string title, string description)
{
    private const string Style = """
        <style>
        text{font:13px system-ui,sans-serif;fill:#222}.title{font-size:14px;font-weight:600}.axis{stroke:#888;fill:none}.grid{stroke:#ddd}
        .background{fill:#fff}.halo{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}
        @media (prefers-color-scheme:dark){text{fill:#ddd}.grid{stroke:#444}.background{fill:#1b1b1b}.halo{stroke:#1b1b1b}}
        </style>
        """;

    private readonly StringBuilder body = new();

    /// <summary>Colours of data series, Okabe and Ito 2008: told apart by people with any colour vision.</summary>
    public static IReadOnlyList<string> Palette { get; } = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f"];

    /// <summary>A number with at most two decimals, always with a point.</summary>
    public static string Number(double value) => Math.Round(value, 2).ToString(CultureInfo.InvariantCulture);

    /// <summary>Escapes text for HTML and SVG, in one line; control characters, which no page may hold, are shown by their code.</summary>
    public static string Escape(string text) => WebUtility.HtmlEncode(PrintableText.Line(text));

    /// <summary>About how many pixels a text is wide, a little too many rather than too few.</summary>
    public static double TextWidth(string text) => text.EnumerateRunes().Sum(Width);

    private static double Width(Rune rune) => rune.Value >= 0x1100 ? 13.5 : Rune.IsUpper(rune) || rune.Value is 'm' or 'w' ? 9.5 : 7.2;

    /// <summary>The text, cut with an ellipsis where it is wider than the room for it.</summary>
    public static string Fit(string text, double width)
    {
        text = PrintableText.Line(text);
        if (TextWidth(text) <= width) return text;
        Rune[] runes = [.. text.EnumerateRunes()];
        int kept = runes.Length;
        while (kept > 1 && TextWidth(string.Concat(runes.Take(kept)) + "…") > width) kept--;
        return string.Concat(runes.Take(kept)).TrimEnd() + "…";
    }

    public void Line(double x1, double y1, double x2, double y2, string cssClass)
        => Append($"""<line x1="{Number(x1)}" y1="{Number(y1)}" x2="{Number(x2)}" y2="{Number(y2)}" class="{cssClass}"/>""");

    public void Rectangle(double x, double y, double width, double height, string fill, string? tip = null)
        => Append($"""<rect x="{Number(x)}" y="{Number(y)}" width="{Number(width)}" height="{Number(height)}" """
            + $"""fill="{fill}">{Tip(tip)}</rect>""");

    public void Circle(double x, double y, double radius, string fill, string? tip = null)
        => Append($"""<circle cx="{Number(x)}" cy="{Number(y)}" r="{Number(radius)}" fill="{fill}">{Tip(tip)}</circle>""");

    /// <summary>A line through all points; through fewer than two there is none.</summary>
    /// <param name="points">In order.</param>
    /// <param name="stroke">Colour.</param>
    /// <param name="dashed">Whether it has gaps.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="opacity">0 (not to be seen) to 1.</param>
    public void Path(IReadOnlyCollection<(double X, double Y)> points, string stroke, bool dashed, double width = 2, double opacity = 1)
    {
        if (points.Count < 2) return;
        string data = string.Join(' ', points.Select((p, i) => $"{(i == 0 ? 'M' : 'L')}{Number(p.X)},{Number(p.Y)}"));
        Append(
            $"""<path d="{data}" fill="none" stroke="{stroke}" stroke-width="{Number(width)}" """
                + $"""{(opacity < 1 ? $"stroke-opacity=\"{Number(opacity)}\" " : "")}{(dashed ? "stroke-dasharray=\"5 4\"" : "")}/>"""
        );
    }

    /// <summary>A sign of about 8 pixels, told from others by its form.</summary>
    /// <param name="x">Its middle.</param>
    /// <param name="y">Likewise.</param>
    /// <param name="shape">Its form.</param>
    /// <param name="colour">Of its face or line.</param>
    /// <param name="tip">Shown under the pointer.</param>
    public void Mark(double x, double y, MarkShape shape, string colour, string? tip = null)
    {
        const double r = 4;
        string line = $"""fill="none" stroke="{colour}" stroke-width="1.8" """, face = $"""fill="{colour}" """;
        Append(shape switch
        {
            MarkShape.Disc => $"""<circle cx="{Number(x)}" cy="{Number(y)}" r="{Number(r)}" {face}>{Tip(tip)}</circle>""",
            MarkShape.Ring => $"""<circle cx="{Number(x)}" cy="{Number(y)}" r="{Number(r)}" {line}>{Tip(tip)}</circle>""",
            MarkShape.Square => Polygon(face, (-r, -r), (r, -r), (r, r), (-r, r)),
            MarkShape.Triangle => Polygon(line, (0, r), (-r, -r), (r, -r)),
            MarkShape.Diamond => Polygon(face, (0, -2 * r), (1.6 * r, 0), (0, 2 * r), (-1.6 * r, 0)),
            _ => $"""<path d="M{Number(x - r)},{Number(y - r)} L{Number(x + r)},{Number(y + r)} M{Number(x - r)},{Number(y + r)} """
                + $"""L{Number(x + r)},{Number(y - r)}" {line}>{Tip(tip)}</path>""",
        });

        string Polygon(string style, params (double X, double Y)[] corners)
        {
            string points = string.Join(' ', corners.Select(c => $"{Number(x + c.X)},{Number(y + c.Y)}"));
            return $"""<polygon points="{points}" {style}>{Tip(tip)}</polygon>""";
        }
    }

    /// <param name="x">Anchor.</param>
    /// <param name="y">Baseline.</param>
    /// <param name="text">Escaped here.</param>
    /// <param name="anchor">start, middle or end.</param>
    /// <param name="cssClass">Class, or empty.</param>
    /// <param name="rotate">Degrees about the anchor.</param>
    /// <param name="tip">The whole text, where the one shown is cut.</param>
    public void Text(double x, double y, string text, string anchor = "start", string cssClass = "", double rotate = 0, string? tip = null)
    {
        string transform = rotate == 0 ? "" : $" transform=\"rotate({Number(rotate)} {Number(x)} {Number(y)})\"";
        string style = cssClass.Length == 0 ? "" : $" class=\"{cssClass}\"";
        Append($"""<text x="{Number(x)}" y="{Number(y)}" text-anchor="{anchor}"{style}{transform}>{Escape(text)}{Tip(tip)}</text>""");
    }

    /// <summary>The finished picture.</summary>
    public override string ToString() => $"""
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">
        <title>{Escape(title)}</title><desc>{Escape(description)}</desc>
        {Style}
        <rect class="background" width="100%" height="100%"/>
        {body}</svg>

        """;

    private static string Tip(string? tip) => tip is null ? "" : $"<title>{Escape(tip)}</title>";

    private void Append(string element) => body.Append(element).Append('\n');
}
