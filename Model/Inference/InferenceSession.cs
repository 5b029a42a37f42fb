using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Inference;

/// <summary>Memory to run an <see cref="InferencePlan"/> on up to <c>batch</c> images at a time; one caller at a time.</summary>
internal sealed class InferenceSession
{
    public InferenceSession(InferencePlan plan, int batch, ThreadTeam team) => throw new NotImplementedException();

    /// <summary>Normalised images, NHWC; the caller sets Batch and fills it.</summary>
    public Tensor Input => throw new NotImplementedException();

    /// <summary>[N, Classes] after <see cref="Run"/>: each row sums to 1.</summary>
    public Tensor Probabilities => throw new NotImplementedException();

    public void Run() => throw new NotImplementedException();
}
