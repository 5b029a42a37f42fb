using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>
/// Batch normalisation over N, H, W a channel: y = γ (x - μ) / sqrt(σ² + ε) + β. Ioffe and Szegedy 2015, arXiv:1502.03167.
/// </summary>
/// <remarks>
/// x [N, H, W, C]. Training: μ and σ² (biased) of the batch, and running = (1 - momentum) · running + momentum · batch with the unbiased
/// variance, as PyTorch does. Otherwise the running values. weight γ starts from 1, bias β and running_mean from 0, running_var from 1.
/// </remarks>
internal sealed class BatchNorm : Layer
{
    private readonly Parameter[] parameters;

    /// <summary>Creates the identity normalisation.</summary>
    public BatchNorm(int channels, float epsilon = 1e-5f, float momentum = 0.1f)
    {
        Channels = channels;
        Epsilon = epsilon;
        Momentum = momentum;
        Weight = new Parameter("weight", true, false, channels);
        Bias = new Parameter("bias", true, false, channels);
        RunningMean = new Parameter("running_mean", false, false, channels);
        RunningVariance = new Parameter("running_var", false, false, channels);
        parameters = [Weight, Bias, RunningMean, RunningVariance];
        Weight.Values.AsSpan().Fill(1);
        RunningVariance.Values.AsSpan().Fill(1);
    }

    /// <summary>C.</summary>
    public int Channels { get; }

    /// <summary>ε, added to the variance.</summary>
    public float Epsilon { get; }

    /// <summary>Share of the newest batch in the running statistics.</summary>
    public float Momentum { get; }

    /// <summary>Use (and keep) the running statistics in training too: for fine-tuning on small batches.</summary>
    public bool Frozen { get; set; }

    /// <summary>γ [C].</summary>
    public Parameter Weight { get; }

    /// <summary>β [C].</summary>
    public Parameter Bias { get; }

    /// <summary>Running μ [C].</summary>
    public Parameter RunningMean { get; }

    /// <summary>Running σ² [C].</summary>
    public Parameter RunningVariance { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => parameters;

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        Shape x = Single(inputs);
        return x.Channels == Channels ? x : throw new ArgumentException($"{this} wants {Channels} channels, got {x}.");
    }

    internal override Layer Clone() => new BatchNorm(Channels, Epsilon, Momentum) { Frozen = Frozen }.With(this);

    internal override long SavedFloats(ReadOnlySpan<Shape> inputs, int batch) => 4L * Channels;

    internal override long ScratchFloats(ReadOnlySpan<Shape> inputs, int batch, int threads)
        => BatchNormalisation.ScratchFloats(Channels, threads) + Arena.Align(9L * Channels);

    internal override void Forward(LayerContext context) => Forward<Identity>(context, residual: default, context.Output.Span);

    internal override void Backward(LayerContext context) => Backward<Identity>(context, y: default, context.InputGradients[0]);

    /// <summary>y = f(γ (x - μ) / sqrt(σ² + ε) + β + residual); residual may be empty.</summary>
    internal void Forward<TActivation>(LayerContext context, ReadOnlySpan<float> residual, Span<float> y)
        where TActivation : struct, IActivation
    {
        var memory = new Memory(this, context);
        Normalisation(context, memory);
        BatchNormalisation.Normalise<TActivation>(
            context.Input.Span,
            memory.Scale,
            memory.Shift,
            residual,
            y,
            memory.Scratch,
            context.Team
        );
    }

    /// <summary>Derivatives of <see cref="Forward"/>; dX may be dY, or null where nobody needs it.</summary>
    /// <param name="context">The layer's input, parameters and dY.</param>
    /// <param name="y">What Forward wrote, if there was a residual: its gradient then overwrites dY.</param>
    /// <param name="dx">The gradient of x, as long as x.</param>
    internal void Backward<TActivation>(LayerContext context, ReadOnlySpan<float> y, Tensor? dx) where TActivation : struct, IActivation
    {
        var memory = new Memory(this, context);
        ReadOnlySpan<float> x = context.Input.Span;
        Span<float> dy = context.OutputGradient!.Span;
        bool masks = !y.IsEmpty;
        BatchNormGradient.Sums<TActivation>(
            x,
            dy,
            y,
            memory.Mean,
            memory.Scale,
            memory.Shift,
            masks ? dy : default,
            memory.SumD,
            memory.SumDX,
            memory.Scratch,
            context.Team
        );
        Derivatives(memory, x.Length / Channels);
        if (dx is null) return;
        if (masks)
            BatchNormGradient.Input<Identity>(
                x,
                dy,
                memory.Scale,
                memory.Shift,
                memory.Coefficients,
                dx.Span,
                memory.Scratch,
                context.Team
            );
        else
            BatchNormGradient.Input<TActivation>(
                x,
                dy,
                memory.Scale,
                memory.Shift,
                memory.Coefficients,
                dx.Span,
                memory.Scratch,
                context.Team
            );
    }

    /// <summary><see cref="Forward"/> without a residual, then the largest value of each window of 2x2.</summary>
    internal void ForwardPooled<TActivation>(LayerContext context, PoolGeometry windows) where TActivation : struct, IActivation
    {
        var memory = new Memory(this, context);
        Normalisation(context, memory);
        BatchNormPooling.Forward<TActivation>(
            windows,
            context.Batch,
            context.Input.Span,
            memory.Scale,
            memory.Shift,
            context.Output.Span,
            context.Team
        );
    }

    /// <summary>Derivatives of <see cref="ForwardPooled"/>.</summary>
    internal void BackwardPooled<TActivation>(LayerContext context, PoolGeometry windows) where TActivation : struct, IActivation
    {
        var memory = new Memory(this, context);
        ReadOnlySpan<float> x = context.Input.Span, dy = context.OutputGradient!.Span;
        BatchNormPooling.Sums<TActivation>(
            windows,
            context.Batch,
            x,
            dy,
            memory.Mean,
            memory.Scale,
            memory.Shift,
            memory.SumD,
            memory.SumDX,
            memory.Scratch,
            context.Team
        );
        Derivatives(memory, x.Length / Channels);
        if (context.InputGradients[0] is { } dx)
            BatchNormPooling.Input<TActivation>(
                windows,
                context.Batch,
                x,
                dy,
                memory.Scale,
                memory.Shift,
                memory.Coefficients,
                dx.Span,
                context.Team
            );
    }

    /// <summary>Statistics, and what follows from them: y = scale · x + shift.</summary>
    private void Normalisation(LayerContext context, Memory memory)
    {
        ReadOnlySpan<float> x = context.Input.Span;
        if (context.Training && !Frozen)
        {
            BatchNormalisation.Statistics(x, memory.Mean, memory.Inverse, memory.Scratch, context.Team);
            UpdateRunning(memory.Mean, memory.Inverse, x.Length / Channels);
        }
        else
        {
            RunningMean.Values.CopyTo(memory.Mean);
            RunningVariance.Values.CopyTo(memory.Inverse);
        }
        for (int c = 0; c < Channels; c++)
        {
            double inverse = 1 / Math.Sqrt((double)memory.Inverse[c] + Epsilon);
            memory.Inverse[c] = (float)inverse; // the variance until here
            memory.Scale[c] = (float)(Weight.Values[c] * inverse);
            memory.Shift[c] = (float)(Bias.Values[c] - memory.Mean[c] * Weight.Values[c] * inverse);
        }
    }

    /// <summary>Gradients of γ and β from the sums over d, and dX = a · d + b · x + c.</summary>
    private void Derivatives(Memory memory, double count)
    {
        for (int c = 0; c < Channels; c++)
        {
            double i = memory.Inverse[c], dGamma = memory.SumDX[c] * i;
            if (Bias.Gradient is { } dBeta) dBeta[c] = memory.SumD[c];         // dβ = Σ d
            if (Weight.Gradient is { } dWeight) dWeight[c] = (float)dGamma;    // dγ = Σ d x̂, x̂ = (x - μ) / sqrt(σ² + ε)
            // dX = γ / sqrt(σ² + ε) · (d - dβ / n - x̂ dγ / n), or without the last two terms where μ and σ² were constants
            double b = Frozen ? 0 : -memory.Scale[c] * i * dGamma / count;
            memory.Coefficients[c] = memory.Scale[c];
            memory.Coefficients[Channels + c] = (float)b;
            memory.Coefficients[2 * Channels + c] = (float)(-b * memory.Mean[c] - (Frozen ? 0 : memory.Scale[c] * memory.SumD[c] / count));
        }
    }

    /// <summary>One value a channel each, kept for the backward pass or scratch.</summary>
    private readonly ref struct Memory
    {
        public Memory(BatchNorm norm, LayerContext context)
        {
            int channels = norm.Channels;
            Span<float> kept = context.Training ? context.Saved : context.Scratch[..(4 * channels)],
                scratch = context.Scratch[(4 * channels)..];
            Mean = kept[..channels];
            Inverse = kept.Slice(channels, channels);
            Scale = kept.Slice(2 * channels, channels);
            Shift = kept.Slice(3 * channels, channels);
            Coefficients = scratch[..(3 * channels)];
            SumD = scratch.Slice(3 * channels, channels);
            SumDX = scratch.Slice(4 * channels, channels);
            Scratch = context.Scratch[(int)Arena.Align(9L * channels)..];
        }

        public Span<float> Mean { get; }

        /// <summary>1 / sqrt(σ² + ε).</summary>
        public Span<float> Inverse { get; }

        public Span<float> Scale { get; }

        public Span<float> Shift { get; }

        public Span<float> Coefficients { get; }

        public Span<float> SumD { get; }

        public Span<float> SumDX { get; }

        public Span<float> Scratch { get; }
    }

    private void UpdateRunning(ReadOnlySpan<float> mean, ReadOnlySpan<float> variance, int count)
    {
        float unbiased = count > 1 ? (float)count / (count - 1) : 1;
        for (int c = 0; c < Channels; c++)
        {
            RunningMean.Values[c] += Momentum * (mean[c] - RunningMean.Values[c]);
            RunningVariance.Values[c] += Momentum * (variance[c] * unbiased - RunningVariance.Values[c]);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"BatchNorm({Channels})";
}
