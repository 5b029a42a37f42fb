using System.Buffers.Binary;
using System.Text;

namespace EmotionMLNet.Tests.Imaging.WebP;

/// <summary>Puts WebP files together, right and wrong ones.</summary>
internal static class WebPBuilder
{
    public static byte[] Riff(params byte[][] chunks)
    {
        byte[] body = [.. "WEBP"u8, .. chunks.SelectMany(c => c)];
        return [.. "RIFF"u8, .. UInt32(body.Length), .. body];
    }

    public static byte[] Chunk(string name, ReadOnlySpan<byte> payload) =>
        [.. Encoding.ASCII.GetBytes(name), .. UInt32(payload.Length), .. payload, .. new byte[payload.Length & 1]];

    public static byte[] Extended(int width, int height, byte flags = 0) =>
        Chunk("VP8X", [flags, 0, 0, 0, .. UInt24(width - 1), .. UInt24(height - 1)]);

    public static byte[] Frame(int left, int top, int width, int height, params byte[][] chunks) =>
        Chunk(
            "ANMF",
            [.. UInt24(left / 2), .. UInt24(top / 2), .. UInt24(width - 1), .. UInt24(height - 1), 0, 0, 0, 0, .. chunks.SelectMany(c => c)]
        );

    /// <summary>The chunks of a file, without its RIFF header.</summary>
    public static byte[] Body(byte[] file) => file[12..];

    private static byte[] UInt24(int value) => UInt32(value)[..3];

    private static byte[] UInt32(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}
