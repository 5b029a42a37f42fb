using EmotionMLNet.Imaging.Jpeg;

namespace EmotionMLNet.Imaging;

/// <summary>Memory for decoding one picture after another, so that all but the first, and larger ones, allocate nothing. One caller at a time.</summary>
internal sealed class ImageMemory
{
    // Beyond that a picture is an exception, and its memory is not held on to.
    private const int MostKept = 1 << 26;

    private byte[] decoded = [], turned = [];

    public JpegMemory Jpeg { get; } = new();

    /// <summary>Room for samples as a file stores them.</summary>
    public byte[] Decoded(int length) => Grown(ref decoded, length);

    /// <summary>Room for samples turned upright.</summary>
    public byte[] Turned(int length) => Grown(ref turned, length);

    private static byte[] Grown(ref byte[] buffer, int length)
    {
        if (buffer.Length >= length && buffer.Length <= MostKept) return buffer;
        byte[] grown = GC.AllocateUninitializedArray<byte>(length);
        buffer = length <= MostKept ? grown : [];
        return grown;
    }
}
