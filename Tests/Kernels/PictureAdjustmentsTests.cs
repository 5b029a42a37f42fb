using EmotionMLNet.Kernels;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Kernels;

/// <summary>Adjustments of pictures, sample by sample by the formula, to the bit.</summary>
[Trait("Category", "Kernels")]
public sealed class PictureAdjustmentsTests
{
    [Theory]
    [InlineData(0), InlineData(5), InlineData(16), InlineData(1003)]
    public void Light_scales_shifts_and_keeps_the_levels(int length)
    {
        float[] x = Levels(length, 1), expected = [.. x.Select(v => Math.Clamp(MathF.FusedMultiplyAdd(v, 1.7f, -90), 0, 255))];
        PictureAdjustments.Light(x, 1.7f, -90);
        Assert.Equal(expected, x);
    }

    [Theory]
    [InlineData(1, 2304), InlineData(1, 37), InlineData(3, 3 * 1000), InlineData(3, 3 * 7), InlineData(3, 3 * 17)]
    public void Every_channel_has_its_own_scale_and_shift(int channels, int length)
    {
        float[] scale = RandomValues.Uniform(channels, 2, 2), shift = RandomValues.Uniform(channels, 3, 2), x = Levels(length, 1);
        float[] expected = [.. x.Select((v, i) => MathF.FusedMultiplyAdd(v, scale[i % channels], shift[i % channels]))];
        PictureAdjustments.Normalise(x, scale, shift);
        Assert.Equal(expected, x);
    }

    [Theory]
    [InlineData(1, 48), InlineData(1, 3), InlineData(3, 48), InlineData(3, 19)]
    public void A_row_is_mixed_with_its_smoothed_neighbourhood_but_for_its_ends(int channels, int width)
    {
        const float factor = 1.6f, smooth = (1 - factor) / 13;
        int row = channels * width, c = channels;
        float[] a = Levels(row, 1), x = Levels(row, 2), b = Levels(row, 3), y = [.. x], expected = [.. x];
        for (int i = c; i < row - c; i++)
        {
            float sum = a[i - c] + a[i] + a[i + c] + x[i - c] + x[i + c] + b[i - c] + b[i] + b[i + c] + x[i] * 5;
            expected[i] = Math.Clamp(MathF.FusedMultiplyAdd(x[i], factor, sum * smooth), 0, 255);
        }
        PictureAdjustments.Smooth(a, x, b, y, channels, factor, smooth);
        Assert.Equal(expected, y);
    }

    private static float[] Levels(int length, int seed) => [.. RandomValues.Uniform(length, seed, 127).Select(v => v + 128)];
}
