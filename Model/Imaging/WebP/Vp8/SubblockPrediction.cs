namespace EmotionMLNet.Imaging.WebP.Vp8;

/// <summary>Predicts a luma subblock of 4 x 4 pixels (RFC 6386, section 12.3).</summary>
internal static class SubblockPrediction
{
    private const int Size = 4;

    /// <param name="samples">Plane with the neighbours; receives the prediction.</param>
    /// <param name="start">Index of the upper left pixel.</param>
    /// <param name="stride">Bytes from row to row.</param>
    /// <param name="mode">Any mode.</param>
    /// <param name="aboveRight">The four pixels above and to the right.</param>
    public static void Predict(Span<byte> samples, int start, int stride, IntraMode mode, ReadOnlySpan<byte> aboveRight)
    {
        ReadOnlySpan<byte> above = samples.Slice(start - stride, Size);
        switch (mode)
        {
            case IntraMode.Dc:
                PredictDc(samples, start, stride);
                return;
            case IntraMode.TrueMotion:
                TrueMotion.Predict(samples, start, stride, Size);
                return;
        }
        // The border from bottom left over the corner to above right: left 3..0, corner, above 0..7.
        Span<byte> edge =
        [
            samples[start + 3 * stride - 1], samples[start + 2 * stride - 1], samples[start + stride - 1], samples[start - 1],
            samples[start - stride - 1],
            above[0], above[1], above[2], above[3], aboveRight[0], aboveRight[1], aboveRight[2], aboveRight[3],
        ];
        Target target = new(samples, start, stride);
        switch (mode)
        {
            case IntraMode.Vertical: PredictVertical(target, edge); break;
            case IntraMode.Horizontal: PredictHorizontal(target, edge); break;
            case IntraMode.DownLeft: PredictDownLeft(target, edge); break;
            case IntraMode.DownRight: PredictDownRight(target, edge); break;
            case IntraMode.VerticalRight: PredictVerticalRight(target, edge); break;
            case IntraMode.VerticalLeft: PredictVerticalLeft(target, edge); break;
            case IntraMode.HorizontalDown: PredictHorizontalDown(target, edge); break;
            default: PredictHorizontalUp(target, edge); break;
        }
    }

    private static void PredictDc(Span<byte> samples, int start, int stride)
    {
        int sum = Size;
        for (int i = 0; i < Size; i++) sum += samples[start - stride + i] + samples[start + i * stride - 1];
        for (int y = 0; y < Size; y++) samples.Slice(start + y * stride, Size).Fill((byte)(sum >> 3));
    }

    private static void PredictVertical(Target target, ReadOnlySpan<byte> e)
    {
        for (int y = 0; y < Size; y++) target.Row(y, Mean(e, 5), Mean(e, 6), Mean(e, 7), Mean(e, 8));
    }

    private static void PredictHorizontal(Target target, ReadOnlySpan<byte> e)
    {
        for (int y = 0; y < Size - 1; y++)
        {
            byte mean = Mean(e, 3 - y);
            target.Row(y, mean, mean, mean, mean);
        }
        byte last = (byte)((e[1] + 3 * e[0] + 2) >> 2);
        target.Row(3, last, last, last, last);
    }

    private static void PredictDownLeft(Target target, ReadOnlySpan<byte> e)
    {
        (byte b, byte c, byte d, byte f, byte g) = (Mean(e, 7), Mean(e, 8), Mean(e, 9), Mean(e, 10), Mean(e, 11));
        target.Row(0, Mean(e, 6), b, c, d);
        target.Row(1, b, c, d, f);
        target.Row(2, c, d, f, g);
        target.Row(3, d, f, g, (byte)((e[11] + 3 * e[12] + 2) >> 2));
    }

    private static void PredictDownRight(Target target, ReadOnlySpan<byte> e)
    {
        (byte b, byte c, byte d, byte f, byte g) = (Mean(e, 2), Mean(e, 3), Mean(e, 4), Mean(e, 5), Mean(e, 6));
        target.Row(0, d, f, g, Mean(e, 7));
        target.Row(1, c, d, f, g);
        target.Row(2, b, c, d, f);
        target.Row(3, Mean(e, 1), b, c, d);
    }

    private static void PredictVerticalRight(Target target, ReadOnlySpan<byte> e)
    {
        (byte a, byte b, byte c) = (Half(e, 4), Half(e, 5), Half(e, 6));
        (byte d, byte f, byte g) = (Mean(e, 4), Mean(e, 5), Mean(e, 6));
        target.Row(0, a, b, c, Half(e, 7));
        target.Row(1, d, f, g, Mean(e, 7));
        target.Row(2, Mean(e, 3), a, b, c);
        target.Row(3, Mean(e, 2), d, f, g);
    }

    private static void PredictVerticalLeft(Target target, ReadOnlySpan<byte> e)
    {
        (byte a, byte b, byte c) = (Half(e, 6), Half(e, 7), Half(e, 8));
        (byte d, byte f, byte g) = (Mean(e, 7), Mean(e, 8), Mean(e, 9));
        target.Row(0, Half(e, 5), a, b, c);
        target.Row(1, Mean(e, 6), d, f, g);
        // The last column does not follow the pattern: the format was frozen with it.
        target.Row(2, a, b, c, Mean(e, 10));
        target.Row(3, d, f, g, Mean(e, 11));
    }

    private static void PredictHorizontalDown(Target target, ReadOnlySpan<byte> e)
    {
        (byte a, byte b, byte c) = (Half(e, 3), Half(e, 2), Half(e, 1));
        (byte d, byte f, byte g) = (Mean(e, 4), Mean(e, 3), Mean(e, 2));
        target.Row(0, a, d, Mean(e, 5), Mean(e, 6));
        target.Row(1, b, f, a, d);
        target.Row(2, c, g, b, f);
        target.Row(3, Half(e, 0), Mean(e, 1), c, g);
    }

    private static void PredictHorizontalUp(Target target, ReadOnlySpan<byte> e)
    {
        byte last = e[0];
        (byte a, byte b) = (Half(e, 1), Mean(e, 1));
        (byte c, byte d) = (Half(e, 0), (byte)((e[1] + 3 * e[0] + 2) >> 2));
        target.Row(0, Half(e, 2), Mean(e, 2), a, b);
        target.Row(1, a, b, c, d);
        target.Row(2, c, d, last, last);
        target.Row(3, last, last, last, last);
    }

    /// <summary>(1, 2, 1) / 4 around an edge pixel.</summary>
    private static byte Mean(ReadOnlySpan<byte> edge, int centre) =>
        (byte)((edge[centre - 1] + 2 * edge[centre] + edge[centre + 1] + 2) >> 2);

    /// <summary>Mean of an edge pixel and the next.</summary>
    private static byte Half(ReadOnlySpan<byte> edge, int first) => (byte)((edge[first] + edge[first + 1] + 1) >> 1);

    private readonly ref struct Target(Span<byte> samples, int start, int stride)
    {
        private readonly Span<byte> pixels = samples[start..];
        private readonly int stride = stride;

        public void Row(int y, byte a, byte b, byte c, byte d)
        {
            Span<byte> row = pixels.Slice(y * stride, Size);
            (row[0], row[1], row[2], row[3]) = (a, b, c, d);
        }
    }
}
