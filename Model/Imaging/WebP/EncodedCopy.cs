using System.Buffers;

namespace EmotionMLNet.Imaging.WebP;

/// <summary>A bitstream in an array, as its readers want it. The arrays of usual files are used again and again.</summary>
internal static class EncodedCopy
{
    private const int MostKept = 1 << 22;

    /// <returns>Begins with the data.</returns>
    public static byte[] Rent(ReadOnlySpan<byte> data)
    {
        byte[] copy = data.Length > MostKept ? GC.AllocateUninitializedArray<byte>(data.Length) : ArrayPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(copy);
        return copy;
    }

    public static void Return(byte[] copy)
    {
        if (copy.Length <= MostKept) ArrayPool<byte>.Shared.Return(copy);
    }
}
