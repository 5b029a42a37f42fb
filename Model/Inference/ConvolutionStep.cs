using EmotionMLNet.Kernels;
using EmotionMLNet.Kernels.Convolution;
using EmotionMLNet.Kernels.Strips;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Inference;

/// <summary>A convolution (or linear layer) with everything that was fused into it.</summary>
internal sealed class ConvolutionStep : InferenceStep
{
    private readonly ConvolutionKernel kernel;
    private readonly Tensor packed;
    private readonly Tensor bias;
    private readonly Activation activation;

    /// <param name="weights">Folded weights and biases.</param>
    /// <param name="input">Shape of one image's input.</param>
    /// <param name="output">Shape of one image's output.</param>
    /// <param name="activation">Applied last.</param>
    /// <param name="inputs">The input, and the residual if there is one.</param>
    public ConvolutionStep(FoldedWeights weights, Shape input, Shape output, Activation activation, IReadOnlyList<int> inputs)
        : base(inputs, output)
    {
        kernel = ConvolutionKernel.Create(weights.Shape.GeometryFor(input));
        packed = new Tensor(1, Shape.Vector(kernel.PackedFloats));
        using var team = new ThreadTeam(1);
        kernel.Pack(weights.Weight, packed.Span, team);
        bias = new Tensor(1, Shape.Vector(weights.Bias.Length));
        weights.Bias.CopyTo(bias.Span);
        this.activation = activation;
        Strips = new ConvolutionStrips(kernel, PinnedFloats.Of(packed.Span), PinnedFloats.Of(bias.Span), activation);
    }

    public override StripKernel Strips { get; }

    public override long MultiplyAdds => (long)kernel.Geometry.OutLength * kernel.Geometry.Depth;

    public override long WeightFloats => kernel.PackedFloats;

    public override long ScratchFloats(int batch, int threads) => kernel.ScratchFloats(batch, threads);

    public override Action Bind(Tensor[] inputs, Tensor output, Arena scratch, ThreadTeam team) => () =>
    {
        var epilogue = new Epilogue { Bias = bias.Span, Residual = inputs.Length > 1 ? inputs[1].Span : default, Activation = activation };
        kernel.Forward(inputs[0].Batch, inputs[0].Span, packed.Span, epilogue, output.Span, scratch.Slice(0, scratch.Length), team);
    };

    public override string ToString() => Describe(kernel, kernel.Geometry, Inputs.Count > 1, activation);

    /// <summary>One line for a profile.</summary>
    public static string Describe(object kernel, ConvGeometry g, bool residual, Activation activation)
        => $"{kernel} ({g.InChannels} → {g.OutChannels}, {g.KernelHeight}x{g.KernelWidth})" + (residual ? " + residual" : "") + (activation == Activation.None ? "" : $" + {activation}");
}
