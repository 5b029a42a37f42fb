using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EmotionMLNet.Imaging.WebP.Vp8;

/// <summary>
/// Doubles chroma in both directions with weights 9, 3, 3, 1, in the two roundings of libwebp: first (a + 3b + 3c + d + 8) / 8, then
/// the mean with the nearest sample, rounded down.
/// </summary>
internal static class ChromaUpsampling
{
    /// <param name="near">The nearer row, half as wide rounded up.</param>
    /// <param name="far">The farther row, or again the nearer at the borders of the picture.</param>
    /// <param name="output">[width].</param>
    public static void Row(ReadOnlySpan<byte> near, ReadOnlySpan<byte> far, Span<byte> output)
    {
        int pairs = (output.Length - 1) / 2;
        output[0] = Vertical(near[0], far[0]);
        if ((output.Length & 1) == 0) output[^1] = Vertical(near[pairs], far[pairs]);
        int i = 1;
        for (; i + Vector128<ushort>.Count <= pairs + 1; i += Vector128<ushort>.Count)
        {
            (Vector128<ushort> a, Vector128<ushort> b) = (Load(near, i - 1), Load(near, i));
            (Vector128<ushort> c, Vector128<ushort> d) = (Load(far, i - 1), Load(far, i));
            Vector128<ushort> sum = a + b + c + d + Vector128.Create((ushort)8);
            Vector128<ushort> rising = Vector128.ShiftRightLogical(sum + Vector128.ShiftLeft(b + c, 1), 3);
            Vector128<ushort> falling = Vector128.ShiftRightLogical(sum + Vector128.ShiftLeft(a + d, 1), 3);
            Vector128<ushort> left = Vector128.ShiftRightLogical(rising + a, 1);
            Vector128<ushort> right = Vector128.ShiftRightLogical(falling + b, 1);
            Span<byte> target = output.Slice(2 * i - 1, Vector128<byte>.Count);
            (left | Vector128.ShiftLeft(right, 8)).AsByte().StoreUnsafe(ref MemoryMarshal.GetReference(target));
        }
        for (; i <= pairs; i++)
        {
            (int a, int b, int c, int d) = (near[i - 1], near[i], far[i - 1], far[i]);
            int sum = a + b + c + d + 8;
            output[2 * i - 1] = (byte)((((sum + 2 * (b + c)) >> 3) + a) >> 1);
            output[2 * i] = (byte)((((sum + 2 * (a + d)) >> 3) + b) >> 1);
        }
    }

    private static byte Vertical(int near, int far) => (byte)((3 * near + far + 2) >> 2);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Load(ReadOnlySpan<byte> row, int start) =>
        Vector128.WidenLower(Vector128.CreateScalarUnsafe(MemoryMarshal.Read<ulong>(row[start..])).AsByte());
}
