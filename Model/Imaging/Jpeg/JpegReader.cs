using System.Buffers.Binary;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>Goes through the markers of a file and decodes its scans.</summary>
internal ref struct JpegReader
{
    // A progressive file needs some ten passes over its blocks. Each pass costs time even if next to no data drives it.
    private const int MostPasses = 100;
    // Tiny pictures may have hardly any data behind their header, and cost nothing.
    private const int BlocksOnTrust = 4096;

    private readonly ReadOnlySpan<byte> file;
    private readonly ImageReaderOptions options;
    private readonly ImageMemory memory;
    private readonly JpegTables tables;
    private readonly Frame frame;
    private readonly EntropyData entropy;
    private int position;
    private bool hasFrame, hasScan;
    private ColourSpace space;
    private long blocksVisited;
    private bool isJfif;
    private int adobeTransform;

    /// <param name="file">Begins with SOI.</param>
    /// <param name="options">Size wanted and limits.</param>
    /// <param name="memory">Used until the reader is disposed; afterwards it holds the picture.</param>
    public JpegReader(ReadOnlySpan<byte> file, ImageReaderOptions options, ImageMemory memory)
    {
        this.file = file;
        this.options = options;
        this.memory = memory;
        tables = memory.Jpeg.Tables;
        frame = memory.Jpeg.Frame;
        entropy = memory.Jpeg.Entropy;
        position = 2;
        adobeTransform = -1;
        tables.Begin();
    }

    /// <summary>EXIF orientation, 1 to 8; 0 if none was found.</summary>
    public int Orientation { get; private set; }

    /// <summary>The picture as stored, not yet upright.</summary>
    public Raster Read()
    {
        while (true)
        {
            byte marker = NextMarker();
            if (marker == JpegMarker.Eoi) return Finish();
            if (JpegMarker.StandsAlone(marker)) continue;
            int offset = position + 2;
            ReadOnlySpan<byte> payload = NextPayload();
            if (marker == JpegMarker.Sos)
            {
                if (ReadScan(payload, offset) is { } image) return image;
                continue;
            }
            ReadSegment(marker, payload, offset);
        }
    }

    public readonly void Dispose()
    {
        entropy.Dispose();
        foreach (Component c in frame.Components) c.Store.Release();
    }

    private void ReadSegment(byte marker, ReadOnlySpan<byte> payload, int offset)
    {
        switch (marker)
        {
            case JpegMarker.Dqt: tables.ReadQuantisation(payload, offset); break;
            case JpegMarker.Dht: tables.ReadHuffman(payload, offset); break;
            case JpegMarker.Dri: tables.ReadRestartInterval(payload, offset); break;
            case JpegMarker.Dhp: throw JpegDecoder.Error(offset, "hierarchical coding is not supported");
            case JpegMarker.App0: isJfif |= payload.Length >= 12 && payload.StartsWith("JFIF\0"u8); break;
            case JpegMarker.App1 when Orientation == 0 && payload.StartsWith("Exif\0"u8) && payload.Length > 6:
                Orientation = Exif.Orientation(payload[6..]);
                break;
            case JpegMarker.App14 when payload.Length >= 12 && payload.StartsWith("Adobe"u8): adobeTransform = payload[11]; break;
            case JpegMarker.Jpg or JpegMarker.Dac: break;
            case >= JpegMarker.Sof0 and <= JpegMarker.Sof15: ReadFrame(marker, payload, offset); break;
        }
    }

    private void ReadFrame(byte marker, ReadOnlySpan<byte> payload, int offset)
    {
        if (JpegMarker.Unsupported(marker) is { } reason) throw JpegDecoder.Error(offset, reason);
        if (hasFrame) throw JpegDecoder.Error(offset, "a second frame header");
        int lateHeight = payload.Length > 2 && payload[1] == 0 && payload[2] == 0 ? FindLateHeight() : 0;
        frame.Read(payload, offset, marker == JpegMarker.Sof2, lateHeight, options);
        hasFrame = true;
    }

    /// <summary>The height out of the DNL marker behind the first scan; 0 without.</summary>
    private readonly int FindLateHeight()
    {
        int found = file[position..].IndexOf([(byte)0xFF, JpegMarker.Dnl, (byte)0, (byte)4]);
        return found >= 0 && BinaryPrimitives.TryReadUInt16BigEndian(file[(position + found + 4)..], out ushort height) ? height : 0;
    }

    /// <returns>The picture, if this scan holds all of it.</returns>
    private unsafe Raster? ReadScan(ReadOnlySpan<byte> payload, int offset)
    {
        if (!hasFrame) throw JpegDecoder.Error(offset, "a scan comes before the frame header");
        ScanHeader scan = memory.Jpeg.Scan;
        scan.Read(payload, offset, frame, tables);
        foreach (ScanComponent part in scan.Components)
        {
            if (part.Component.IsQuantised) continue;
            part.Component.Quantise(tables.Quantisation[part.Component.QuantisationIndex]
                ?? throw JpegDecoder.Error(offset, $"quantisation table {part.Component.QuantisationIndex} is missing"));
        }
        if (!hasScan) Prepare(offset, gathers: frame.IsProgressive || scan.Components.Length < frame.Components.Length);
        blocksVisited += scan.Blocks;
        if (blocksVisited > frame.Blocks * MostPasses) throw JpegDecoder.Error(offset, $"more than {MostPasses} scans over the picture");
        if (!scan.IsWanted)
        {
            position = EntropyData.EndOf(file, position);
            RecordPrecision(scan);
            return null;
        }
        entropy.Read(file, position);
        position = entropy.EndOffset;
        fixed (byte* bytes = entropy.Bytes)
        {
            bool addsDetail = frame.IsProgressive && (scan.First > 0 || scan.IsRefinement);
            var reader = new ScanReader(file, entropy, bytes, tables.RestartInterval, addsDetail);
            if (!frame.IsProgressive && scan.Components.Length == frame.Components.Length)
            {
                var source = new SequentialSource(frame, scan, reader);
                return new PictureAssembler(frame, space).Assemble(ref source, memory);
            }
            KeepCoefficients(frame);
            CoefficientScan.Decode(frame, scan, reader, memory.Watch);
        }
        RecordPrecision(scan);
        return null;
    }

    /// <summary>Before the first scan, which is before anything of the picture's size is allocated.</summary>
    /// <param name="offset">Where the scan header begins in the file, in bytes.</param>
    /// <param name="gathers">Whether several scans make the picture, so that coefficients are kept.</param>
    private void Prepare(int offset, bool gathers)
    {
        // Every block takes at least one bit, that of its DC value.
        if (frame.Blocks - BlocksOnTrust > (file.Length - position) * 8L)
            throw JpegDecoder.Error(
                offset,
                $"{file.Length - position} bytes of coded data cannot hold {frame.Width} x {frame.Height} pixels: the file is "
                    + "truncated or made up"
            );
        (int width, int height) = options.FindWantedSize(frame.Width, frame.Height, Orientation >= 5);
        frame.ChooseScale(width, height, options.MostReduction);
        space = ColourSpaceOf(frame);
        if (options.LumaIsEnough && space == ColourSpace.YCbCr && frame.IsReduced)
        {
            // Y is the luma that RGB would be turned into, without the rounding on the way there and back, and before colours that RGB
            // does not have are cut off. At full scale the picture is small, and those few grey levels change scores.
            space = ColourSpace.Grey;
            foreach (Component c in frame.Components[1..]) c.IsWanted = false;
        }
        hasScan = true;
        memory.Reserve(JpegDecoder.Format, offset, frame.Width, frame.Height, WorkingBytes(gathers), options);
    }

    private readonly long WorkingBytes(bool gathers)
    {
        long pixels = (long)frame.DecodedWidth * frame.DecodedHeight, samples = pixels * (space == ColourSpace.Grey ? 1 : 3);
        long bytes = file.Length - position + (memory.ForImages ? 0 : samples) + (Orientation > 1 ? samples : 0);
        if (options.LumaIsEnough && space != ColourSpace.Grey) bytes += pixels;
        // A row of MCUs, with one row of samples above, and rows of upsampled ones.
        foreach (Component c in frame.Components) bytes += (long)c.PaddedBlocksWide * c.BlockSize * (c.RowsPerMcu + 1) + 4L * frame.Width;
        if (!gathers) return bytes;
        foreach (Component c in frame.Components) bytes += CoefficientStore.BytesFor(c.PaddedBlocks, c.WantsAc);
        return bytes;
    }

    private static void KeepCoefficients(Frame frame)
    {
        foreach (Component c in frame.Components)
        {
            if (c.Store.IsHeld) continue;
            if (64 * sizeof(short) * c.PaddedBlocks > int.MaxValue)
                throw JpegDecoder.Error(0, $"{frame.Width} x {frame.Height} pixels in several scans are more than fits into memory");
            c.Store.Hold((int)c.PaddedBlocks, c.WantsAc);
        }
    }

    private static void RecordPrecision(ScanHeader scan)
    {
        foreach (ScanComponent part in scan.Components) part.Component.Precision[scan.First..(scan.Last + 1)].Fill((sbyte)scan.Low);
    }

    private readonly Raster Finish()
    {
        if (!hasFrame) throw JpegDecoder.Error(position, "there is no frame header");
        if (!hasScan) throw JpegDecoder.Error(position, "there is no scan");
        // Behind an end marker, what is missing was left out by the writer. Without one it was cut off.
        foreach (Component c in frame.Components)
        {
            if (position >= file.Length && c.Precision.ContainsAnyExcept((sbyte)0))
                throw JpegDecoder.Error(file.Length, "the file is truncated: it ends before all scans are there");
        }
        KeepCoefficients(frame); // of a component that no scan has coded
        var source = new CoefficientSource(frame);
        return new PictureAssembler(frame, space).Assemble(ref source, memory);
    }

    /// <summary>Follows libjpeg: JFIF, Adobe's marker, and last the component identifiers.</summary>
    private readonly ColourSpace ColourSpaceOf(Frame frame)
    {
        ReadOnlySpan<Component> c = frame.Components;
        bool isNamedRgb = c.Length == 3 && (c[0].Id, c[1].Id, c[2].Id) == ((byte)'R', (byte)'G', (byte)'B');
        return (c.Length, isJfif, adobeTransform) switch
        {
            (1, _, _) => ColourSpace.Grey,
            (3, true, _) => ColourSpace.YCbCr,
            (3, _, 0) => ColourSpace.Rgb,
            (3, _, -1) when isNamedRgb => ColourSpace.Rgb,
            (3, _, _) => ColourSpace.YCbCr,
            (_, _, -1 or 0) => ColourSpace.Cmyk,
            _ => ColourSpace.Ycck,
        };
    }

    /// <summary>Goes to the next marker, over anything that is none; a file that just ends counts as ended properly.</summary>
    private byte NextMarker()
    {
        while (true)
        {
            int found = file[position..].IndexOf((byte)0xFF);
            position = found < 0 ? file.Length : position + found;
            while (position + 1 < file.Length && file[position + 1] == 0xFF) position++;
            if (position + 1 >= file.Length)
            {
                position = file.Length;
                return JpegMarker.Eoi;
            }
            byte code = file[position + 1];
            if (code == JpegMarker.Eoi) return code;
            position += 2;
            if (code != 0) return code;
        }
    }

    private ReadOnlySpan<byte> NextPayload()
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(file[position..], out ushort length))
            throw JpegDecoder.Error(position, "the file is truncated within a marker");
        if (length < 2) throw JpegDecoder.Error(position, $"a marker segment of {length} bytes is impossible");
        if (length > file.Length - position)
            throw JpegDecoder.Error(
                position,
                $"the file is truncated: a marker segment of {length} bytes begins here, but only {file.Length - position} bytes follow"
            );
        ReadOnlySpan<byte> payload = file.Slice(position + 2, length - 2);
        position += length;
        return payload;
    }
}
