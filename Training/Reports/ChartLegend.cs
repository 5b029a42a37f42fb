namespace EmotionMLNet.Training.Reports;

/// <summary>The names of series below a chart, as many in a line as fit.</summary>
internal static class ChartLegend
{
    private const int Row = 20, Mark = 30, Gap = 14;

    /// <param name="names">In order.</param>
    /// <param name="width">Pixels of a line.</param>
    /// <returns>Pixels of all lines.</returns>
    public static int Height(IReadOnlyList<string> names, double width) => names.Count == 0 ? 0 : Row * (Places(names, width)[^1].Line + 1);

    /// <summary>Writes the names and has their marks drawn.</summary>
    /// <param name="svg">The chart.</param>
    /// <param name="names">The names in order; one wider than a line is cut.</param>
    /// <param name="left">Where lines begin, in pixels.</param>
    /// <param name="top">Upper edge.</param>
    /// <param name="width">Pixels of a line.</param>
    /// <param name="mark">Draws the mark of a series, by number, into 24 pixels from x, around the height y.</param>
    public static void Draw(Svg svg, IReadOnlyList<string> names, double left, double top, double width, Action<int, double, double> mark)
    {
        foreach ((int i, (int line, double x)) in Places(names, width).Index())
        {
            double y = top + Row * (line + 0.5);
            mark(i, left + x, y);
            string shown = Svg.Fit(names[i], width - Mark);
            svg.Text(left + x + Mark, y + 4, shown, tip: shown == names[i] ? null : names[i]);
        }
    }

    private static (int Line, double X)[] Places(IReadOnlyList<string> names, double width)
    {
        var places = new (int Line, double X)[names.Count];
        int line = 0;
        double x = 0;
        for (int i = 0; i < names.Count; i++)
        {
            double wide = Mark + Svg.TextWidth(names[i]);
            if (x > 0 && x + wide > width) (line, x) = (line + 1, 0);
            places[i] = (line, x);
            x += wide + Gap;
        }
        return places;
    }
}
