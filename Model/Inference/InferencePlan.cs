using EmotionMLNet.Networks;

namespace EmotionMLNet.Inference;

/// <summary>A network compiled for prediction: batch norm folded into convolutions, activations and residual sums fused into
/// them, weights packed once. Immutable and shared by any number of <see cref="InferenceSession"/>s.</summary>
internal sealed class InferencePlan
{
    public static InferencePlan Compile(Network network) => throw new NotImplementedException();
}
