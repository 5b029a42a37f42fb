namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>The frame header (T.81, B.2.2) and the geometry that follows from it and from the scale.</summary>
internal sealed class Frame
{
    private readonly Component[] components = [new(), new(), new(), new()];
    private int count;

    public int Width { get; private set; }

    public int Height { get; private set; }

    public bool IsProgressive { get; private set; }

    public ReadOnlySpan<Component> Components => components.AsSpan(0, count);

    /// <summary>Largest horizontal sampling factor.</summary>
    public int MaxHorizontal { get; private set; }

    /// <summary>Largest vertical sampling factor.</summary>
    public int MaxVertical { get; private set; }

    public int McusWide { get; private set; }

    public int McusHigh { get; private set; }

    /// <summary>Size that a block of a component without subsampling becomes: 8 at full scale, 1 at 1/8.</summary>
    public int BlockSize { get; private set; }

    /// <summary>Whether it is decoded at less than full scale.</summary>
    public bool IsReduced => BlockSize < 8;

    public int DecodedWidth { get; private set; }

    public int DecodedHeight { get; private set; }

    public long Blocks { get; private set; }

    /// <summary>
    /// Reads the header, over that of the picture before; the height may come as 0 and is then told by a DNL marker later.
    /// </summary>
    /// <param name="payload">Behind the segment's length.</param>
    /// <param name="offset">Where the payload begins in the file, in bytes.</param>
    /// <param name="progressive">Whether the marker says that the frame is progressive.</param>
    /// <param name="lateHeight">Height to use where the header has 0.</param>
    /// <param name="options">Hold the limit of pixels.</param>
    public void Read(ReadOnlySpan<byte> payload, int offset, bool progressive, int lateHeight, ImageReaderOptions options)
    {
        if (payload.Length < 6 || payload.Length < 6 + 3 * payload[5]) throw JpegDecoder.Error(offset, "the frame header is too short");
        if (payload[0] != 8) throw JpegDecoder.Error(offset, $"samples of {payload[0]} bits are not supported, only of 8");
        (Width, Height, IsProgressive) = ((payload[3] << 8) | payload[4], (payload[1] << 8) | payload[2], progressive);
        if (Height == 0) Height = lateHeight;
        PixelLimit.Check(JpegDecoder.Format, offset + 1, Width, Height, options);
        if (payload[5] is not (1 or 3 or 4))
            throw JpegDecoder.Error(offset + 5, $"{payload[5]} colour components: 1 (grey), 3 (colour) or 4 (CMYK) are supported");
        count = payload[5];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> c = payload.Slice(6 + 3 * i, 3);
            (int horizontal, int vertical) = (c[1] >> 4, c[1] & 15);
            if (horizontal is < 1 or > 4 || vertical is < 1 or > 4 || c[2] > 3)
                throw JpegDecoder.Error(
                    offset + 6 + 3 * i,
                    $"component {i + 1} has sampling factors {horizontal} x {vertical} and quantisation table {c[2]}: 1 to 4 and "
                        + "0 to 3 are possible"
                );
            components[i].Begin(c[0], horizontal, vertical, c[2]);
        }
        LayOut();
    }

    /// <summary>Chooses the scale 1/1, 1/2, 1/4 or 1/8: the smallest whose picture is at least as large as wanted.</summary>
    /// <param name="wantedWidth">The wanted width of the picture as the file stores it; 0 for full scale.</param>
    /// <param name="wantedHeight">The wanted height of the picture as the file stores it; 0 for full scale.</param>
    public void ChooseScale(int wantedWidth, int wantedHeight, int most = 8)
    {
        int scale = most;
        if (wantedWidth <= 0 || wantedHeight <= 0) scale = 1;
        while (scale > 1 && (DivideUp(Width, scale) < wantedWidth || DivideUp(Height, scale) < wantedHeight)) scale /= 2;
        BlockSize = 8 / scale;
        DecodedWidth = DivideUp(Width, scale);
        DecodedHeight = DivideUp(Height, scale);
        foreach (Component c in Components)
        {
            // Subsampled components are reduced less where that spares the upsampling, as in libjpeg.
            int size = BlockSize;
            while (
                size < 8
                && MaxHorizontal * BlockSize % (c.Horizontal * size * 2) == 0
                && MaxVertical * BlockSize % (c.Vertical * size * 2) == 0
            )
                size *= 2;
            c.BlockSize = size;
            c.Width = DivideUp(Width * c.Horizontal * size, MaxHorizontal * 8);
            c.Height = DivideUp(Height * c.Vertical * size, MaxVertical * 8);
            c.Upsampling = Upsampler.KindFor(c, this);
        }
    }

    private void LayOut()
    {
        (MaxHorizontal, MaxVertical, Blocks) = (1, 1, 0);
        foreach (Component c in Components)
            (MaxHorizontal, MaxVertical) = (Math.Max(MaxHorizontal, c.Horizontal), Math.Max(MaxVertical, c.Vertical));
        McusWide = DivideUp(Width, 8 * MaxHorizontal);
        McusHigh = DivideUp(Height, 8 * MaxVertical);
        foreach (Component c in Components)
        {
            c.BlocksWide = DivideUp(Width * c.Horizontal, 8 * MaxHorizontal);
            c.BlocksHigh = DivideUp(Height * c.Vertical, 8 * MaxVertical);
            c.PaddedBlocksWide = McusWide * c.Horizontal;
            c.PaddedBlocksHigh = McusHigh * c.Vertical;
            Blocks += c.PaddedBlocks;
        }
    }

    private static int DivideUp(int value, int divisor) => (value + divisor - 1) / divisor;
}
