using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Trainer.Augmentation;
using EmotionMLNet.Trainer.Training.Progressive;

namespace EmotionMLNet.Trainer.Training;

/// <summary>A network at the size at which training shows it pictures: the same layers with the same parameters, which convolutions and global pooling allow.</summary>
internal static class ShownNetwork
{
    /// <summary>At the size of the windows of <c>--augment crop</c>; the network itself where whole pictures are shown.</summary>
    /// <exception cref="UserException">A layer does not fit that size.</exception>
    public static Network Windowed(Network network, AugmentationOptions augmentation, ImagePreprocessing preprocessing)
    {
        ImagePreprocessing window = new Augmenter(augmentation, preprocessing).Preprocessing;
        return At(network, new Shape(window.Height, window.Width, window.Channels), "--augment crop");
    }

    /// <summary>A network of the size that whole pictures or windows have at the size of the first epochs.</summary>
    /// <exception cref="UserException">A layer does not fit that size.</exception>
    public static Network Reduced(Network shown, ProgressiveOptions options)
    {
        Shape whole = shown.InputShape;
        return At(shown, new Shape(options.Reduced(whole.Height), options.Reduced(whole.Width), whole.Channels), "--progressive");
    }

    private static Network At(Network network, Shape size, string setting)
    {
        if (size == network.InputShape) return network;
        try
        {
            return network.At(size);
        }
        catch (ArgumentException e)
        {
            throw new UserException($"{setting}: the network cannot be trained on pictures of {size}: {e.Message}");
        }
    }
}
