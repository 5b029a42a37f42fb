using EmotionMLNet.Imaging.Jpeg;

namespace EmotionMLNet.Tests.Imaging.Jpeg;

public sealed unsafe class ColourConversionTests
{
    [Theory]
    [InlineData(1), InlineData(31), InlineData(32), InlineData(33), InlineData(64), InlineData(95), InlineData(1000)]
    public void Vectors_and_scalars_give_the_same_pixels_and_nothing_is_written_past_them(int width)
    {
        var random = new Random(width);
        byte[] samples = new byte[3 * (width + 64)];
        random.NextBytes(samples);
        byte[] vector = new byte[3 * width + 100], scalar = new byte[3 * width + 100];
        fixed (byte* y = samples, v = vector, s = scalar)
        {
            byte* cb = y + width + 64, cr = cb + width + 64;
            ColourConversion.FromYCbCr(y, cb, cr, width, v);
            ColourConversion.FromYCbCrScalar(y, cb, cr, width, s);
        }
        Assert.Equal(scalar, vector);
        Assert.All(vector[(3 * width)..], b => Assert.Equal(0, b));
    }

    [Fact]
    public void Pixels_are_those_of_JFIF_for_all_chroma()
    {
        byte[] y = new byte[256 + 64], cb = new byte[256 + 64], cr = new byte[256 + 64], rgb = new byte[3 * 256];
        for (int i = 0; i < 256; i++) cb[i] = (byte)i;
        for (int red = 0; red < 256; red++)
        {
            Array.Fill(cr, (byte)red);
            Array.Fill(y, (byte)(37 * red));
            fixed (byte* py = y, pb = cb, pr = cr, target = rgb) ColourConversion.FromYCbCr(py, pb, pr, 256, target);
            for (int blue = 0; blue < 256; blue++)
            {
                // JFIF 1.02, page 3.
                AssertNear(y[0] + 1.402 * (red - 128), rgb[3 * blue]);
                AssertNear(y[0] - 0.34414 * (blue - 128) - 0.71414 * (red - 128), rgb[3 * blue + 1]);
                AssertNear(y[0] + 1.772 * (blue - 128), rgb[3 * blue + 2]);
            }
        }
    }

    private static void AssertNear(double expected, byte actual) =>
        Assert.InRange(actual, Math.Clamp(expected, 0, 255) - 0.51, Math.Clamp(expected, 0, 255) + 0.51);
}
