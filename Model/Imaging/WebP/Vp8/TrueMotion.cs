using System.Runtime.Intrinsics;

namespace EmotionMLNet.Imaging.WebP.Vp8;

/// <summary>The prediction left + above - corner, clamped, for squares of 4, 8 or 16 pixels.</summary>
internal static class TrueMotion
{
    public static void Predict(Span<byte> samples, int start, int stride, int size)
    {
        int corner = samples[start - stride - 1];
        ReadOnlySpan<byte> above = samples.Slice(start - stride, size);
        if (size < Vector128<short>.Count)
        {
            for (int row = 0; row < size; row++)
            {
                Span<byte> target = samples.Slice(start + row * stride, size);
                int step = samples[start + row * stride - 1] - corner;
                for (int x = 0; x < target.Length; x++) target[x] = (byte)Math.Clamp(above[x] + step, 0, 255);
            }
            return;
        }
        for (int x = 0; x < size; x += Vector128<short>.Count)
        {
            Vector128<short> top = Vector128.WidenLower(Vector128.CreateScalar(BitConverter.ToUInt64(above[x..])).AsByte()).AsInt16();
            for (int row = 0; row < size; row++)
            {
                int at = start + row * stride;
                Vector128<short> sum = top + Vector128.Create((short)(samples[at - 1] - corner));
                Vector128<ushort> clamped = Vector128
                    .Min(Vector128.Max(sum, Vector128<short>.Zero), Vector128.Create((short)255))
                    .AsUInt16();
                BitConverter.TryWriteBytes(samples[(at + x)..], Vector128.Narrow(clamped, clamped).AsUInt64().ToScalar());
            }
        }
    }
}
