using System.Runtime.InteropServices;

namespace EmotionMLNet.Imaging.Bmp;

/// <summary>RLE4, RLE8 and OS/2's RLE24. Pixels that a file skips stay transparent.</summary>
internal ref struct BmpRunLength
{
    private const int EndOfLine = 0, EndOfPicture = 1, Delta = 2;

    private readonly BmpHeader header;
    private readonly ReadOnlySpan<byte> palette;
    private readonly PictureBuilder picture;
    private readonly byte[] line;
    private ByteReader reader;
    private int x;
    private int y;

    /// <param name="header">Sizes; bits 4, 8 or 24.</param>
    /// <param name="palette">256 RGB triples.</param>
    /// <param name="data">The whole file.</param>
    /// <param name="picture">Receives all rows, RGBA.</param>
    public BmpRunLength(BmpHeader header, ReadOnlySpan<byte> palette, ReadOnlySpan<byte> data, PictureBuilder picture)
    {
        this.header = header;
        this.palette = palette;
        this.picture = picture;
        line = new byte[header.Width * 4];
        reader = new ByteReader(data, BmpDecoder.Format, header.PixelOffset);
    }

    /// <summary>Decodes all runs. Runs over the end of a row are cut, as everywhere else.</summary>
    public void Decode()
    {
        ReadRuns();
        GoTo(header.Height);
    }

    private void ReadRuns()
    {
        while (y < header.Height)
        {
            // Some writers leave out the end mark of a picture that is complete.
            if (y == header.Height - 1 && x >= header.Width && reader.Remaining < 2) return;
            int count = reader.ReadByte();
            if (count > 0)
            {
                Repeat(count);
                continue;
            }
            int code = reader.ReadByte();
            switch (code)
            {
                case EndOfLine:
                    x = 0;
                    GoTo(y + 1);
                    break;
                case EndOfPicture:
                    return;
                case Delta:
                    x += reader.ReadByte();
                    GoTo(y + reader.ReadByte());
                    break;
                default:
                    Literal(code);
                    break;
            }
        }
    }

    private void Repeat(int count)
    {
        if (header.BitsPerPixel == 24)
        {
            ReadOnlySpan<byte> bgr = reader.Take(3);
            for (int i = 0; i < count; i++) Put(bgr[2], bgr[1], bgr[0]);
            return;
        }
        byte value = reader.ReadByte();
        if (header.BitsPerPixel == 8)
        {
            Span<byte> colour = [palette[3 * value], palette[3 * value + 1], palette[3 * value + 2], 255];
            if (x < header.Width)
                MemoryMarshal
                    .Cast<byte, uint>(line.AsSpan())
                    .Slice(x, Math.Min(count, header.Width - x))
                    .Fill(MemoryMarshal.Read<uint>(colour));
            x += count;
            return;
        }
        for (int i = 0; i < count; i++) PutIndex(value, i);
    }

    private void Literal(int count)
    {
        int bytes = (count * header.BitsPerPixel + 7) / 8;
        ReadOnlySpan<byte> values = reader.Take(bytes);
        for (int i = 0; i < count; i++)
        {
            if (header.BitsPerPixel == 24) Put(values[3 * i + 2], values[3 * i + 1], values[3 * i]);
            else PutIndex(values[i * header.BitsPerPixel / 8], i);
        }
        // Literals are padded to 16 bits; at the very end of a file the padding may be missing.
        if (bytes % 2 == 1 && !reader.AtEnd) reader.Skip(1);
    }

    /// <summary>At 4 bits, even pixels of a run take the high half of the byte.</summary>
    private void PutIndex(byte value, int i)
    {
        int index = header.BitsPerPixel == 8 ? value : i % 2 == 0 ? value >> 4 : value & 15;
        Put(palette[3 * index], palette[3 * index + 1], palette[3 * index + 2]);
    }

    /// <summary>Rows come from one end to the other: those before the next are complete.</summary>
    private void GoTo(int row)
    {
        for (; y < Math.Min(row, header.Height); y++)
        {
            picture.Add(header.TopDown ? y : header.Height - 1 - y, line);
            line.AsSpan().Clear();
        }
        y = row;
    }

    private void Put(byte red, byte green, byte blue)
    {
        if (x < header.Width)
        {
            Span<byte> pixel = line.AsSpan(4 * x, 4);
            (pixel[0], pixel[1], pixel[2], pixel[3]) = (red, green, blue, 255);
        }
        x++;
    }
}
