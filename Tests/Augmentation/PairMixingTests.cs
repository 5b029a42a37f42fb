using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Augmentation;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Augmentation;

public sealed class PairMixingTests
{
    private const int Width = 12, Height = 9, Channels = 3;

    private static readonly ImagePreprocessing Preprocessing = new()
    {
        Width = Width,
        Height = Height,
        Channels = Channels,
        Mean = new float[Channels],
        StandardDeviation = [1, 1, 1],
    };

    /// <summary>A pair of class 0 and class 1 whose every value tells where it came from.</summary>
    private static (float[] A, float[] B, float[] TargetA, float[] TargetB) Mixed(AugmentationOptions options, ulong key)
    {
        float[] a = [.. Enumerable.Range(0, Preprocessing.Length).Select(i => i + 1f)],
            b = [.. a.Select(v => -v)],
            targetA = [1, 0],
            targetB = [0, 1];
        new PairMixing(options, Preprocessing).Mix(a, b, targetA, targetB, [], [], key);
        return (a, b, targetA, targetB);
    }

    private static bool IsWhole(float[] a) => a.Select((v, i) => v == i + 1).All(same => same);

    private static bool IsCut(float[] a) => a.Select((v, i) => MathF.Abs(v) == i + 1).All(same => same);

    [Fact]
    public void CutMix_exchanges_one_rectangle_and_mixes_targets_by_its_exact_area()
    {
        var areas = new HashSet<int>();
        for (ulong key = 0; key < 300; key++)
        {
            (float[] a, float[] b, float[] targetA, float[] targetB) = Mixed(new AugmentationOptions { CutMix = 1 }, key);
            int[] taken = [.. Enumerable.Range(0, a.Length).Where(i => a[i] < 0)];
            for (int i = 0; i < a.Length; i++)
            {
                Assert.Equal(i + 1, MathF.Abs(a[i]));
                Assert.Equal(-a[i], b[i]);
            }
            int area = taken.Length / Channels;
            areas.Add(area);
            if (area > 0)
            {
                int[] x = [.. taken.Select(i => i / Channels % Width)], y = [.. taken.Select(i => i / Channels / Width)];
                Assert.Equal((x.Max() - x.Min() + 1) * (y.Max() - y.Min() + 1) * Channels, taken.Length);
            }
            float share = 1 - area / (float)(Width * Height);
            Assert.Equal([share, 1 - share], targetA);
            Assert.Equal([1 - share, share], targetB);
        }
        Assert.True(areas.Count > 30, "areas vary");
        Assert.InRange(areas.Max(), Width * Height * 0.7, Width * Height);
    }

    [Fact]
    public void With_both_on_each_pair_draws_one_of_them_evenly()
    {
        int cut = 0, whole = 0;
        for (ulong key = 0; key < 1000; key++)
        {
            float[] a = Mixed(new AugmentationOptions { CutMix = 1, Mixup = 1 }, key).A;
            if (IsWhole(a)) whole++; // a rectangle of no pixel, or a λ of 1
            else if (IsCut(a)) cut++;
        }
        Assert.InRange(cut + whole / 2, 440, 560);
        Assert.InRange(whole, 0, 60);
    }

    [Fact]
    public void Mix_is_the_share_of_pairs_that_are_changed()
    {
        int[] changed =
        [
            .. new[] { 0f, 0.3f, 1f }.Select(mix =>
                Enumerable.Range(0, 1000).Count(key => !IsWhole(Mixed(new AugmentationOptions { Mixup = 1, Mix = mix }, (ulong)key).A))
            ),
        ];
        Assert.Equal(0, changed[0]);
        Assert.InRange(changed[1], 250, 350);
        Assert.InRange(changed[2], 990, 1000);
    }
}
