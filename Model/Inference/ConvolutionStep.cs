using EmotionMLNet.Kernels;
using EmotionMLNet.Kernels.Convolution;
using EmotionMLNet.Kernels.Strips;
using EmotionMLNet.Layers;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Inference;

/// <summary>A convolution (or linear layer) with everything that was fused into it.</summary>
internal sealed class ConvolutionStep : InferenceStep
{
    private readonly PackedConvolution many;
    private readonly PackedConvolution? single;
    private readonly Tensor bias;
    private readonly UnaryLayer? activation;
    private readonly int chosenFor;

    /// <param name="weights">Sizes, folded weights and biases.</param>
    /// <param name="output">Shape of one image's output.</param>
    /// <param name="activation">Applied last; null for none.</param>
    /// <param name="inputs">The input, and the residual if there is one.</param>
    /// <param name="chosenFor">Images that the algorithm is chosen for, however many are run: the bits then don't depend on that; 0
    /// chooses for as many as a session holds.</param>
    /// <param name="pack">Packs the weights for a kernel; null: for this step alone.</param>
    public ConvolutionStep(
        FoldedWeights weights,
        Shape output,
        UnaryLayer? activation,
        IReadOnlyList<int> inputs,
        int chosenFor = 0,
        Func<ConvolutionKernel, float[], Tensor>? pack = null
    )
        : base(inputs, output)
    {
        ConvGeometry geometry = weights.Geometry;
        pack ??= static (kernel, values) => PackedWeights.Pack(kernel, values);
        many = Pack(ConvolutionKernel.Create(geometry));
        ConvolutionKernel forOne = ConvolutionKernel.Create(geometry, batch: 1);
        if (forOne.GetType() != many.Kernel.GetType()) single = Pack(forOne);
        bias = new Tensor(1, Shape.Vector(weights.Bias.Length));
        weights.Bias.CopyTo(bias.Span);
        this.activation = activation;
        this.chosenFor = chosenFor;
        Strips = new ConvolutionStrips(many.Kernel, PinnedFloats.Of(many.Weights.Span), PinnedFloats.Of(bias.Span), Limits(activation));

        PackedConvolution Pack(ConvolutionKernel kernel) => new(kernel, pack(kernel, weights.Weight));
    }

    public override StripKernel Strips { get; }

    public override long MultiplyAdds => (long)many.Kernel.Geometry.OutLength * many.Kernel.Geometry.Depth;

    public override long WeightFloats(int batch) => For(batch).Kernel.PackedFloats;

    public override long ScratchFloats(int batch, int threads) => For(batch).Kernel.ScratchFloats(batch, threads);

    public override Action Bind(Tensor[] inputs, Tensor output, Arena scratch, ThreadTeam team)
    {
        (ConvolutionKernel kernel, Tensor packed) = For(output.Capacity);
        Activation limits = Limits(activation);
        return () =>
        {
            var epilogue = new Epilogue { Bias = bias.Span, Residual = inputs.Length > 1 ? inputs[1].Span : default, Activation = limits };
            kernel.Forward(inputs[0].Batch, inputs[0].Span, packed.Span, epilogue, output.Span, scratch.Slice(0, scratch.Length), team);
        };
    }

    public override string Describe(int batch) => Describe(For(batch).Kernel, many.Kernel.Geometry, Inputs.Count > 1, activation);

    /// <summary>One line for a profile.</summary>
    public static string Describe(object kernel, ConvGeometry g, bool residual, UnaryLayer? activation)
        => $"{kernel} ({g.InChannels} → {g.OutChannels}, {g.KernelHeight}x{g.KernelWidth})" + (residual ? " + residual" : "")
            + (activation is null ? "" : $" + {activation}");

    /// <summary>What kernels apply for a layer, or for none.</summary>
    public static Activation Limits(UnaryLayer? activation) => activation?.Activation ?? Activation.None;

    public override string ToString() => Describe(int.MaxValue);

    // The algorithm for one image serves for as many as it suits.
    private PackedConvolution For(int batch) =>
        single is not null
        && ConvolutionKernel.Create(many.Kernel.Geometry, batch: chosenFor > 0 ? chosenFor : batch).GetType() == single.Kernel.GetType()
            ? single
            : many;

    /// <summary>An algorithm and the weights as it reads them.</summary>
    private sealed record PackedConvolution(ConvolutionKernel Kernel, Tensor Weights);
}
