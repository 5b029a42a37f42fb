using System.Text;

namespace EmotionMLNet.Imaging.Png;

/// <summary>The chunks of a PNG file: order and checksums are verified here, pixels are not touched.</summary>
/// <remarks>
/// Errors in critical chunks are refused; an ancillary chunk with a wrong checksum is passed over. APNG frames are ancillary,
/// so an animation yields its default image. What follows the pixels may be cut off.
/// </remarks>
internal ref struct PngFile
{
    private PngFile(PngHeader header) => Header = header;

    public PngHeader Header { get; }

    /// <summary>RGB triples of PLTE, or empty.</summary>
    public ReadOnlySpan<byte> Palette { get; private set; }

    /// <summary>Data of tRNS, or empty.</summary>
    public ReadOnlySpan<byte> Transparency { get; private set; }

    /// <summary>Data of eXIf (a TIFF structure), or empty.</summary>
    public ReadOnlySpan<byte> Exif { get; private set; }

    /// <summary>Where the data of the IDAT chunks lie in the file.</summary>
    public List<(int Offset, int Length)> ImageData { get; } = [];

    /// <summary>Sum of the lengths of <see cref="ImageData"/>.</summary>
    public int CompressedLength { get; private set; }

    /// <summary>Reads the chunks that follow the signature.</summary>
    public static PngFile Read(ReadOnlySpan<byte> data, int signatureLength, ImageReaderOptions options)
    {
        var reader = new ByteReader(data, PngDecoder.Format, signatureLength);
        Chunk first = Chunk.Read(ref reader);
        first.Verify();
        if (first.Name != "IHDR")
            throw new ImageFormatException(PngDecoder.Format, first.Offset, $"the first chunk is {first.Name} instead of IHDR");
        var file = new PngFile(PngHeader.Read(first.Data, first.DataOffset, options));
        bool ended = false, otherChunkAfterPixels = false;
        while (!ended)
        {
            bool pixelsSeen = file.ImageData.Count > 0;
            if (pixelsSeen && !Chunk.IsWhole(reader)) break; // only trailing chunks are lost
            Chunk chunk = Chunk.Read(ref reader);
            ended = file.Accept(chunk, otherChunkAfterPixels);
            otherChunkAfterPixels |= pixelsSeen && chunk.Name != "IDAT";
        }
        if (file.ImageData.Count == 0) throw reader.Error("there is no IDAT chunk, hence no picture");
        if (file.Header.Colour == PngColour.Palette && file.Palette.IsEmpty) throw reader.Error("a palette picture without a PLTE chunk");
        return file;
    }

    /// <returns>True when the chunk is IEND.</returns>
    private bool Accept(Chunk chunk, bool otherChunkAfterPixels)
    {
        if (chunk.IsCritical) chunk.Verify();
        switch (chunk.Name)
        {
            case "IDAT":
                if (otherChunkAfterPixels) throw chunk.Error("IDAT chunks do not follow one another");
                ImageData.Add((chunk.DataOffset, chunk.Data.Length));
                CompressedLength += chunk.Data.Length;
                return false;
            case "PLTE":
                if (ImageData.Count > 0) throw chunk.Error("PLTE after IDAT");
                if (!Palette.IsEmpty) throw chunk.Error("a second PLTE chunk");
                if (chunk.Data.Length % 3 != 0 || chunk.Data.Length is 0 or > 768) throw chunk.Error($"PLTE has {chunk.Data.Length} bytes");
                Palette = chunk.Data;
                return false;
            case "tRNS":
                if (ImageData.Count == 0 && chunk.IsIntact) Transparency = CheckedTransparency(chunk);
                return false;
            case "eXIf":
                if (chunk.IsIntact) Exif = chunk.Data;
                return false;
            case "IEND":
                return true;
            default:
                if (chunk.IsCritical) throw chunk.Error($"unknown critical chunk {chunk.Name}");
                return false;
        }
    }

    private readonly ReadOnlySpan<byte> CheckedTransparency(Chunk chunk)
    {
        int wanted = Header.Colour switch { PngColour.Grey => 2, PngColour.Rgb => 6, _ => 0 };
        if (wanted > 0 && chunk.Data.Length != wanted) throw chunk.Error($"tRNS has {chunk.Data.Length} bytes instead of {wanted}");
        return Header.Colour is PngColour.Grey or PngColour.Rgb or PngColour.Palette ? chunk.Data : default;
    }

    private readonly ref struct Chunk
    {
        private readonly uint checksum;
        private readonly ReadOnlySpan<byte> nameAndData;

        private Chunk(int offset, ReadOnlySpan<byte> nameAndData, uint checksum)
        {
            Offset = offset;
            this.nameAndData = nameAndData;
            this.checksum = checksum;
            Name = Encoding.Latin1.GetString(nameAndData[..4]);
        }

        public int Offset { get; }

        public int DataOffset => Offset + 8;

        public string Name { get; }

        public ReadOnlySpan<byte> Data => nameAndData[4..];

        public bool IsCritical => (nameAndData[0] & 0x20) == 0;

        public bool IsIntact => Crc32.Compute(nameAndData) == checksum;

        public static bool IsWhole(ByteReader reader) =>
            reader.Remaining >= 12 && reader.ReadUInt32BigEndian() <= (uint)(reader.Remaining - 8);

        public static Chunk Read(scoped ref ByteReader reader)
        {
            int offset = reader.Position;
            uint length = reader.ReadUInt32BigEndian();
            if (length > int.MaxValue - 4) throw new ImageFormatException(PngDecoder.Format, offset, $"a chunk of {length} bytes");
            ReadOnlySpan<byte> nameAndData = reader.Take((int)length + 4);
            foreach (byte letter in nameAndData[..4])
            {
                if (!char.IsAsciiLetter((char)letter))
                    throw new ImageFormatException(PngDecoder.Format, offset + 4, "a chunk name that is not four letters");
            }
            return new Chunk(offset, nameAndData, reader.ReadUInt32BigEndian());
        }

        public void Verify()
        {
            if (!IsIntact) throw Error($"the checksum of {Name} is wrong: the file is damaged");
        }

        public ImageFormatException Error(string reason) => new(PngDecoder.Format, Offset, reason);
    }
}
