using EmotionMLNet.Kernels;
using EmotionMLNet.Kernels.Convolution;
using EmotionMLNet.Layers;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Benchmarks.Kernels;

/// <summary>One convolution with memory of its own and random content, ready to be timed.</summary>
internal sealed class ConvolutionWork : IDisposable
{
    private readonly ConvolutionKernel kernel;
    private readonly ThreadTeam team;
    private readonly int batch;
    private readonly Tensor x, y, weights, packed, scratch, dx, dw, residual;

    public ConvolutionWork(ConvGeometry geometry, int batch, int threads, int lanes = 0)
    {
        this.batch = batch;
        team = new ThreadTeam(threads, lanes);
        kernel = ConvolutionKernel.Create(geometry, lanes);
        x = Filled((long)batch * geometry.InLength);
        y = Filled((long)batch * geometry.OutLength);
        dx = Filled((long)batch * geometry.InLength);
        weights = Filled(geometry.WeightLength);
        dw = Filled(geometry.WeightLength);
        residual = Filled((long)batch * geometry.OutLength);
        packed = Filled(kernel.PackedFloats);
        scratch = Filled(kernel.ScratchFloats(batch, threads));
        Pack();
    }

    public void Pack() => kernel.Pack(weights.Span, packed.Span, team);

    public void Forward() => kernel.Forward(batch, x.Span, packed.Span, default, y.Span, scratch.Span, team);

    /// <summary>Forward with all that can follow a convolution inside its kernel, but the bias.</summary>
    public void ForwardResidual()
    {
        var epilogue = new Epilogue { Residual = residual.Span, Activation = Activation.Of<Rectifier>() };
        kernel.Forward(batch, x.Span, packed.Span, epilogue, y.Span, scratch.Span, team);
    }

    public void BackwardData() => kernel.BackwardData(batch, y.Span, weights.Span, dx.Span, scratch.Span, team);

    public void BackwardWeights() => kernel.BackwardWeights(batch, x.Span, y.Span, dw.Span, scratch.Span, team);

    public void Dispose() => team.Dispose();

    private static Tensor Filled(long length)
    {
        var tensor = new Tensor(1, Shape.Vector((int)length));
        var random = new Random(1);
        foreach (ref float v in tensor.Span) v = (float)(2 * random.NextDouble() - 1);
        return tensor;
    }
}
