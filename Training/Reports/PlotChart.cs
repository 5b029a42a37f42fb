namespace EmotionMLNet.Training.Reports;

/// <summary>How much a line of a plot wants to be seen.</summary>
internal enum PlotWeight
{
    /// <summary>One of many that together show where most are.</summary>
    Faint,

    /// <summary>As lines are.</summary>
    Usual,

    /// <summary>The one that matters.</summary>
    Strong,
}

/// <summary>A line of a plot.</summary>
/// <param name="Name">The name in the legend; null is none.</param>
/// <param name="Points">In order, on the scales of the axes.</param>
/// <param name="Colour">Number in <see cref="Svg.Palette"/>.</param>
/// <param name="Weight">How much it wants to be seen.</param>
/// <param name="Dashed">Whether it has gaps.</param>
internal sealed record PlotLine(
    string? Name,
    IReadOnlyList<(double X, double Y)> Points,
    int Colour,
    PlotWeight Weight = PlotWeight.Usual,
    bool Dashed = false
);

/// <summary>A sign of a plot.</summary>
/// <param name="X">On the scale of the axis.</param>
/// <param name="Y">Likewise.</param>
/// <param name="Tip">Shown under the pointer.</param>
/// <param name="Label">Written beside it; null is nothing.</param>
internal sealed record PlotMark(double X, double Y, string Tip, string? Label = null);

/// <summary>Signs of one kind.</summary>
/// <param name="Name">The name in the legend.</param>
/// <param name="Shape">Their form.</param>
/// <param name="Colour">Number in <see cref="Svg.Palette"/>.</param>
/// <param name="Marks">The signs; without any, the kind is not in the legend.</param>
internal sealed record PlotMarks(string Name, MarkShape Shape, int Colour, IReadOnlyList<PlotMark> Marks);

/// <summary>Lines and signs over two axes as SVG. What lies above or below the axis is shown at its end.</summary>
internal static class PlotChart
{
    private const int Right = 30;

    /// <summary>Number of grey in <see cref="Svg.Palette"/>.</summary>
    public static int Grey => Svg.Palette.Count - 1;

    /// <param name="title">Short.</param>
    /// <param name="description">A text for those who cannot see the chart.</param>
    /// <param name="x">From left to right.</param>
    /// <param name="y">Upwards.</param>
    /// <param name="lines">Drawn first, the faint ones below the others.</param>
    /// <param name="marks">Drawn over them.</param>
    /// <param name="plot">Height of the part with the data, in pixels.</param>
    public static string Draw(
        string title,
        string description,
        ChartAxis x,
        ChartAxis y,
        IReadOnlyList<PlotLine> lines,
        IReadOnlyList<PlotMarks> marks,
        int plot = 220
    )
    {
        var frame = new ChartFrame(x, y, plot, Right);
        PlotLine[] named = [.. lines.Where(l => l.Name is not null && l.Points.Count > 1)];
        PlotMarks[] shown = [.. marks.Where(m => m.Marks.Count > 0)];
        string[] names = [.. named.Select(l => l.Name!), .. shown.Select(m => m.Name)];
        var svg = new Svg(ChartFrame.Width, frame.Height(names), title, description);
        frame.Draw(svg, title, upright: true);
        foreach (PlotLine line in lines.OrderBy(l => l.Weight))
            Stroke(svg, line, [.. line.Points.Select(p => (frame.X(p.X), Height(p.Y)))]);
        foreach (PlotMarks kind in shown)
            foreach (PlotMark mark in kind.Marks) Draw(svg, kind, mark);
        ChartLegend.Draw(svg, names, ChartFrame.Left, frame.LegendTop, ChartFrame.Width - ChartFrame.Left, (i, at, middle) =>
        {
            if (i < named.Length) Stroke(svg, named[i], [(at, middle), (at + 24, middle)]);
            else svg.Mark(at + 12, middle, shown[i - named.Length].Shape, Svg.Palette[shown[i - named.Length].Colour]);
        });
        return svg.ToString();

        double Height(double value) => frame.Y(Math.Clamp(value, y.Low, y.High));

        void Draw(Svg on, PlotMarks kind, PlotMark mark)
        {
            (double across, double up) = (frame.X(mark.X), Height(mark.Y));
            on.Mark(across, up, kind.Shape, Svg.Palette[kind.Colour], mark.Tip);
            if (mark.Label is not { } label) return;
            bool isLeft = across + 8 + Svg.TextWidth(label) > ChartFrame.Width;
            on.Text(across + (isLeft ? -8 : 8), up - 6, label, isLeft ? "end" : "start");
        }
    }

    private static void Stroke(Svg svg, PlotLine line, (double X, double Y)[] points) =>
        svg.Path(
            points,
            Svg.Palette[line.Colour],
            line.Dashed,
            line.Weight switch { PlotWeight.Faint => 1, PlotWeight.Usual => 2, _ => 3 },
            line.Weight == PlotWeight.Faint ? 0.35 : 1
        );
}
