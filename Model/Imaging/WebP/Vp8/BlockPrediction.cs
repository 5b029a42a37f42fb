namespace EmotionMLNet.Imaging.WebP.Vp8;

/// <summary>Predicts whole luma or chroma blocks of a macroblock (RFC 6386, sections 12.2 and 12.3).</summary>
internal static class BlockPrediction
{
    private const byte DcWithoutNeighbours = 128;

    /// <param name="plane">Holds the neighbours and receives the prediction.</param>
    /// <param name="x">Column of the block.</param>
    /// <param name="y">Line of the block in the plane.</param>
    /// <param name="hasAbove">Whether picture lies above.</param>
    /// <param name="size">16 for luma, 8 for chroma.</param>
    /// <param name="mode">One of the first four modes.</param>
    public static void Predict(Plane plane, int x, int y, bool hasAbove, int size, IntraMode mode)
    {
        int start = plane.At(x, y);
        Span<byte> samples = plane.Samples;
        ReadOnlySpan<byte> above = samples.Slice(start - plane.Stride, size);
        switch (mode)
        {
            case IntraMode.Vertical:
                for (int row = 0; row < size; row++) above.CopyTo(samples.Slice(start + row * plane.Stride, size));
                break;
            case IntraMode.Horizontal:
                for (int row = 0; row < size; row++)
                    samples.Slice(start + row * plane.Stride, size).Fill(samples[start + row * plane.Stride - 1]);
                break;
            case IntraMode.TrueMotion:
                TrueMotion.Predict(samples, start, plane.Stride, size);
                break;
            default:
                byte dc = Dc(samples, start, plane.Stride, size, hasLeft: x > 0, hasAbove);
                for (int row = 0; row < size; row++) samples.Slice(start + row * plane.Stride, size).Fill(dc);
                break;
        }
    }

    /// <summary>The rounded mean of the neighbours that lie in the picture.</summary>
    private static byte Dc(ReadOnlySpan<byte> samples, int start, int stride, int size, bool hasLeft, bool hasAbove)
    {
        if (!hasLeft && !hasAbove) return DcWithoutNeighbours;
        int sum = 0;
        int count = 0;
        if (hasAbove)
        {
            foreach (byte sample in samples.Slice(start - stride, size)) sum += sample;
            count += size;
        }
        if (hasLeft)
        {
            for (int row = 0; row < size; row++) sum += samples[start + row * stride - 1];
            count += size;
        }
        return (byte)((sum + count / 2) / count);
    }
}
