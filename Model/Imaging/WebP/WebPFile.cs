using System.Buffers.Binary;

namespace EmotionMLNet.Imaging.WebP;

/// <summary>A part of the file.</summary>
internal readonly record struct FileRange(int Offset, int Length)
{
    public ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> file) => file.Slice(Offset, Length);
}

/// <summary>Where a frame lies in the file and on the canvas.</summary>
/// <param name="Left">Column on the canvas.</param>
/// <param name="Top">Row on the canvas.</param>
/// <param name="Width">Columns as the container says; 0 where only the bitstream says it.</param>
/// <param name="Height">Rows as the container says; 0 where only the bitstream says it.</param>
/// <param name="Lossless">VP8L, otherwise VP8.</param>
/// <param name="Bitstream">Payload of the VP8 or VP8L chunk.</param>
/// <param name="Alpha">Payload of the ALPH chunk of a lossy frame.</param>
internal readonly record struct WebPFrame(int Left, int Top, int Width, int Height, bool Lossless, FileRange Bitstream, FileRange? Alpha);

/// <summary>The RIFF container (RFC 9649, section 2): the canvas, the first frame and the EXIF metadata.</summary>
internal sealed record WebPFile(int CanvasWidth, int CanvasHeight, bool Animated, WebPFrame Frame, FileRange? Exif)
{
    private const int RiffHeaderBytes = 12;
    private const int ChunkHeaderBytes = 8;
    private const int ExtendedHeaderBytes = 10;
    private const int FrameHeaderBytes = 16;
    private const byte AnimationFlag = 0x02;

    /// <summary>Reads the chunk headers; the canvas is held against the limit.</summary>
    public static WebPFile Read(ReadOnlySpan<byte> encoded, ImageReaderOptions options)
    {
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(encoded[4..]);
        if (size > encoded.Length - 8)
            throw new ImageFormatException(
                WebPDecoder.Format,
                4,
                $"the file has {encoded.Length} bytes, but its header announces {size + 8L}: it is cut off"
            );
        if (size < RiffHeaderBytes - 8 + ChunkHeaderBytes)
            throw new ImageFormatException(WebPDecoder.Format, 4, $"a RIFF size of {size} bytes leaves no room for a picture");
        var reader = new ByteReader(encoded[..((int)size + 8)], WebPDecoder.Format, RiffHeaderBytes);
        uint name = NextChunk(ref reader, out FileRange chunk);
        return name switch
        {
            FourCC.Lossy => new WebPFile(0, 0, false, new WebPFrame(0, 0, 0, 0, false, chunk, null), null),
            FourCC.Lossless => new WebPFile(0, 0, false, new WebPFrame(0, 0, 0, 0, true, chunk, null), null),
            FourCC.Extended => ReadExtended(ref reader, encoded, chunk, options),
            _ => throw new ImageFormatException(
                WebPDecoder.Format,
                RiffHeaderBytes,
                $"the first chunk is {FourCC.Text(name)}, none of VP8, VP8L, VP8X"
            ),
        };
    }

    private static WebPFile ReadExtended(ref ByteReader reader, ReadOnlySpan<byte> encoded, FileRange header, ImageReaderOptions options)
    {
        if (header.Length < ExtendedHeaderBytes)
            throw new ImageFormatException(
                WebPDecoder.Format,
                header.Offset,
                $"the VP8X header has {header.Length} bytes instead of {ExtendedHeaderBytes}"
            );
        ReadOnlySpan<byte> fields = header.Slice(encoded);
        bool animated = (fields[0] & AnimationFlag) != 0;
        (int width, int height) = (ReadUInt24(fields[4..]) + 1, ReadUInt24(fields[7..]) + 1);
        PixelLimit.Check(WebPDecoder.Format, header.Offset + 4, width, height, options);

        WebPFrame? frame = null;
        FileRange? alpha = null;
        FileRange? exif = null;
        while (!reader.AtEnd)
        {
            uint name = NextChunk(ref reader, out FileRange chunk);
            switch (name)
            {
                case FourCC.Alpha when !animated:
                    alpha ??= chunk;
                    break;
                case FourCC.Lossy or FourCC.Lossless when !animated:
                    frame ??= Still(width, height, name, chunk, alpha);
                    break;
                case FourCC.Frame when animated:
                    frame ??= ReadFrame(encoded, chunk, width, height);
                    break;
                case FourCC.Exif:
                    exif ??= chunk;
                    break;
            }
        }
        return frame is { } first
            ? new WebPFile(width, height, animated, first, exif)
            : throw reader.Error("the file holds no picture");
    }

    private static WebPFrame Still(int width, int height, uint name, FileRange chunk, FileRange? alpha) =>
        new(0, 0, width, height, name == FourCC.Lossless, chunk, name == FourCC.Lossless ? null : alpha);

    private static WebPFrame ReadFrame(ReadOnlySpan<byte> encoded, FileRange chunk, int canvasWidth, int canvasHeight)
    {
        if (chunk.Length < FrameHeaderBytes)
            throw new ImageFormatException(
                WebPDecoder.Format,
                chunk.Offset,
                $"an animation frame has {chunk.Length} bytes, less than its header"
            );
        ReadOnlySpan<byte> fields = chunk.Slice(encoded);
        (int left, int top) = (ReadUInt24(fields) * 2, ReadUInt24(fields[3..]) * 2);
        (int width, int height) = (ReadUInt24(fields[6..]) + 1, ReadUInt24(fields[9..]) + 1);
        if (left + width > canvasWidth || top + height > canvasHeight)
        {
            throw new ImageFormatException(WebPDecoder.Format, chunk.Offset,
                $"a frame of {width} x {height} at ({left}, {top}) leaves the canvas of {canvasWidth} x {canvasHeight}");
        }
        var reader = new ByteReader(encoded[..(chunk.Offset + chunk.Length)], WebPDecoder.Format, chunk.Offset + FrameHeaderBytes);
        FileRange? alpha = null;
        while (!reader.AtEnd)
        {
            uint name = NextChunk(ref reader, out FileRange part);
            if (name == FourCC.Alpha) alpha ??= part;
            if (name is FourCC.Lossy or FourCC.Lossless)
                return Still(width, height, name, part, alpha) with { Left = left, Top = top };
        }
        throw reader.Error("an animation frame holds no picture");
    }

    private static uint NextChunk(ref ByteReader reader, out FileRange chunk)
    {
        uint name = reader.ReadUInt32LittleEndian();
        uint length = reader.ReadUInt32LittleEndian();
        if (length > reader.Remaining)
            throw reader.Error($"chunk {FourCC.Text(name)} announces {length} bytes, {reader.Remaining} are left");
        chunk = new FileRange(reader.Position, (int)length);
        reader.Skip((int)length);
        // Chunks begin at even positions; some writers spare the padding after the last one.
        if ((length & 1) != 0 && !reader.AtEnd) reader.Skip(1);
        return name;
    }

    private static int ReadUInt24(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
}
