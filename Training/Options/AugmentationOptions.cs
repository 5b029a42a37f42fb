using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Training.Options;

/// <summary>Random changes of training images that keep their label; a strength of 0 switches one off.</summary>
public sealed record AugmentationOptions
{
    /// <summary>Training images as they are.</summary>
    public static AugmentationOptions None { get; } = new();

    /// <summary>Mirror left and right with probability 1/2.</summary>
    public bool Flip { get; init; }

    /// <summary>Largest rotation in degrees either way.</summary>
    public float Rotate { get; init; }

    /// <summary>Largest shift either way as a fraction of the side.</summary>
    public float Shift { get; init; }

    /// <summary>Largest change of scale either way: 0.1 draws from 0.9 to 1.1.</summary>
    public float Scale { get; init; }

    /// <summary>Largest change of the ratio of width to height: 0.33 draws from 1/1.33 to 1.33, evenly on a logarithmic scale.</summary>
    public float Aspect { get; init; }

    /// <summary>Largest change of brightness either way as a fraction of full scale.</summary>
    public float Brightness { get; init; }

    /// <summary>Largest change of contrast either way: 0.2 multiplies by 0.8 to 1.2 about the mean.</summary>
    public float Contrast { get; init; }

    /// <summary>
    /// Largest change of sharpness either way: 0.5 draws a factor from 0.5 (softer) to 1.5 (sharper), see <c>Augmentation/Sharpness.cs</c>.
    /// </summary>
    public float Sharpness { get; init; }

    /// <summary>
    /// Probability of each of rotation, shift, change of shape (scale and aspect), light (brightness and contrast) and sharpness, drawn
    /// apart for an image.
    /// </summary>
    public float Chance { get; init; } = 1;

    /// <summary>Probability that a random rectangle is filled with noise: Zhong et al. 2017, arXiv:1708.04896.</summary>
    public float Erase { get; init; }

    /// <summary>α of the Beta(α, α) that mixes pairs of images and labels: Zhang et al. 2017, arXiv:1710.09412.</summary>
    public float Mixup { get; init; }

    /// <summary>
    /// α of the Beta(α, α) whose 1 - λ is the share of a rectangle that pairs of images exchange: Yun et al. 2019, arXiv:1905.04899.
    /// </summary>
    public float CutMix { get; init; }

    /// <summary>Share of the pairs that mixup or CutMix changes; where both are on, each pair draws one of them evenly.</summary>
    public float Mix { get; init; } = 1;

    /// <summary>
    /// Share of each side of the window, at a random place, that training sees instead of the whole picture; 1 shows all of it. The network
    /// is trained at the window's size, which is cheaper, and used at its own: it must pool globally. Faces are as large in both, which
    /// enlarged crops would not be (Touvron et al. 2019, arXiv:1906.06423).
    /// </summary>
    public float Crop { get; init; } = 1;

    /// <summary>What training sees of a stored picture: all of it, or a window.</summary>
    /// <param name="stored">How pictures are stored.</param>
    internal ImagePreprocessing Shown(ImagePreprocessing stored)
    {
        return Crop == 1 ? stored : stored with { Width = Window(stored.Width), Height = Window(stored.Height) };

        int Window(int side) => Math.Max(1, (int)MathF.Round(side * Crop));
    }

    /// <summary>Whether any image is turned, moved, scaled or stretched.</summary>
    internal bool Warps => Rotate != 0 || Shift != 0 || Scale != 0 || Aspect != 0;

    /// <summary>What is wrong with these settings, each with its remedy; empty when they can be used.</summary>
    internal IEnumerable<SettingProblem> FindProblems()
    {
        if (!(Rotate is >= 0 and <= 180)) yield return new("rotate", Rotate, "give degrees from 0 to 180");
        if (!(Shift is >= 0 and <= 1)) yield return new("shift", Shift, "give a fraction of the side from 0 to 1");
        if (!(Scale is >= 0 and <= 0.9f)) yield return new("scale", Scale, "give a fraction from 0 to 0.9");
        if (!(Aspect is >= 0 and <= 3)) yield return new("aspect", Aspect, "give a fraction from 0 to 3");
        if (!(Brightness is >= 0 and <= 1)) yield return new("brightness", Brightness, "give a fraction of full scale from 0 to 1");
        if (!(Contrast is >= 0 and <= 1)) yield return new("contrast", Contrast, "give a fraction from 0 to 1");
        if (!(Sharpness is >= 0 and <= 1)) yield return new("sharpness", Sharpness, "give a fraction from 0 to 1");
        if (!(Chance is >= 0 and <= 1)) yield return new("chance", Chance, "give a probability from 0 to 1");
        if (!(Erase is >= 0 and <= 1)) yield return new("erase", Erase, "give a probability from 0 to 1");
        if (!(Mixup is >= 0 and <= 100)) yield return new("mixup", Mixup, "give the alpha of a Beta distribution, 0 (off) to 100");
        if (!(CutMix is >= 0 and <= 100)) yield return new("cutMix", CutMix, "give the alpha of a Beta distribution, 0 (off) to 100");
        if (!(Crop is >= 0.25f and <= 1)) yield return new("crop", Crop, "give a fraction of the side from 0.25 to 1");
        if (!(Mix is >= 0 and <= 1)) yield return new("mix", Mix, "give a probability from 0 to 1");
    }
}
