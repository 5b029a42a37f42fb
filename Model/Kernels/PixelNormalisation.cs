using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EmotionMLNet.Kernels;

/// <summary>Samples to floats: y = x · scale + shift, channel by channel.</summary>
internal static class PixelNormalisation
{
    /// <summary>Length of the repeated scales and shifts: a multiple of 8 lanes and of 1 and 3 channels.</summary>
    public const int Pattern = 24;

    /// <param name="pixels">[..., Channels] samples, 0 to 255.</param>
    /// <param name="scale">A scale for each of <see cref="Pattern"/> samples in a row.</param>
    /// <param name="shift">Likewise.</param>
    /// <param name="tensor">Receives as many values.</param>
    public static void Apply(ReadOnlySpan<byte> pixels, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift, Span<float> tensor)
    {
        int at = 0;
        ref byte x = ref MemoryMarshal.GetReference(pixels);
        ref float y = ref MemoryMarshal.GetReference(tensor),
            a = ref MemoryMarshal.GetReference(scale),
            b = ref MemoryMarshal.GetReference(shift);
        for (nuint i = 0; i + Pattern <= (nuint)pixels.Length; i += Pattern, at += Pattern)
        {
            for (nuint j = 0; j < Pattern; j += 8)
            {
                Vector128<ushort> words = Vector128.WidenLower(Vector64.LoadUnsafe(ref x, i + j).ToVector128Unsafe());
                Vector256<float> v = Vector256.ConvertToSingle(Vector256.WidenLower(words.ToVector256Unsafe()).AsInt32());
                Vector256.FusedMultiplyAdd(v, Vector256.LoadUnsafe(ref a, j), Vector256.LoadUnsafe(ref b, j)).StoreUnsafe(ref y, i + j);
            }
        }
        for (int j = 0; at < pixels.Length; at++, j++) tensor[at] = MathF.FusedMultiplyAdd(pixels[at], scale[j], shift[j]);
    }
}
