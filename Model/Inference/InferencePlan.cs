using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Inference;

/// <summary>A network compiled for prediction: batch norm folded into convolutions, activations and residual sums fused into
/// them, dropout gone, weights packed once. Immutable and shared by any number of <see cref="InferenceSession"/>s.</summary>
internal sealed class InferencePlan
{
    private readonly GraphReaders readers;

    private InferencePlan(Network network, IReadOnlyList<InferenceStep> steps)
    {
        InputShape = network.InputShape;
        Head = network.Head;
        Classes = network.Classes;
        Steps = steps;
        readers = new GraphReaders(steps.Count, i => steps[i].Inputs);
    }

    public Shape InputShape { get; }

    public OutputHead Head { get; }

    public int Classes { get; }

    /// <summary>The steps in order; step i writes value i, <see cref="Network.Input"/> is the network's input.</summary>
    public IReadOnlyList<InferenceStep> Steps { get; }

    /// <summary>The last step that reads a step's output; the step itself where none does.</summary>
    public int LastReader(int step) => readers.Last(step);

    /// <summary>Fuses, folds and packs. Later changes of the network's weights do not reach the plan.</summary>
    public static InferencePlan Compile(Network network) => Compile(network, strips: true);

    /// <param name="network">A network with trained weights.</param>
    /// <param name="strips">Whether chains of steps are run depth first where that pays; the results are the same bits.</param>
    /// <param name="chosenFor">See <see cref="ConvolutionStep"/>.</param>
    /// <param name="packed">Keeps the packed weights for other sizes of the same network; null: nobody else uses them.</param>
    public static InferencePlan Compile(Network network, bool strips, int chosenFor = 0, PackedWeights? packed = null)
    {
        IReadOnlyList<InferenceStep> steps = new Fusion(
            network,
            (node, weights, output, activation, inputs) =>
                new ConvolutionStep(
                    weights,
                    output,
                    activation,
                    inputs,
                    chosenFor,
                    packed is null ? null : (kernel, values) => packed.Pack(node, kernel, values)
                )
        ).Steps();
        return new InferencePlan(network, strips ? new StripFusion(steps).Steps() : steps);
    }

    /// <summary>A plan of steps that were made elsewhere.</summary>
    public static InferencePlan Create(Network network, IReadOnlyList<InferenceStep> steps) => new(network, steps);
}
