namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>One colour component of a frame.</summary>
internal sealed class Component
{
    public required byte Id { get; init; }

    /// <summary>Horizontal sampling factor, 1 to 4.</summary>
    public required int H { get; init; }

    /// <summary>Vertical sampling factor, 1 to 4.</summary>
    public required int V { get; init; }

    /// <summary>Number of its quantisation table.</summary>
    public required int Table { get; init; }

    /// <summary>64 values in natural order; as the table stood when the component's first scan began.</summary>
    public ushort[]? Quantisation { get; set; }

    /// <summary>Blocks that hold picture.</summary>
    public int BlocksWide { get; set; }

    public int BlocksHigh { get; set; }

    /// <summary>Blocks with those that fill up the last MCU.</summary>
    public int Stride { get; set; }

    public int Rows { get; set; }

    /// <summary>Samples a block side after the inverse DCT: 8, 4, 2 or 1.</summary>
    public int Size { get; set; }

    /// <summary>Columns of picture after the inverse DCT.</summary>
    public int Width { get; set; }

    /// <summary>Rows of picture after the inverse DCT.</summary>
    public int Height { get; set; }

    /// <summary>[Rows · Size, Stride · Size] samples.</summary>
    public byte[] Samples { get; set; } = [];

    /// <summary>All blocks, 64 coefficients each; only in progressive files.</summary>
    public short[] Coefficients { get; set; } = [];

    public int SampleStride => Stride * Size;

    // State of a scan.
    public int Prediction { get; set; }

    public HuffmanTable? Dc { get; set; }

    public HuffmanTable? Ac { get; set; }
}

/// <summary>What a start-of-frame segment says, laid out for a scale.</summary>
internal sealed class Frame
{
    public required int Width { get; init; }

    public required int Height { get; init; }

    public required bool Progressive { get; init; }

    public required Component[] Components { get; init; }

    public int MaxH { get; private set; }

    public int MaxV { get; private set; }

    /// <summary>MCUs a row.</summary>
    public int McusWide { get; private set; }

    public int McusHigh { get; private set; }

    /// <summary>Samples a block side of the largest component: 8 / reduction.</summary>
    public int Size { get; private set; }

    /// <summary>Columns after reduction.</summary>
    public int OutWidth { get; private set; }

    /// <summary>Rows after reduction.</summary>
    public int OutHeight { get; private set; }

    /// <summary>Lays the components out.</summary>
    /// <param name="reduction">1, 2, 4 or 8.</param>
    /// <param name="dataBytes">Bytes left in the file: even an empty block takes a bit, so a tiny file cannot claim many.</param>
    /// <param name="offset">For the message.</param>
    public void LayOut(int reduction, int dataBytes, int offset)
    {
        (MaxH, MaxV, Size) = (Components.Max(c => c.H), Components.Max(c => c.V), 8 / reduction);
        (McusWide, McusHigh) = (Divide(Width, 8 * MaxH), Divide(Height, 8 * MaxV));
        (OutWidth, OutHeight) = (Divide(Width, reduction), Divide(Height, reduction));
        long blocks = Components.Sum(c => (long)Divide(Divide(Width * c.H, MaxH), 8) * Divide(Divide(Height * c.V, MaxV), 8));
        if (blocks > 8L * dataBytes) throw new ImageFormatException("JPEG", offset, $"{dataBytes} bytes cannot hold {Width} x {Height} pixels: the file is truncated");
        foreach (Component c in Components)
        {
            c.BlocksWide = Divide(Divide(Width * c.H, MaxH), 8);
            c.BlocksHigh = Divide(Divide(Height * c.V, MaxV), 8);
            c.Stride = McusWide * c.H;
            c.Rows = McusHigh * c.V;
            // A subsampled component is reduced less, as far as that spares enlarging it again.
            c.Size = Size;
            while (c.Size < 8 && MaxH * Size % (c.H * c.Size * 2) == 0 && MaxV * Size % (c.V * c.Size * 2) == 0) c.Size *= 2;
            c.Width = Divide(Width * c.H * c.Size, MaxH * 8);
            c.Height = Divide(Height * c.V * c.Size, MaxV * 8);
            c.Samples = GC.AllocateUninitializedArray<byte>(checked(c.SampleStride * c.Rows * c.Size));
            c.Samples.AsSpan().Fill(128); // what blocks without data show
            if (Progressive) c.Coefficients = new short[checked(c.Stride * c.Rows * 64)];
        }
    }

    private static int Divide(int a, int b) => (a + b - 1) / b;
}
