using System.Runtime.InteropServices;
using EmotionMLNet.Kernels;
using EmotionMLNet.Kernels.Convolution;
using EmotionMLNet.Kernels.Quantised;
using EmotionMLNet.Layers;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Inference;

/// <summary>A step whose output is bytes, four in the place of a float.</summary>
internal abstract class ByteStep(IReadOnlyList<int> inputs, Shape output) : InferenceStep(inputs, output)
{
    public override Shape Storage => Packed(Output);

    /// <summary>Room for an image of bytes in floats.</summary>
    public static Shape Packed(Shape shape) => Shape.Vector((shape.Length + sizeof(float) - 1) / sizeof(float));

    protected static Span<byte> BytesOf(Tensor tensor) => MemoryMarshal.AsBytes(tensor.Span);
}

/// <summary>A convolution from bytes to bytes with everything that was fused into it.</summary>
/// <param name="layer">Folded weights and scales.</param>
/// <param name="output">Shape of one image's output.</param>
/// <param name="inputs">The input, and the residual if there is one.</param>
/// <param name="activation">The activation that <see cref="QuantisedLayer.Activation"/> stands for, to be named in profiles.</param>
/// <param name="fromFloats">Whether the input is floats, as the network's own is, which are quantised first.</param>
internal sealed class QuantisedConvolutionStep(
    QuantisedLayer layer, Shape output, IReadOnlyList<int> inputs, UnaryLayer? activation, bool fromFloats)
    : ByteStep(inputs, output)
{
    private readonly QuantisedConvolution kernel = QuantisedConvolution.Create(layer);
    private readonly ByteScale scale = layer.Input;

    public override long MultiplyAdds => (long)kernel.Geometry.OutLength * kernel.Geometry.Depth;

    public override long WeightFloats(int batch) => kernel.PackedBytes / sizeof(float);

    public override long ScratchFloats(int batch, int threads) => InputFloats(batch) + kernel.ScratchFloats(batch, threads);

    public override Action Bind(Tensor[] inputs, Tensor output, Arena scratch, ThreadTeam team)
    {
        int bytesIn = checked((int)InputFloats(output.Capacity));
        return () =>
        {
            Span<byte> x = BytesOf(inputs[0]), residual = inputs.Length > 1 ? BytesOf(inputs[1]) : default;
            if (fromFloats)
            {
                ReadOnlySpan<float> floats = inputs[0].Span;
                x = MemoryMarshal.AsBytes(scratch.Slice(0, bytesIn))[..floats.Length];
                ByteConversion.Quantise(floats, scale, x, team);
            }
            kernel.Forward(output.Batch, x, residual, BytesOf(output), scratch.Slice(bytesIn, scratch.Length - bytesIn), team);
        };
    }

    public override string ToString() => ConvolutionStep.Describe(kernel, kernel.Geometry, Inputs.Count > 1, activation);

    private long InputFloats(int batch) =>
        fromFloats
            ? Arena.Align(
                (long)batch * ByteStep.Packed(new Shape(kernel.Geometry.Height, kernel.Geometry.Width, kernel.Geometry.InChannels)).Length
            )
            : 0;
}

/// <summary>Max pooling of bytes.</summary>
internal sealed class QuantisedPoolStep(PoolGeometry geometry, Shape output, IReadOnlyList<int> inputs, string name)
    : ByteStep(inputs, output)
{
    public override Action Bind(Tensor[] inputs, Tensor output, Arena scratch, ThreadTeam team)
        => () => BytePooling.Max(geometry, inputs[0].Batch, BytesOf(inputs[0]), BytesOf(output), team);

    public override string ToString() => $"int8 {name}";
}
