using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace EmotionMLNet.Imaging.WebP.Lossless;

/// <summary>VP8L (RFC 9649, section 3): transforms, then prefix-coded pixels with back references and a colour cache.</summary>
internal static class LosslessDecoder
{
    /// <summary>Decodes a bitstream behind its header to 3 channels, or 4 where the header announces alpha.</summary>
    public static Image Decode(ReadOnlySpan<byte> data, int origin, LosslessHeader header)
    {
        uint[] argb = DecodePixels(data[LosslessHeader.Bytes..], origin + LosslessHeader.Bytes, header.Width, header.Height);
        int channels = header.HasAlpha ? 4 : 3;
        byte[] pixels = GC.AllocateUninitializedArray<byte>(argb.Length * channels);
        if (channels == 4) ToRgba(argb, pixels);
        else ToRgb(argb, pixels);
        return new Image(header.Width, header.Height, channels, pixels);
    }

    /// <summary>Decodes a bitstream without header, as alpha planes have it.</summary>
    /// <returns>[height, width] of 0xAARRGGBB.</returns>
    public static uint[] DecodePixels(ReadOnlySpan<byte> data, int origin, int width, int height)
    {
        var reader = new BitReader(data.ToArray(), origin, 0);
        var transforms = new Stack<Transform>();
        int codedWidth = width;
        int seen = 0;
        while (reader.ReadFlag())
        {
            int type = reader.Read(2);
            if ((seen & (1 << type)) != 0) throw reader.Error("a transform occurs twice");
            seen |= 1 << type;
            Transform transform = Transform.Read((TransformType)type, ref reader, codedWidth, height);
            codedWidth = transform.CodedWidth;
            transforms.Push(transform);
        }
        uint[] pixels = EntropyImage.Read(ref reader, codedWidth, height, isMain: true);
        reader.CheckEnd();
        foreach (Transform transform in transforms) pixels = transform.Invert(pixels);
        return pixels;
    }

    private static void ToRgb(uint[] argb, byte[] rgb)
    {
        // Four pixels at a time; four bytes too many are stored, which the next ones overwrite.
        Vector128<byte> order = Vector128.Create((byte)2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 3, 7, 11, 15);
        int i = 0;
        for (; i + 4 <= argb.Length && 3 * i + 16 <= rgb.Length; i += 4)
            Vector128.Shuffle(Vector128.LoadUnsafe(ref argb[i]).AsByte(), order).StoreUnsafe(ref rgb[3 * i]);
        for (; i < argb.Length; i++)
            (rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]) = ((byte)(argb[i] >> 16), (byte)(argb[i] >> 8), (byte)argb[i]);
    }

    private static void ToRgba(uint[] argb, byte[] rgba)
    {
        for (int i = 0; i < argb.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(rgba.AsSpan(4 * i), BitOperations.RotateLeft(argb[i], 8));
    }
}
