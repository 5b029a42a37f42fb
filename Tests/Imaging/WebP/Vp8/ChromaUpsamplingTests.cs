using EmotionMLNet.Imaging.WebP.Vp8;

namespace EmotionMLNet.Tests.Imaging.WebP.Vp8;

public sealed class ChromaUpsamplingTests
{
    [Fact]
    public void Any_width_gives_the_four_weights_in_two_roundings()
    {
        var random = new Random(3);
        for (int width = 1; width <= 80; width++)
        {
            byte[] near = new byte[(width + 1) / 2];
            byte[] far = new byte[near.Length];
            random.NextBytes(near);
            random.NextBytes(far);
            byte[] actual = new byte[width];
            ChromaUpsampling.Row(near, far, actual);
            for (int x = 0; x < width; x++) Assert.Equal(Expected(near, far, x), actual[x]);
        }
    }

    private static int Expected(byte[] near, byte[] far, int x)
    {
        int nearest = x / 2;
        int other = nearest + (x % 2 == 0 ? -1 : 1);
        // At the border there is no other column.
        if (other < 0 || other >= near.Length) return (3 * near[nearest] + far[nearest] + 2) / 4;
        int diagonal = (near[nearest] + 3 * near[other] + 3 * far[nearest] + far[other] + 8) / 8;
        return (diagonal + near[nearest]) / 2;
    }
}
