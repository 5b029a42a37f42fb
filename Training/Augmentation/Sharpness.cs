using System.Buffers;
using System.Numerics;

namespace EmotionMLNet.Training.Augmentation;

/// <summary>
/// y = factor·x + (1 - factor)·s, kept in 0 to 255, s being the image smoothed by [1 1 1; 1 5 1; 1 1 1] / 13: factors below 1 soften, above 1
/// sharpen. The outermost pixels stay, as they do in Pillow's ImageEnhance.Sharpness and torchvision's adjust_sharpness.
/// </summary>
internal static class Sharpness
{
    /// <param name="image">[height, width, channels] levels of 0 to 255, changed in place; rows follow from the width.</param>
    public static void Change(Span<float> image, int width, int channels, float factor)
    {
        int row = width * channels, height = image.Length / row;
        if (width < 3 || height < 3) return;
        float[] rented = ArrayPool<float>.Shared.Rent(2 * row); // the row above and this one as they were
        Span<float> above = rented.AsSpan(0, row), current = rented.AsSpan(row, row);
        image[..row].CopyTo(above);
        for (int y = 1; y < height - 1; y++)
        {
            Span<float> output = image.Slice(y * row, row);
            output.CopyTo(current);
            Row(above, current, image.Slice((y + 1) * row, row), output, channels, factor, (1 - factor) / 13);
            Span<float> next = above;
            above = current;
            current = next;
        }
        ArrayPool<float>.Shared.Return(rented);
    }

    private static void Row(ReadOnlySpan<float> above, ReadOnlySpan<float> current, ReadOnlySpan<float> below, Span<float> output, int channels, float factor, float smooth)
    {
        static Vector<float> At(ReadOnlySpan<float> row, int i) => new(row[i..]);
        int i = channels, end = output.Length - channels, lanes = Vector<float>.Count, c = channels;
        for (; i + lanes <= end; i += lanes)
        {
            Vector<float> centre = At(current, i);
            Vector<float> sum = At(above, i - c) + At(above, i) + At(above, i + c) + At(current, i - c) + At(current, i + c)
                + At(below, i - c) + At(below, i) + At(below, i + c) + centre * 5f;
            Vector<float> value = Vector.FusedMultiplyAdd(centre, new Vector<float>(factor), sum * smooth);
            Vector.Min(Vector.Max(value, Vector<float>.Zero), new Vector<float>(255f)).CopyTo(output[i..]);
        }
        for (; i < end; i++)
        {
            float sum = above[i - c] + above[i] + above[i + c] + current[i - c] + current[i + c] + below[i - c] + below[i] + below[i + c] + current[i] * 5f;
            output[i] = Math.Clamp(MathF.FusedMultiplyAdd(current[i], factor, sum * smooth), 0f, 255f);
        }
    }
}
