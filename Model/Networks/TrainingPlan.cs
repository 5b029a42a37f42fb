using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Networks;

/// <summary>A network with the memory for training steps of up to <c>batch</c> images: all buffers are planned once, a step allocates nothing.</summary>
internal sealed class TrainingPlan
{
    public TrainingPlan(Network network, int batch, ThreadTeam team) => throw new NotImplementedException();

    /// <summary>Normalised images, NHWC; the caller sets Batch (at most the planned one) and fills it.</summary>
    public Tensor Input => throw new NotImplementedException();

    /// <summary>[N, Outputs] after <see cref="Forward"/>.</summary>
    public Tensor Logits => throw new NotImplementedException();

    /// <summary>dLoss/dLogits; the caller fills it between <see cref="Forward"/> and <see cref="Backward"/>.</summary>
    public Tensor LogitsGradient => throw new NotImplementedException();

    /// <summary>Runs all layers in training mode on Input.Batch images.</summary>
    /// <param name="seed">Seed of this step's dropout; derived from run seed and step.</param>
    public void Forward(ulong seed) => throw new NotImplementedException();

    /// <summary>Fills Parameter.Gradient of every trainable parameter.</summary>
    public void Backward() => throw new NotImplementedException();
}
