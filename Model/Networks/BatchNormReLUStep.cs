using EmotionMLNet.Layers;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Networks;

/// <summary>
/// Batch norm and the ReLU behind it in one pass each way. The mask of ReLU is recomputed from batch norm's input in the backward pass,
/// with the very arithmetic of the forward pass, so its output is neither kept nor read for it.
/// </summary>
internal sealed class BatchNormReLUStep(BatchNorm norm, int node, LayerContext normContext, LayerContext reluContext, (Tensor Sum, Tensor Summand)[] sums) : ITrainingStep
{
    /// <summary>Whether node i is a batch norm that only a ReLU reads, directly behind it.</summary>
    public static bool Fits(Network network, TrainingMemory memory, int i)
        => i + 1 < network.Nodes.Count && network.Nodes[i].Layer is BatchNorm && network.Nodes[i + 1].Layer is ReLU && memory.ConsumersOf(i) is [var reader] && reader == i + 1;

    public IReadOnlyList<int> Nodes => [node, node + 1];

    public string Algorithm => "";

    public void Forward(ulong seed) => norm.Forward(normContext, relu: true, reluContext.Output);

    public void BackwardWeights() { }

    public void BackwardData()
    {
        if (normContext.OutputGradient is null) return;
        norm.Backward(normContext, relu: true, reluContext.OutputGradient!, normContext.InputGradients[0]);
        TrainingPlan.AddUp(sums, normContext.Team);
    }
}
