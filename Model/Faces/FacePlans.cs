using EmotionMLNet.Inference;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Faces;

/// <summary>A detector's network compiled for one size of pictures after another; all share the packed weights. Thread-safe.</summary>
/// <param name="network">
/// What <see cref="FaceNetwork.Build"/> makes, of any size. Later changes of its weights do not reach the plans.
/// </param>
internal sealed class FacePlans(Network network)
{
    // Sizes are multiples of 32 up to the long side, so there are rarely more; a plan without its weights is small.
    private const int MostPlans = 256;

    private readonly Network network = network;
    private readonly PackedWeights packed = new();
    private readonly Dictionary<(int Height, int Width), InferencePlan> plans = [];

    /// <summary>The plan for a size.</summary>
    /// <param name="height">Rows, a multiple of <see cref="FaceNetwork.Multiple"/>.</param>
    /// <param name="width">Columns, likewise.</param>
    public InferencePlan For(int height, int width)
    {
        lock (plans)
        {
            if (plans.TryGetValue((height, width), out InferencePlan? plan)) return plan;
            if (plans.Count == MostPlans) plans.Clear();
            return plans[(height, width)] = InferencePlan.Compile(network.At(new Shape(height, width, 1)), strips: true, packed: packed);
        }
    }
}
