using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Tests.Imaging.WebP;

namespace EmotionMLNet.Tests.Imaging;

/// <summary>
/// Valid files, each under 4 MB, that ask as much of a decoder as the limits allow: near a hundred megapixels, or needles, or tables
/// without end.
/// </summary>
public static class WorstPictures
{
    public const int Side = 9999;

    /// <summary>Those that hold most memory at once.</summary>
    public static IReadOnlyCollection<string> Largest { get; } = ["jpeg-progressive-mid.jpg", "png-thin.png", "vp8l-tables.webp"];

    /// <summary>Makes them by name.</summary>
    public static IEnumerable<(string Name, Func<byte[]> Make)> All =>
    [
        ("png-rgba8.png", () => Png(Side, Side, 8, 6, interlaced: false)),
        ("png-rgba8-interlaced.png", () => Png(Side, Side, 8, 6, interlaced: true)),
        ("png-rgba16.png", () => Png(7600, 7600, 16, 6, interlaced: false)),
        ("png-rgba16-interlaced.png", () => Png(7600, 7600, 16, 6, interlaced: true)),
        ("png-rgba16-too-much.png", () => Png(Side, Side, 16, 6, interlaced: false)),
        ("png-needle.png", () => Png(1 << 18, 381, 8, 6, interlaced: false)),
        ("png-needle-interlaced.png", () => Png(381, 1 << 18, 8, 6, interlaced: true)),
        ("png-thin.png", () => Png(190, 1 << 18, 8, 6, interlaced: false)),
        ("vp8l-too-much.webp", () => Lossless(Side, Side, LosslessKind.Plain)),
        ("vp8l-plain.webp", () => Lossless(8190, 8190, LosslessKind.Plain)),
        ("vp8l-predicted.webp", () => Lossless(8190, 8190, LosslessKind.Predicted)),
        ("vp8l-packed.webp", () => Lossless(8190, 8190, LosslessKind.Packed)),
        ("vp8l-copies.webp", () => Lossless(8190, 8190, LosslessKind.Copies)),
        ("vp8l-tables.webp", () => Lossless(1100, 1000, LosslessKind.Tables)),
        ("vp8-filtered.webp", () => Lossy(Side, Side, withAlpha: false)),
        ("vp8-alpha.webp", () => Lossy(5790, 5790, withAlpha: true)),
        ("vp8-alpha-too-much.webp", () => Lossy(Side, Side, withAlpha: true)),
        ("gif.gif", () => Gif(10_000, 10_000, interlaced: false)),
        ("gif-interlaced.gif", () => Gif(10_000, 10_000, interlaced: true)),
        ("gif-clears.gif", GifOfClears),
        ("bmp32.bmp", () => Bmp32(1000, 999)),
        ("bmp1.bmp", () => Bmp1(5600, 5600)),
        ("bmp-rle.bmp", () => BmpRuns(Side, Side)),
        ("pbm.pbm", () => [.. "P4 5600 5600\n"u8, .. new byte[700 * 5600]]),
        ("pgm.pgm", () => [.. "P5 1990 1990 255\n"u8, .. new byte[1990 * 1990]]),
        ("jpeg-cmyk.jpg", () => Jpeg(Side, Side, components: 4, JpegKind.Baseline)),
        ("jpeg-needle.jpg", () => Jpeg(65_500, 890, components: 3, JpegKind.Baseline)),
        ("jpeg-progressive.jpg", () => Jpeg(Side, Side, components: 3, JpegKind.Progressive)),
        ("jpeg-progressive-mid.jpg", () => Jpeg(65_500, 750, components: 3, JpegKind.ManyScans)),
        ("jpeg-progressive-12mp.jpg", () => Jpeg(4000, 3000, components: 3, JpegKind.ManyScans)),
        ("jpeg-scans.jpg", () => Jpeg(Side, Side, components: 1, JpegKind.ManyScans)),
        ("jpeg-tables.jpg", JpegOfTables),
    ];

    /// <summary>All bytes zero before compression: transparent black.</summary>
    public static byte[] Png(int width, int height, int depth, int colour, bool interlaced)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = ((byte)depth, (byte)colour, interlaced ? (byte)1 : (byte)0);
        Chunk(file, "IHDR", header);
        int samples = colour switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        long row(int w) => 1 + ((long)w * samples * depth + 7) / 8;
        long total = row(width) * height;
        if (interlaced)
        {
            total = 0;
            foreach (
                (int x, int y, int stepX, int stepY) in ((int, int, int, int)[])
                    [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
            )
                if ((width - x + stepX - 1) / stepX is > 0 and int w)
                    total += row(w) * ((height - y + stepY - 1) / stepY);
        }
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            byte[] zeros = new byte[1 << 20];
            for (long left = total; left > 0; left -= zeros.Length) zlib.Write(zeros.AsSpan(0, (int)Math.Min(left, zeros.Length)));
        }
        Chunk(file, "IDAT", compressed.ToArray());
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    public enum LosslessKind
    {
        Plain,
        Predicted,
        Packed,
        Copies,
        Tables,
    }

    public static byte[] Lossless(int width, int height, LosslessKind kind)
    {
        var bits = new BitWriter();
        bits.Write(0x2F, 8);
        bits.Write((uint)(width - 1), 14);
        bits.Write((uint)(height - 1), 14);
        bits.Write(1, 1); // alpha
        bits.Write(0, 3);
        LosslessPixels(bits, kind, (long)width * height);
        return WebPBuilder.Riff(WebPBuilder.Chunk("VP8L", bits.ToArray()));
    }

    private static void LosslessPixels(BitWriter bits, LosslessKind kind, long area)
    {
        if (kind == LosslessKind.Predicted)
        {
            bits.Write(0b00_1, 3); // predictor, tiles of 4
            bits.Write(0, 3);
            Constant(bits, green: 13);
            bits.Write(0b01_1, 3); // cross colour, tiles of 4
            bits.Write(0, 3);
            Constant(bits, green: 40);
            bits.Write(0b10_1, 3); // subtract green
        }
        if (kind == LosslessKind.Packed)
        {
            bits.Write(0b11_1, 3); // two colours, eight indices a pixel
            bits.Write(1, 8);
            Constant(bits, green: 7);
            bits.Write(0b00_1, 3);
            bits.Write(0, 3);
            Constant(bits, green: 11);
        }
        bits.Write(0, 1); // no further transform
        switch (kind)
        {
            case LosslessKind.Copies:
                bits.Write(1, 1); // a colour cache of 11 bits
                bits.Write(11, 4);
                bits.Write(0, 1);
                // Green: a literal 0 and the longest copy, symbol 279, a bit each, in a code of all lengths.
                CopyCode(bits, 280 + 2048);
                for (int i = 0; i < 3; i++) Single(bits, 0);
                Single(bits, 1); // the pixel above
                bits.Write(0, 1);
                for (long i = 0; i < (area - 1) / 4096; i++) bits.Write(0b1_1111111111, 11);
                for (long i = 0; i < (area - 1) % 4096; i++) bits.Write(0, 1);
                break;
            case LosslessKind.Tables:
                bits.Write(0, 1);
                Tables(bits);
                break;
            default:
                Constant(bits, green: 200, isMain: true);
                break;
        }
    }

    /// <summary>A picture of one colour that takes no bit a pixel.</summary>
    private static void Constant(BitWriter bits, int green, bool isMain = false)
    {
        bits.Write(0, 1); // no cache
        if (isMain) bits.Write(0, 1); // the same codes everywhere
        Single(bits, green);
        for (int i = 0; i < 4; i++) Single(bits, i == 2 ? 255 : 0);
    }

    private static void Single(BitWriter bits, int symbol)
    {
        bits.Write(0b001, 3 - 1); // short, one symbol
        bits.Write(1, 1); // of 8 bits
        bits.Write((uint)symbol, 8);
    }

    /// <summary>Two words of a bit: 0 and 279.</summary>
    private static void CopyCode(BitWriter bits, int symbols)
    {
        bits.Write(0, 1);
        // Word lengths 18 (a run of zeros) and 1, a bit each: order 17, 18, 0, 1.
        bits.Write(0, 4);
        bits.Write(0, 3);
        bits.Write(1, 3);
        bits.Write(0, 3);
        bits.Write(1, 3);
        bits.Write(0, 1); // all symbols follow
        // Canonical: the word 0 is symbol 1, the word 1 is symbol 18.
        bits.Write(0, 1);
        void zeros(int count)
        {
            bits.Write(1, 1);
            bits.Write((uint)(count - 11), 7);
        }
        foreach (int run in (int[])[138, 129, 11]) zeros(run);
        bits.Write(0, 1); // symbol 279
        for (int left = symbols - 280; left > 0; left -= Math.Min(left, 138)) zeros(Math.Min(left, 138));
    }

    /// <summary>As many prefix codes as fit, each of 256 words of 8 bits that take no bit to tell.</summary>
    private static void Tables(BitWriter bits)
    {
        const int groups = 40_000;
        bits.Write(1, 1); // codes by place
        bits.Write(0, 3); // tiles of 4
        // The numbers of the groups: green the low byte, red the high one, 8 bits each.
        bits.Write(0, 1);
        Flat(bits, 280, 256);
        Flat(bits, 256, 256);
        for (int i = 0; i < 3; i++) Single(bits, 0);
        for (int i = 0; i < 275 * 250; i++)
        {
            int group = Math.Min(i, groups - 1);
            bits.Write(Reverse((byte)group), 8);
            bits.Write(Reverse((byte)(group >> 8)), 8);
        }
        for (int i = 0; i < groups; i++)
        {
            Single(bits, i & 255);
            for (int c = 0; c < 3; c++) Flat(bits, 256, 256);
            Single(bits, 0);
        }
        bits.Write(0, 32);
    }

    private static uint Reverse(byte value)
    {
        uint result = 0;
        for (int i = 0; i < 8; i++) result |= ((uint)value >> i & 1) << (7 - i);
        return result;
    }

    /// <summary>The first 256 symbols have 8 bits each; of those behind, none is used.</summary>
    private static void Flat(BitWriter bits, int symbols, int used)
    {
        bits.Write(0, 1);
        bits.Write(8, 4); // 12 lengths: up to that of word length 8
        for (int i = 0; i < 12; i++) bits.Write(i == 11 ? 1u : 0, 3);
        bits.Write(symbols == used ? 0u : 1, 1);
        if (symbols == used) return;
        bits.Write(3, 3); // a count of 8 bits, less 2
        bits.Write((uint)(used - 2), 8);
    }

    /// <summary>Macroblocks predicted by subblocks, without coefficients, all edges filtered.</summary>
    public static byte[] Lossy(int width, int height, bool withAlpha)
    {
        var first = new BoolWriter();
        first.Number(0, 2);
        first.Write(false, 128); // no segments
        first.Write(false, 128); // the strong filter
        first.Number(63, 6);
        first.Number(0, 3);
        first.Write(false, 128);
        first.Number(0, 2); // one partition
        first.Number(20, 7);
        for (int i = 0; i < 5; i++) first.Write(false, 128);
        first.Write(false, 128);
        foreach (byte probability in EmotionMLNet.Imaging.WebP.Vp8.CoefficientProbabilities.UpdateProbabilities)
            first.Write(false, probability);
        first.Write(true, 128);
        first.Number(1, 8); // skipped: next to no bits
        int macroblocks = (width + 15) / 16 * ((height + 15) / 16);
        for (int i = 0; i < macroblocks; i++)
        {
            first.Write(true, 1);
            first.Write(false, 145);
            for (int b = 0; b < 16; b++)
                first.Write(false, EmotionMLNet.Imaging.WebP.Vp8.SubblockModeProbabilities.GetProbabilities(default, default)[0]);
            first.Write(false, 142);
        }
        byte[] modes = first.ToArray();
        int tag = 0x10 | modes.Length << 5;
        byte[] frame =
        [
            (byte)tag,
            (byte)(tag >> 8),
            (byte)(tag >> 16),
            0x9D,
            0x01,
            0x2A,
            (byte)width,
            (byte)(width >> 8),
            (byte)height,
            (byte)(height >> 8),
            .. modes,
            .. new byte[64],
        ];
        if (!withAlpha) return WebPBuilder.Riff(WebPBuilder.Chunk("VP8 ", frame));
        var alpha = new BitWriter();
        alpha.Write(1 | 3 << 2, 8); // compressed, gradient
        LosslessPixels(alpha, LosslessKind.Predicted, (long)width * height);
        return WebPBuilder.Riff(
            WebPBuilder.Extended(width, height, flags: 0x10),
            WebPBuilder.Chunk("ALPH", alpha.ToArray()),
            WebPBuilder.Chunk("VP8 ", frame)
        );
    }

    /// <summary>One colour, in strings that grow up to 4096 codes and begin anew.</summary>
    public static byte[] Gif(int width, int height, bool interlaced)
    {
        var bits = new BitWriter();
        long area = (long)width * height;
        int size = 3;
        for (long made = 0; made < area;)
        {
            bits.Write(4, size);
            int next = 6;
            size = 3;
            bits.Write(0, 3);
            made++;
            for (int length = 2; made < area && next < 4096; length++, made += length - 1)
            {
                bits.Write((uint)next, size);
                next++;
                if (next == 1 << size && size < 12) size++;
            }
        }
        bits.Write(5, 12);
        return GifFile(width, height, interlaced, bits.ToArray());
    }

    private static byte[] GifOfClears()
    {
        byte[] clears = new byte[3_900_000];
        // 100 again and again, lowest bits first.
        for (int i = 0; i < clears.Length; i++) clears[i] = (i % 3) switch { 0 => 0b00_100_100, 1 => 0b0_100_100_1, _ => 0b100_100_10 };
        return GifFile(10_000, 10_000, false, clears);
    }

    private static byte[] GifFile(int width, int height, bool interlaced, byte[] data)
    {
        using var file = new MemoryStream();
        byte[] size = [(byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8)];
        file.Write([.. "GIF89a"u8, .. size, 0x81, 0, 0, 255, 255, 255, 0, 0, 0, 9, 9, 9, 1, 1, 1]);
        file.Write([0x21, 0xF9, 4, 1, 0, 0, 1, 0, 0x2C, 0, 0, 0, 0, .. size, interlaced ? (byte)0x40 : (byte)0, 2]);
        for (int at = 0; at < data.Length; at += 255)
        {
            int count = Math.Min(255, data.Length - at);
            file.WriteByte((byte)count);
            file.Write(data, at, count);
        }
        file.Write([0, 0x3B]);
        return file.ToArray();
    }

    private static byte[] BmpHeader(int width, int height, int bits, int compression, int colours)
    {
        byte[] header = new byte[54 + 4 * colours];
        "BM"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(10), header.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(22), height);
        (header[26], header[28], header[30]) = (1, (byte)bits, (byte)compression);
        return header;
    }

    private static byte[] Bmp32(int width, int height) => [.. BmpHeader(width, height, 32, 0, 0), .. new byte[4 * width * height]];

    private static byte[] Bmp1(int width, int height) =>
        [.. BmpHeader(width, height, 1, 0, 2), .. new byte[(width + 31) / 32 * 4 * height]];

    public static byte[] BmpRuns(int width, int height)
    {
        using var file = new MemoryStream();
        file.Write(BmpHeader(width, height, 8, 1, 256));
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x += 255) file.Write([(byte)Math.Min(255, width - x), 3]);
            file.Write([0, 0]);
        }
        file.Write([0, 1]);
        return file.ToArray();
    }

    public enum JpegKind
    {
        Baseline,
        Progressive,
        ManyScans,
    }

    /// <summary>Grey 128 in codes of a bit.</summary>
    public static byte[] Jpeg(int width, int height, int components, JpegKind kind)
    {
        using var file = new MemoryStream();
        void segment(byte marker, params ReadOnlySpan<byte> payload)
        {
            file.Write([0xFF, marker, (byte)((payload.Length + 2) >> 8), (byte)(payload.Length + 2)]);
            file.Write(payload);
        }
        file.Write([0xFF, 0xD8]);
        segment(0xDB, [0, .. Enumerable.Repeat((byte)1, 64)]);
        List<byte> frame = [8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, (byte)components];
        for (int i = 0; i < components; i++) frame.AddRange([(byte)(i + 1), 0x11, 0]);
        segment(kind == JpegKind.Baseline ? (byte)0xC0 : (byte)0xC2, [.. frame]);
        // Codes 0 and 10: DC differences of 0 and 1 bits; AC end of block, and of 2^14 blocks.
        segment(0xC4, [0x00, 1, 1, .. new byte[14], 0, 1]);
        segment(0xC4, [0x10, 1, 1, .. new byte[14], 0x00, 0xE0]);
        long blocks = (long)((width + 7) / 8) * ((height + 7) / 8);
        byte[] selectors = [(byte)components, .. Enumerable.Range(1, components).SelectMany(i => new byte[] { (byte)i, 0 })];
        if (kind == JpegKind.Baseline)
        {
            segment(0xDA, [.. selectors, 0, 63, 0]);
            file.Write(new byte[(2 * blocks * components + 7) / 8]);
            file.Write([0xFF, 0xD9]);
            return file.ToArray();
        }
        segment(0xDA, [.. selectors, 0, 0, 0]);
        file.Write(new byte[(blocks * components + 7) / 8]);
        // Scans of AC that end at once, for 2^14 blocks and more with each code: 10 and 14 bits.
        var bits = new BitWriter(highestFirst: true);
        for (long left = blocks; left > 0; left -= (1 << 15) - 1) bits.Write(0b10_11111111111111, 16);
        byte[] runs = bits.ToArray(), stuffed = [.. runs.SelectMany(b => b == 0xFF ? new byte[] { 0xFF, 0 } : [b])];
        for (int scan = 0; scan < (kind == JpegKind.Progressive ? 1 : 90); scan++)
        {
            for (int c = 1; c <= components; c++)
            {
                segment(0xDA, [1, (byte)c, 0, 1, 63, scan == 0 ? (byte)1 : (byte)0x10]);
                file.Write(stuffed);
            }
        }
        file.Write([0xFF, 0xD9]);
        return file.ToArray();
    }

    /// <summary>A hundred thousand Huffman tables before one block.</summary>
    private static byte[] JpegOfTables()
    {
        byte[] file = Jpeg(8, 8, 1, JpegKind.Baseline);
        int at = file.AsSpan().IndexOf([(byte)0xFF, (byte)0xC4]);
        byte[] other = [0xFF, 0xC4, 0, 21, 0x10, 1, 1, .. new byte[14], 0x11, 0xE0],
            own = [0xFF, 0xC4, 0, 21, 0x10, 1, 1, .. new byte[14], 0x00, 0xE0];
        return [.. file[..at], .. Enumerable.Repeat(other.Concat(own), 80_000).SelectMany(b => b), .. file[at..]];
    }

    internal static void Chunk(MemoryStream file, string name, byte[] data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(name), .. data], number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Compute(body));
        file.Write(number);
    }

    /// <summary>Bits, lowest first as VP8L and GIF have them, or highest first as JPEG.</summary>
    private sealed class BitWriter(bool highestFirst = false)
    {
        private readonly List<byte> bytes = [];
        private ulong held;
        private int count;

        public void Write(uint value, int bits)
        {
            if (highestFirst)
            {
                held = held << bits | value;
                count += bits;
                for (; count >= 8; count -= 8) bytes.Add((byte)(held >> (count - 8)));
                return;
            }
            held |= (ulong)value << count;
            count += bits;
            for (; count >= 8; count -= 8, held >>= 8) bytes.Add((byte)held);
        }

        public byte[] ToArray()
        {
            if (count > 0) Write(0, 8 - count);
            return [.. bytes];
        }
    }

    /// <summary>The arithmetic coder of VP8 (RFC 6386, section 7.3).</summary>
    private sealed class BoolWriter
    {
        private readonly List<byte> bytes = [];
        private uint range = 255, bottom;
        private int left = 24;

        public void Write(bool bit, int probability)
        {
            uint split = 1 + (((range - 1) * (uint)probability) >> 8);
            if (bit) (bottom, range) = (bottom + split, range - split);
            else range = split;
            for (; range < 128; range <<= 1)
            {
                if ((bottom & 0x80000000) != 0) Carry();
                bottom <<= 1;
                if (--left > 0) continue;
                bytes.Add((byte)(bottom >> 24));
                bottom &= 0xFFFFFF;
                left = 8;
            }
        }

        public void Number(int value, int bits)
        {
            for (int i = bits - 1; i >= 0; i--) Write((value >> i & 1) != 0, 128);
        }

        public byte[] ToArray()
        {
            for (int i = 0; i < 40; i++) Write(false, 128);
            return [.. bytes];
        }

        private void Carry()
        {
            int i = bytes.Count - 1;
            while (i >= 0 && bytes[i] == 255) bytes[i--] = 0;
            if (i >= 0) bytes[i]++;
        }
    }
}
