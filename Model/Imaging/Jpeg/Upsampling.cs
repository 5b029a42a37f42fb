namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>
/// Brings a subsampled component to full size, a row at a time. At factors of two by the triangle filter (3/4 of the nearer sample and 1/4
/// of the further), with the rounding that all common decoders share; otherwise, and at 1/8, by repeating.
/// </summary>
internal static class Upsampling
{
    /// <param name="c">The component.</param>
    /// <param name="horizontal">Output columns a sample.</param>
    /// <param name="vertical">Output rows a sample.</param>
    /// <param name="smooth">Whether the triangle filter is wanted.</param>
    /// <param name="y">Output row.</param>
    /// <param name="row">Receives at least the picture's width; has room for two samples more.</param>
    public static void Row(Component c, (int Times, int Over) horizontal, (int Times, int Over) vertical, bool smooth, int y, Span<byte> row)
    {
        int line = Math.Min(y * vertical.Over / vertical.Times, c.Height - 1);
        ReadOnlySpan<byte> near = Line(c, line);
        if (horizontal == (1, 1) && vertical == (1, 1))
        {
            near[..Math.Min(near.Length, row.Length)].CopyTo(row);
            return;
        }
        if (smooth && horizontal == (2, 1) && c.Width > 2 && vertical == (1, 1)) Double(near, row);
        else if (smooth && horizontal == (2, 1) && c.Width > 2 && vertical == (2, 1)) DoubleBoth(near, Further(c, y, line), row);
        else if (smooth && horizontal == (1, 1) && vertical == (2, 1)) DoubleRows(near, Further(c, y, line), (y & 1) == 0 ? 1 : 2, row);
        else
        {
            for (int x = 0; x < row.Length; x++) row[x] = near[Math.Min(x * horizontal.Over / horizontal.Times, near.Length - 1)];
        }
    }

    private static ReadOnlySpan<byte> Line(Component c, int line) => c.Samples.AsSpan(line * c.SampleStride, c.Width);

    // The row above an even output row's sample, the row below an odd one's; at the edges the row itself.
    private static ReadOnlySpan<byte> Further(Component c, int y, int line) => Line(c, Math.Clamp((y & 1) == 0 ? line - 1 : line + 1, 0, c.Height - 1));

    private static void Double(ReadOnlySpan<byte> x, Span<byte> y)
    {
        int last = x.Length - 1;
        for (int i = 0; i <= last && 2 * i < y.Length; i++)
        {
            int three = 3 * x[i];
            y[2 * i] = i == 0 ? x[0] : (byte)((three + x[i - 1] + 1) >> 2);
            if (2 * i + 1 < y.Length) y[2 * i + 1] = i == last ? x[last] : (byte)((three + x[i + 1] + 2) >> 2);
        }
    }

    private static void DoubleRows(ReadOnlySpan<byte> near, ReadOnlySpan<byte> far, int bias, Span<byte> y)
    {
        for (int i = 0; i < Math.Min(near.Length, y.Length); i++) y[i] = (byte)((3 * near[i] + far[i] + bias) >> 2);
    }

    private static void DoubleBoth(ReadOnlySpan<byte> near, ReadOnlySpan<byte> far, Span<byte> y)
    {
        int last = near.Length - 1, here = 3 * near[0] + far[0], before = here;
        far = far[..near.Length];
        for (int i = 0; i <= last && 2 * i < y.Length; i++)
        {
            int after = i == last ? here : 3 * near[i + 1] + far[i + 1];
            y[2 * i] = (byte)((i == 0 ? here * 4 + 8 : here * 3 + before + 8) >> 4);
            if (2 * i + 1 < y.Length) y[2 * i + 1] = (byte)((i == last ? here * 4 + 7 : here * 3 + after + 7) >> 4);
            (before, here) = (here, after);
        }
    }
}
