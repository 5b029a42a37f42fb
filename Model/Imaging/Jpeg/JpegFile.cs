using System.Buffers.Binary;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>What a start-of-scan segment asks for.</summary>
internal readonly record struct Scan(Component[] Components, int First, int Last, int High, int Low);

/// <summary>Reads the segments of a file up to the next scan and keeps what they define.</summary>
internal sealed class JpegFile(ImageReaderOptions options)
{
    private readonly ushort[]?[] quantisation = new ushort[4][];
    private readonly HuffmanTable?[] dc = [StandardTables.LuminanceDc, StandardTables.ChrominanceDc, null, null], ac = [StandardTables.LuminanceAc, StandardTables.ChrominanceAc, null, null];
    private int adobeTransform = -1;
    private bool jfif;

    public Frame? Frame { get; private set; }

    public int RestartInterval { get; private set; }

    /// <summary>EXIF orientation, 1 to 8.</summary>
    public int Orientation { get; private set; } = 1;

    /// <summary>Reads on until a scan begins or the file ends.</summary>
    /// <param name="data">The file.</param>
    /// <param name="position">A place between segments; becomes the first byte of entropy-coded data.</param>
    /// <param name="scan">The scan.</param>
    /// <returns>False at the end.</returns>
    public bool ReadSegments(ReadOnlySpan<byte> data, ref int position, out Scan scan)
    {
        scan = default;
        while (NextMarker(data, ref position) is { } marker)
        {
            if (marker == 0xD9) return false;
            if (marker is >= 0xD0 and <= 0xD8 or 0x01) continue; // without content
            if (position + 2 > data.Length) return Ended(position);
            int length = BinaryPrimitives.ReadUInt16BigEndian(data[position..]);
            if (length < 2 || position + length > data.Length) return Ended(position);
            ReadOnlySpan<byte> segment = data.Slice(position + 2, length - 2);
            int at = position + 2;
            position += length;
            switch (marker)
            {
                case 0xC0 or 0xC1 or 0xC2: ReadFrame(segment, at, marker == 0xC2, data.Length - position); break;
                case 0xC4: ReadHuffman(segment, at); break;
                case 0xDB: ReadQuantisation(segment, at); break;
                case 0xDD when segment.Length >= 2: RestartInterval = BinaryPrimitives.ReadUInt16BigEndian(segment); break;
                case 0xDA:
                    scan = ReadScan(segment, at);
                    return true;
                case 0xE0: jfif |= segment.StartsWith("JFIF"u8); break;
                case 0xE1 when segment.StartsWith("Exif\0\0"u8): Orientation = Exif.Orientation(segment[6..]); break;
                case 0xEE when segment.StartsWith("Adobe"u8) && segment.Length >= 12: adobeTransform = segment[11]; break;
                case 0xC3 or 0xC7 or 0xCB or 0xCF: throw Unsupported(at, "lossless JPEG");
                case 0xC5 or 0xC6 or 0xCD or 0xCE or 0xDE: throw Unsupported(at, "hierarchical JPEG");
                case 0xC9 or 0xCA or 0xCC: throw Unsupported(at, "arithmetic-coded JPEG");
            }
        }
        return Ended(position);
    }

    /// <summary>What the components mean, as the common decoders guess it.</summary>
    public ColourModel Colours()
    {
        Component[] c = Frame!.Components;
        if (c.Length == 1) return ColourModel.Grey;
        if (c.Length == 4) return adobeTransform == 2 ? ColourModel.Ycck : ColourModel.Cmyk;
        if (jfif) return ColourModel.YCbCr;
        if (adobeTransform >= 0) return adobeTransform == 0 ? ColourModel.Rgb : ColourModel.YCbCr;
        return (c[0].Id, c[1].Id, c[2].Id) == ('R', 'G', 'B') ? ColourModel.Rgb : ColourModel.YCbCr;
    }

    private static byte? NextMarker(ReadOnlySpan<byte> data, ref int position)
    {
        // Junk before a marker is skipped, as are fill bytes.
        while (position + 1 < data.Length)
        {
            if (data[position] == 0xFF && data[position + 1] is not (0 or 0xFF))
            {
                position += 2;
                return data[position - 1];
            }
            position++;
        }
        return null;
    }

    // Without the end marker a picture is as good, if all of its scans were there.
    private bool Ended(int position)
        => Frame is { } frame && frame.Components.All(c => c.Quantisation is not null) ? false
            : throw new ImageFormatException("JPEG", position, "the file ends before the picture: it is truncated");

    private void ReadFrame(ReadOnlySpan<byte> segment, int at, bool progressive, int dataBytes)
    {
        if (Frame is not null) throw new ImageFormatException("JPEG", at, "a second frame");
        if (segment.Length < 6 || segment.Length < 6 + 3 * segment[5]) throw new ImageFormatException("JPEG", at, "a frame header that is too short");
        if (segment[0] != 8) throw Unsupported(at, $"JPEG of {segment[0]} bits a sample");
        int height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]), width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]), count = segment[5];
        if (height == 0) throw Unsupported(at, "JPEG whose height stands behind the picture");
        PixelLimit.Check("JPEG", at, width, height, options);
        if (count is not (1 or 3 or 4)) throw Unsupported(at, $"JPEG of {count} components");
        var components = new Component[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> c = segment.Slice(6 + 3 * i, 3);
            (int h, int v) = (c[1] >> 4, c[1] & 15);
            if (h is < 1 or > 4 || v is < 1 or > 4 || c[2] > 3) throw new ImageFormatException("JPEG", at, $"component {c[0]} with sampling {h} x {v} and table {c[2]}");
            // A lone component is never subsampled, whatever its factors say.
            components[i] = new Component { Id = c[0], H = count == 1 ? 1 : h, V = count == 1 ? 1 : v, Table = c[2] };
        }
        Frame = new Frame { Width = width, Height = height, Progressive = progressive, Components = components };
        Frame.LayOut(Reduction(width, height), dataBytes, at);
    }

    // The largest reduction that leaves the wanted size, given upright.
    private int Reduction(int width, int height)
    {
        (int wantedWidth, int wantedHeight) = Orientation >= 5 ? (options.WantedSize.Height, options.WantedSize.Width) : options.WantedSize;
        if (wantedWidth <= 0 && wantedHeight <= 0) return 1;
        int reduction = 8;
        while (reduction > 1 && ((width + reduction - 1) / reduction < wantedWidth || (height + reduction - 1) / reduction < wantedHeight)) reduction /= 2;
        return reduction;
    }

    private void ReadHuffman(ReadOnlySpan<byte> segment, int at)
    {
        while (segment.Length >= 17)
        {
            int kind = segment[0] >> 4, number = segment[0] & 15, count = 0;
            foreach (byte c in segment.Slice(1, 16)) count += c;
            if (kind > 1 || number > 3 || count > 256 || segment.Length < 17 + count) throw new ImageFormatException("JPEG", at, "a broken Huffman table");
            try
            {
                (kind == 0 ? dc : ac)[number] = new HuffmanTable(segment.Slice(1, 16), segment.Slice(17, count));
            }
            catch (ArgumentException e)
            {
                throw new ImageFormatException("JPEG", at, e.Message, e);
            }
            segment = segment[(17 + count)..];
        }
    }

    private void ReadQuantisation(ReadOnlySpan<byte> segment, int at)
    {
        while (!segment.IsEmpty)
        {
            int bytes = (segment[0] >> 4) + 1, number = segment[0] & 15;
            if (bytes > 2 || number > 3 || segment.Length < 1 + 64 * bytes) throw new ImageFormatException("JPEG", at, "a broken quantisation table");
            var table = new ushort[64];
            for (int i = 0; i < 64; i++)
                table[ScanDecoder.NaturalOrder(i)] = bytes == 1 ? segment[1 + i] : BinaryPrimitives.ReadUInt16BigEndian(segment[(1 + 2 * i)..]);
            quantisation[number] = table;
            segment = segment[(1 + 64 * bytes)..];
        }
    }

    private Scan ReadScan(ReadOnlySpan<byte> segment, int at)
    {
        Frame frame = Frame ?? throw new ImageFormatException("JPEG", at, "a scan before any frame");
        int count = segment.IsEmpty ? 0 : segment[0];
        if (count is < 1 or > 4 || segment.Length < 4 + 2 * count) throw new ImageFormatException("JPEG", at, "a broken scan header");
        int first = segment[1 + 2 * count], last = segment[2 + 2 * count], high = segment[3 + 2 * count] >> 4, low = segment[3 + 2 * count] & 15;
        if (!frame.Progressive) (first, last, high, low) = (0, 63, 0, 0);
        if (first > last || last > 63 || low > 13 || (high != 0 && high != low + 1) || (frame.Progressive && (first == 0 ? last != 0 : count != 1)))
            throw new ImageFormatException("JPEG", at, $"a scan of coefficients {first} to {last}, bits {high} to {low}");
        var components = new Component[count];
        for (int i = 0; i < count; i++)
        {
            byte id = segment[1 + 2 * i], tables = segment[2 + 2 * i];
            Component c = Array.Find(frame.Components, c => c.Id == id) ?? throw new ImageFormatException("JPEG", at, $"a scan of component {id}, which is in no frame");
            if (components.Contains(c)) throw new ImageFormatException("JPEG", at, $"a scan with component {id} twice");
            if ((tables >> 4) > 3 || (tables & 15) > 3) throw new ImageFormatException("JPEG", at, "a scan with a Huffman table beyond the fourth");
            c.Quantisation ??= quantisation[c.Table] ?? throw new ImageFormatException("JPEG", at, $"quantisation table {c.Table} is missing");
            (c.Dc, c.Ac) = (dc[tables >> 4], ac[tables & 15]);
            if ((c.Dc is null && first == 0 && high == 0) || (c.Ac is null && last > 0)) throw new ImageFormatException("JPEG", at, "a Huffman table is missing");
            components[i] = c;
        }
        return new Scan(components, first, last, high, low);
    }

    private static ImageFormatException Unsupported(int at, string what) => new("JPEG", at, $"{what} is not supported: convert it to baseline JPEG or PNG");
}
