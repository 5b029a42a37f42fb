namespace EmotionMLNet.Imaging;

/// <summary>
/// Lays the rows of a frame on their place of a larger canvas; what the frame leaves free is transparent, what lies outside is cut.
/// </summary>
internal sealed class CanvasRows
{
    private readonly PictureBuilder picture;
    private readonly int left, top, frameHeight, canvasHeight, channels;
    private readonly byte[] line;

    /// <param name="picture">Receives the rows of the canvas.</param>
    /// <param name="canvas">Its size.</param>
    /// <param name="frame">The frame's place and size.</param>
    /// <param name="channels">Channels of the canvas: 4, or 3 if the frame covers all of it.</param>
    public CanvasRows(
        PictureBuilder picture,
        (int Width, int Height) canvas,
        (int Left, int Top, int Width, int Height) frame,
        int channels
    )
    {
        this.picture = picture;
        left = frame.Left;
        top = frame.Top;
        frameHeight = frame.Height;
        canvasHeight = canvas.Height;
        this.channels = channels;
        line = new byte[canvas.Width * channels];
    }

    /// <summary>The free rows above the frame; before any row of it.</summary>
    public void Begin() => AddBlank(0, Math.Min(top, canvasHeight));

    /// <summary>A row of the frame with 3 or 4 samples a pixel; a canvas without alpha takes 4 too and drops the last.</summary>
    public void Add(int y, ReadOnlySpan<byte> row, int rowChannels)
    {
        if (top + y >= canvasHeight) return;
        if (left * channels < line.Length)
        {
            Span<byte> target = line.AsSpan(left * channels);
            if (rowChannels == channels) row[..Math.Min(row.Length, target.Length)].CopyTo(target);
            else
            {
                for (int s = 0, t = 0; s + rowChannels <= row.Length && t + channels <= target.Length; s += rowChannels, t += channels)
                {
                    (target[t], target[t + 1], target[t + 2]) = (row[s], row[s + 1], row[s + 2]);
                    if (channels == 4) target[t + 3] = 255;
                }
            }
        }
        picture.Add(top + y, line);
    }

    /// <summary>The free rows below the frame; after its last row.</summary>
    public void End() => AddBlank(top + frameHeight, canvasHeight);

    private void AddBlank(int from, int to)
    {
        if (from >= to) return;
        line.AsSpan().Clear();
        for (int y = from; y < to; y++) picture.Add(y, line);
    }
}
