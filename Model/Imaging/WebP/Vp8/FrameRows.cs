namespace EmotionMLNet.Imaging.WebP.Vp8;

/// <summary>Hands over the rows of a frame as they become final, in colour.</summary>
/// <param name="picture">The two rows of macroblocks worked on.</param>
/// <param name="header">The size shown.</param>
/// <param name="alpha">Gives a row of alpha for each, from the top; null without.</param>
/// <param name="add">Takes the rows.</param>
internal sealed class FrameRows(YuvPicture picture, FrameHeader header, AlphaPlane? alpha, RowReceiver add)
{
    private const int LumaSize = 16;

    // The next row of macroblocks may still filter 3 lines of luma and of chroma, and chroma is looked at a line further: half a macroblock
    // waits.
    private const int Waiting = LumaSize / 2;

    private readonly int channels = alpha is null ? 3 : 4;
    private readonly byte[] u = new byte[header.Width];
    private readonly byte[] v = new byte[header.Width];
    private readonly byte[] pixels = new byte[header.Width * (alpha is null ? 3 : 4)];
    private int next;

    /// <summary>Hands over the rows that are ready when a row of macroblocks has been filtered and is still the present one.</summary>
    public void Emit(int macroblockRow)
    {
        bool isLast = macroblockRow == header.MacroblocksDown - 1;
        int end = isLast ? header.Height : (macroblockRow + 1) * LumaSize - Waiting;
        int chromaHeight = (header.Height + 1) / 2, firstLine = (macroblockRow - 1) * LumaSize;
        for (; next < end; next++)
        {
            int near = next / 2;
            // Beyond the first and last chroma row the nearest counts as both.
            int far = Math.Clamp((next & 1) == 0 ? near - 1 : near + 1, 0, chromaHeight - 1);
            (near, far) = (near - firstLine / 2, far - firstLine / 2);
            ChromaUpsampling.Row(picture.U.Row(near), picture.U.Row(far), u);
            ChromaUpsampling.Row(picture.V.Row(near), picture.V.Row(far), v);
            YuvToRgb.Convert(picture.Y.Row(next - firstLine)[..header.Width], u, v, alpha is null ? [] : alpha.NextRow(), pixels);
            add(next, pixels, channels);
        }
    }
}
