using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Randomness;

namespace EmotionMLNet.Training.Augmentation;

/// <summary>
/// Mixes two normalised images and their targets: mixup (Zhang et al. 2017, arXiv:1710.09412) or CutMix (Yun et al. 2019,
/// arXiv:1905.04899).
/// </summary>
/// <remarks>
/// Mixup: a and b become λ·a + (1-λ)·b and λ·b + (1-λ)·a, their targets likewise. Of λ and 1-λ the larger is taken, which changes nothing
/// but which of the two results stands where. CutMix: a and b exchange a rectangle of √(1-λ) of each side about a uniform centre, cut off
/// at the border; targets are mixed by the pixels that were in fact exchanged. In both λ ~ Beta(α, α), drawn for the pair. With both on,
/// each pair draws one of them evenly, as timm does in its pairwise mode with a switching probability of 0.5.
/// </remarks>
internal sealed class PairMixing(AugmentationOptions options, ImagePreprocessing preprocessing)
{
    private const ulong ChoiceStream = 1;

    /// <summary>Mixes a pair in place, or leaves it as it is.</summary>
    /// <param name="a">[Height, Width, Channels].</param>
    /// <param name="b">The second image, of the size of the first.</param>
    /// <param name="targetA">[classes], summing to 1.</param>
    /// <param name="targetB">The target of the second image.</param>
    /// <param name="taughtA">What teachers said of a, mixed like the targets; empty where nobody was asked.</param>
    /// <param name="taughtB">What teachers said of b; empty where nobody was asked.</param>
    /// <param name="key">The key that all draws are a function of.</param>
    public void Mix(
        Span<float> a,
        Span<float> b,
        Span<float> targetA,
        Span<float> targetB,
        Span<float> taughtA,
        Span<float> taughtB,
        ulong key
    )
    {
        if (options.Mixup == 0 && options.CutMix == 0) return;
        var choice = new RandomStream(RandomStream.Key(key, ChoiceStream));
        if (choice.NextSingle() >= options.Mix) return;
        bool cut = choice.NextSingle() < 0.5f ? options.CutMix > 0 : options.Mixup == 0;
        var random = new RandomStream(key);
        double share = random.NextBeta(cut ? options.CutMix : options.Mixup);
        float lambda = (float)Math.Max(share, 1 - share);
        if (cut) lambda = Exchange(a, b, share, ref random);
        else Blend(a, b, lambda);
        Blend(targetA, targetB, lambda);
        Blend(taughtA, taughtB, lambda);
    }

    /// <returns>The share that every image kept of itself.</returns>
    private float Exchange(Span<float> a, Span<float> b, double lambda, ref RandomStream random)
    {
        (int width, int height, int channels) = (preprocessing.Width, preprocessing.Height, preprocessing.Channels);
        double side = Math.Sqrt(1 - lambda);
        (int w, int h) = ((int)(width * side), (int)(height * side));
        (int centreX, int centreY) = (random.Next(width), random.Next(height));
        int left = Math.Max(0, centreX - w / 2), right = Math.Min(width, centreX - w / 2 + w);
        int top = Math.Max(0, centreY - h / 2), bottom = Math.Min(height, centreY - h / 2 + h);
        for (int y = top; y < bottom; y++)
        {
            Span<float> mine = a.Slice((y * width + left) * channels, (right - left) * channels),
                yours = b.Slice((y * width + left) * channels, mine.Length);
            for (int i = 0; i < mine.Length; i++) (mine[i], yours[i]) = (yours[i], mine[i]);
        }
        return 1 - (float)((right - left) * (bottom - top)) / (width * height);
    }

    private static void Blend(Span<float> a, Span<float> b, float lambda)
    {
        float rest = 1 - lambda;
        for (int i = 0; i < a.Length; i++) (a[i], b[i]) = (lambda * a[i] + rest * b[i], lambda * b[i] + rest * a[i]);
    }
}
