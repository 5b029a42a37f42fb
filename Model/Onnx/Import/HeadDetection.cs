using EmotionMLNet.Layers;
using EmotionMLNet.Networks;

namespace EmotionMLNet.Onnx.Import;

/// <summary>Tells by a network's last layers whether its outputs are scores of classes or features.</summary>
/// <remarks>
/// Scores come from a linear layer, or from a convolution whose map is averaged. They may be negative, so an activation behind them means
/// features, but for one kind: SqueezeNet's classifier is a 1x1 convolution, ReLU and the mean over the map. A backbone that was cut off
/// behind just these three, as ShuffleNetV2's, looks the same and is taken for a classifier. Sums, batch norms, maxima and whatever else
/// mixes channels or places mean features.
/// </remarks>
internal static class HeadDetection
{
    /// <param name="network">As its graph has it, without the softmax or sigmoid behind the scores.</param>
    public static bool EndsInClasses(Network network)
    {
        Layer? activation = null;
        bool averaged = false;
        for (int i = network.Nodes.Count - 1; i != Network.Input; i = network.Nodes[i].Inputs[0])
        {
            Layer layer = network.Nodes[i].Layer;
            switch (layer)
            {
                case Linear:
                    return activation is null;
                case Log or Softmax:
                    return true; // of probabilities: what ensembles and log-softmax are spelled with
                case Conv2D { Groups: 1 } c:
                    return activation is null || (activation is ReLU && averaged && c.Kernel == (1, 1));
                case GlobalAveragePool:
                    averaged = true;
                    break;
                case { TrainingOnly: true }:
                    break;
                case UnaryLayer when activation is null:
                    activation = layer;
                    break;
                default:
                    return false;
            }
        }
        return false;
    }
}
