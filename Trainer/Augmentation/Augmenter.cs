using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Trainer.Augmentation;

/// <summary>Random changes of training images that keep their label; a strength of 0 switches one off.</summary>
internal sealed record AugmentationOptions
{
    public static AugmentationOptions None { get; } = new();

    /// <summary>Mirror left and right with probability 1/2.</summary>
    public bool Flip { get; init; }

    /// <summary>Largest rotation in degrees either way.</summary>
    public float Rotate { get; init; }

    /// <summary>Largest shift either way as a fraction of the side.</summary>
    public float Shift { get; init; }

    /// <summary>Largest change of scale either way: 0.1 draws from 0.9 to 1.1.</summary>
    public float Scale { get; init; }

    /// <summary>Largest change of brightness either way as a fraction of full scale.</summary>
    public float Brightness { get; init; }

    /// <summary>Largest change of contrast either way: 0.2 multiplies by 0.8 to 1.2 about the mean.</summary>
    public float Contrast { get; init; }

    /// <summary>Probability that a random rectangle is filled with noise: Zhong et al. 2017, arXiv:1708.04896.</summary>
    public float Erase { get; init; }

    /// <summary>α of the Beta(α, α) that mixes pairs of images and labels: Zhang et al. 2017, arXiv:1710.09412.</summary>
    public float Mixup { get; init; }
}

/// <summary>Applies per-image augmentation and normalisation. Thread-safe; what is drawn depends on the seed alone.</summary>
internal sealed class Augmenter(AugmentationOptions options, ImagePreprocessing preprocessing)
{
    public AugmentationOptions Options { get; } = options;

    public ImagePreprocessing Preprocessing { get; } = preprocessing;

    /// <summary>Everything but mixup (which needs two images and lives in the batch loader): bytes in, normalised floats out.</summary>
    /// <param name="pixels">[Height, Width, Channels] samples.</param>
    /// <param name="tensor">Receives [Height, Width, Channels] normalised values.</param>
    /// <param name="seed">A function of run seed, epoch and image index.</param>
    public void Apply(ReadOnlySpan<byte> pixels, Span<float> tensor, ulong seed) => throw new NotImplementedException();
}
