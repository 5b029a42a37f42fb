using EmotionMLNet.Kernels;
using EmotionMLNet.Kernels.Strips;
using EmotionMLNet.Layers;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Inference;

/// <summary>A layer that fuses with nothing, run through its own Forward.</summary>
/// <param name="layer">A copy that nobody trains.</param>
/// <param name="inputs">Steps whose outputs are read.</param>
/// <param name="inputShapes">Their shapes.</param>
internal sealed class SingleLayerStep(Layer layer, IReadOnlyList<int> inputs, Shape[] inputShapes)
    : InferenceStep(inputs, layer.OutputShape(inputShapes))
{
    public override bool InPlace => layer.InPlace;

    public override StripKernel? Strips => layer is MaxPool pool ? new MaxPoolStrips(pool.GeometryFor(inputShapes[0]), Lanes.Widest) : null;

    public override long ScratchFloats(int batch, int threads) => layer.ScratchFloats(inputShapes, batch, threads);

    public override Action Bind(Tensor[] inputs, Tensor output, Arena scratch, ThreadTeam team)
    {
        var context = new LayerContext { Inputs = inputs, Output = output, ScratchMemory = scratch, Team = team };
        return () => layer.Forward(context);
    }

    public override string ToString() => layer.ToString()!;
}
