using System.Buffers;
using EmotionMLNet.Kernels;

namespace EmotionMLNet.Training.Augmentation;

/// <summary>
/// y = factor·x + (1 - factor)·s, kept in 0 to 255, s being the image smoothed by [1 1 1; 1 5 1; 1 1 1] / 13: factors below 1 soften, above
/// 1 sharpen. The outermost pixels stay, as they do in Pillow's ImageEnhance.Sharpness and torchvision's adjust_sharpness.
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
            PictureAdjustments.Smooth(above, current, image.Slice((y + 1) * row, row), output, channels, factor, (1 - factor) / 13);
            Span<float> next = above;
            above = current;
            current = next;
        }
        ArrayPool<float>.Shared.Return(rented);
    }
}
