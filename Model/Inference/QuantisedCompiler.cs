using EmotionMLNet.Kernels.Convolution;
using EmotionMLNet.Kernels.Quantised;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Inference;

/// <summary>
/// Compiles a network into an <see cref="InferencePlan"/> whose pictures are bytes: every value with more than one pixel is quantised,
/// vectors of features stay floats.
/// </summary>
/// <remarks>
/// Step by step the same plan as in floats, so that ranges measured there fit here. A convolution of bytes runs in integers; so does max
/// pooling. Whatever there is no integer kernel for (depthwise and grouped convolutions; average pooling; linear layers, which are few
/// percent of the time and decide the scores) runs in floats between conversions. Jacob et al. 2018, arXiv:1712.05877, describes the
/// arithmetic; scales here are floats, since the sums are rounded once in any case.
/// </remarks>
internal sealed class QuantisedCompiler
{
    private readonly ActivationRanges ranges;
    private readonly int chosenFor;
    private readonly List<ByteScale?> scales = [];

    private QuantisedCompiler(ActivationRanges ranges, int chosenFor)
    {
        this.ranges = ranges;
        this.chosenFor = chosenFor;
    }

    /// <param name="network">The network that <paramref name="ranges"/> were measured on.</param>
    /// <param name="ranges">The ranges of each step's values.</param>
    /// <param name="chosenFor">
    /// The batch size that kernels are chosen for, see <see cref="ConvolutionStep"/>; concerns what runs in floats.
    /// </param>
    public static InferencePlan Compile(Network network, ActivationRanges ranges, int chosenFor = 0)
    {
        var compiler = new QuantisedCompiler(ranges, chosenFor);
        return InferencePlan.Create(network, new Fusion(network, compiler.Convolution, compiler.Layer).Steps());
    }

    private InferenceStep Convolution(int node, FoldedWeights weights, Shape output, UnaryLayer? activation, IReadOnlyList<int> inputs)
    {
        ConvGeometry g = weights.Geometry;
        bool first = inputs[0] == Network.Input;
        if ((first ? Measured(Network.Input) : ScaleOf(inputs[0])) is not { } from || output.Plane == 1 || !QuantisedConvolution.Suits(g))
        {
            Shape[] shapes = [new(g.Height, g.Width, g.InChannels), .. inputs.Skip(1).Select(_ => output)];
            return InFloats(node, new ConvolutionStep(weights, output, activation, inputs, chosenFor), shapes);
        }
        ByteScale to = Measured(node);
        ByteScale? residual = inputs.Count > 1 ? ScaleOf(inputs[1]) : null;
        scales.Add(to);
        var layer = new QuantisedLayer(g, weights.Weight, weights.Bias, ConvolutionStep.Limits(activation), from, to, residual);
        return new QuantisedConvolutionStep(layer, output, inputs, activation, first);
    }

    private InferenceStep Layer(int node, Layer layer, IReadOnlyList<int> inputs, Shape[] shapes)
    {
        var step = new SingleLayerStep(layer, inputs, shapes);
        if (layer is not MaxPool pool || ScaleOf(inputs[0]) is not { } scale || step.Output.Plane == 1) return InFloats(node, step, shapes);
        scales.Add(scale);
        return new QuantisedPoolStep(pool.GeometryFor(shapes[0]), step.Output, inputs, pool.ToString());
    }

    private FloatStep InFloats(int node, InferenceStep step, Shape[] shapes)
    {
        ByteScale? to = step.Output.Plane > 1 ? Measured(node) : null;
        scales.Add(to);
        return new FloatStep(step, shapes, [.. step.Inputs.Select(ScaleOf)], to);
    }

    // Of a node's value, or of the network's input.
    private ByteScale Measured(int node) => ByteScale.FromRange(ranges.Least[node + 1], ranges.Largest[node + 1]);

    private ByteScale? ScaleOf(int step) => step == Network.Input ? null : scales[step];
}
