using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Runs;

/// <summary>
/// A network at the size at which training shows it pictures: the same layers with the same parameters, which convolutions and global
/// pooling allow.
/// </summary>
internal static class ResizedNetwork
{
    /// <summary>
    /// At the size of the windows of <see cref="AugmentationOptions.Crop"/>; the network itself where whole pictures are shown.
    /// </summary>
    /// <exception cref="TrainingException">A layer does not fit that size.</exception>
    public static Network ResizeToWindow(Network network, AugmentationOptions augmentation, ImagePreprocessing preprocessing)
    {
        ImagePreprocessing window = augmentation.Shown(preprocessing);
        return ResizeForTraining(network, new Shape(window.Height, window.Width, window.Channels), "{augmentation.crop}");
    }

    /// <summary>A network of the size that whole pictures or windows have at the size of the first epochs.</summary>
    /// <exception cref="TrainingException">A layer does not fit that size.</exception>
    public static Network ResizeToSmall(Network shown, ProgressiveOptions options)
    {
        Shape whole = shown.InputShape;
        return ResizeForTraining(
            shown,
            new Shape(options.Reduced(whole.Height), options.Reduced(whole.Width), whole.Channels),
            "{progressive.side}"
        );
    }

    /// <summary>A network at some size; itself where that is its own.</summary>
    /// <param name="network">Shares its parameters.</param>
    /// <param name="size">The size of the pictures.</param>
    /// <param name="refusal">The message, before the reason, where a layer does not fit.</param>
    /// <exception cref="TrainingException">A layer does not fit that size.</exception>
    public static Network Resize(Network network, Shape size, string refusal)
    {
        if (size == network.InputShape) return network;
        try
        {
            return network.At(size);
        }
        catch (ArgumentException e)
        {
            throw new TrainingException($"{refusal}: {e.Message}");
        }
    }

    private static Network ResizeForTraining(Network network, Shape size, string setting) =>
        Resize(network, size, $"{setting}: the network cannot be trained on pictures of {size}");
}
