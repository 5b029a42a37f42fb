using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace EmotionMLNet.Imaging.WebP.Lossless;

/// <summary>
/// VP8L (RFC 9649, section 3): transforms, then prefix-coded pixels with back references and a colour cache, a row at a time.
/// </summary>
internal sealed class LosslessDecoder : IDisposable
{
    // A picture of many pixels in next to no bits would take seconds. Photographs have several bits a pixel, drawings one in some.
    private const long MostOnTrust = 1L << 26;
    private const int PixelsPerByte = 16;

    private readonly byte[] copy;
    private readonly EntropyImage image;
    private readonly Stack<Transform> transforms = new();
    private readonly uint[] row;
    private readonly DecodingWatch watch;
    private BitReader reader;
    private int left;

    /// <summary>Reads up to the pixels of a bitstream without header, as alpha planes have it.</summary>
    public LosslessDecoder(ReadOnlySpan<byte> data, int origin, int width, int height, DecodingWatch watch)
    {
        CheckWork(origin, width, height, MostOnTrust, data.Length);
        copy = EncodedCopy.Rent(data);
        try
        {
            left = height;
            this.watch = watch;
            reader = new BitReader(copy, data.Length, origin);
            int codedWidth = width, seen = 0;
            while (reader.ReadFlag())
            {
                int type = reader.Read(2);
                if ((seen & (1 << type)) != 0) throw reader.Error("a transform occurs twice");
                seen |= 1 << type;
                Transform transform = Transform.Read((TransformType)type, ref reader, codedWidth, height, watch);
                codedWidth = transform.CodedWidth;
                transforms.Push(transform);
            }
            row = new uint[codedWidth];
            image = new EntropyImage(ref reader, codedWidth, height, isMain: true, watch);
        }
        catch
        {
            EncodedCopy.Return(copy);
            throw;
        }
    }

    /// <summary>Refuses pictures that take much more work than their bytes are worth.</summary>
    /// <param name="origin">Position in the file.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="trusted">So many pixels need no bytes.</param>
    /// <param name="length">Bytes that there are.</param>
    public static void CheckWork(int origin, int width, int height, long trusted, long length)
    {
        long area = (long)width * height;
        if (area > trusted && area > length * PixelsPerByte)
            throw new ImageFormatException(
                WebPDecoder.Format,
                origin,
                $"{width} x {height} pixels in {length} bytes are more work than is done for a picture; scale it down"
            );
    }

    /// <summary>Decodes a bitstream behind its header row by row, to 3 channels, or 4 where the header announces alpha.</summary>
    /// <param name="data">The bitstream with its header.</param>
    /// <param name="origin">Its position in the file.</param>
    /// <param name="header">Its header.</param>
    /// <param name="add">Takes each row.</param>
    /// <param name="watch">Ends the work.</param>
    public static void Decode(ReadOnlySpan<byte> data, int origin, LosslessHeader header, RowReceiver add, DecodingWatch watch)
    {
        using var decoder = new LosslessDecoder(
            data[LosslessHeader.Bytes..],
            origin + LosslessHeader.Bytes,
            header.Width,
            header.Height,
            watch
        );
        int channels = header.HasAlpha ? 4 : 3;
        byte[] pixels = new byte[header.Width * channels];
        for (int y = 0; y < header.Height; y++)
        {
            ReadOnlySpan<uint> argb = decoder.NextRow();
            if (channels == 4) ToRgba(argb, pixels);
            else ToRgb(argb, pixels);
            add(y, pixels, channels);
        }
    }

    /// <summary>The next row of 0xAARRGGBB, good until the one after it.</summary>
    public ReadOnlySpan<uint> NextRow()
    {
        watch.Check();
        // A copy: pixels further down are copied from what was decoded, not from what becomes of it.
        image.NextRow(ref reader).CopyTo(row);
        if (--left == 0) reader.CheckEnd();
        Span<uint> pixels = row;
        foreach (Transform transform in transforms) pixels = transform.Invert(pixels);
        return pixels;
    }

    public void Dispose()
    {
        image.Dispose();
        EncodedCopy.Return(copy);
    }

    private static void ToRgb(ReadOnlySpan<uint> argb, byte[] rgb)
    {
        // Four pixels at a time; four bytes too many are stored, which the next ones overwrite.
        Vector128<byte> order = Vector128.Create((byte)2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 3, 7, 11, 15);
        int i = 0;
        for (; i + 4 <= argb.Length && 3 * i + 16 <= rgb.Length; i += 4)
            Vector128.Shuffle(Vector128.Create(argb[i..]).AsByte(), order).StoreUnsafe(ref rgb[3 * i]);
        for (; i < argb.Length; i++)
            (rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]) = ((byte)(argb[i] >> 16), (byte)(argb[i] >> 8), (byte)argb[i]);
    }

    private static void ToRgba(ReadOnlySpan<uint> argb, byte[] rgba)
    {
        Vector128<byte> order = Vector128.Create((byte)2, 1, 0, 3, 6, 5, 4, 7, 10, 9, 8, 11, 14, 13, 12, 15);
        int i = 0;
        for (; i + 4 <= argb.Length; i += 4) Vector128.Shuffle(Vector128.Create(argb[i..]).AsByte(), order).CopyTo(rgba, 4 * i);
        for (; i < argb.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(rgba.AsSpan(4 * i), BitOperations.RotateLeft(argb[i], 8));
    }
}
