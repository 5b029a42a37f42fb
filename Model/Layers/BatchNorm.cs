using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>Batch normalisation over N, H, W a channel: y = γ (x - μ) / sqrt(σ² + ε) + β. Ioffe and Szegedy 2015, arXiv:1502.03167.</summary>
/// <remarks>
/// x [N, H, W, C]. Training: μ and σ² (biased) of the batch, and running = (1 - momentum) · running + momentum · batch with the unbiased
/// variance, as PyTorch does. Otherwise the running values. weight γ starts from 1, bias β and running_mean from 0, running_var from 1.
/// </remarks>
public sealed class BatchNorm : Layer
{
    private readonly Parameter[] parameters;

    /// <summary>Creates the identity normalisation.</summary>
    public BatchNorm(int channels, float epsilon = 1e-5f, float momentum = 0.1f)
    {
        (Channels, Epsilon, Momentum) = (channels, epsilon, momentum);
        Weight = new Parameter("weight", true, false, channels);
        Bias = new Parameter("bias", true, false, channels);
        RunningMean = new Parameter("running_mean", false, false, channels);
        RunningVariance = new Parameter("running_var", false, false, channels);
        parameters = [Weight, Bias, RunningMean, RunningVariance];
        Weight.Value.AsSpan().Fill(1);
        RunningVariance.Value.AsSpan().Fill(1);
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
        => BatchNormalisation.ScratchFloats(Channels, threads) + Arena.Align(5L * Channels);

    internal override void Forward(LayerContext context) => Forward(context, relu: false, context.Output);

    internal override void Backward(LayerContext context) => Backward(context, relu: false, context.OutputGradient!, context.InputGradients[0]);

    /// <summary>y = γ (x - μ) / sqrt(σ² + ε) + β, followed by ReLU if wanted.</summary>
    internal void Forward(LayerContext context, bool relu, Tensor y)
    {
        ReadOnlySpan<float> x = context.Input.Span;
        Span<float> statistics = context.Training ? context.Saved : context.Scratch[..(4 * Channels)], scratch = context.Scratch[(int)Arena.Align(5L * Channels)..];
        Span<float> mean = statistics[..Channels], deviation = statistics.Slice(Channels, Channels), scale = statistics.Slice(2 * Channels, Channels), shift = statistics[(3 * Channels)..];
        if (context.Training && !Frozen)
        {
            BatchNormalisation.Statistics(x, mean, deviation, scratch, context.Team);
            UpdateRunning(mean, deviation, x.Length / Channels);
        }
        else
        {
            RunningMean.Values.CopyTo(mean);
            RunningVariance.Values.CopyTo(deviation);
        }
        for (int c = 0; c < Channels; c++)
        {
            double inverse = 1 / Math.Sqrt((double)deviation[c] + Epsilon);
            deviation[c] = (float)inverse; // from here on 1 / sqrt(σ² + ε)
            scale[c] = (float)(Weight.Value[c] * inverse);
            shift[c] = (float)(Bias.Value[c] - mean[c] * Weight.Value[c] * inverse);
        }
        BatchNormalisation.Normalise(x, scale, shift, relu, y.Span, context.Team);
    }

    /// <summary>Derivatives of <see cref="Forward(LayerContext, bool, Tensor)"/>; dX may be dY, or null where nobody needs it.</summary>
    internal void Backward(LayerContext context, bool relu, Tensor gradient, Tensor? dx)
    {
        ReadOnlySpan<float> x = context.Input.Span, dy = gradient.Span, saved = context.Saved;
        ReadOnlySpan<float> mean = saved[..Channels], inverse = saved.Slice(Channels, Channels), scale = saved.Slice(2 * Channels, Channels), shift = saved[(3 * Channels)..];
        Span<float> coefficients = context.Scratch[..(3 * Channels)], sumDy = context.Scratch.Slice(3 * Channels, Channels), sumDyX = context.Scratch.Slice(4 * Channels, Channels);
        BatchNormalisation.GradientSums(x, dy, mean, scale, shift, relu, sumDy, sumDyX, context.Scratch[(int)Arena.Align(5L * Channels)..], context.Team);
        double count = x.Length / Channels;
        for (int c = 0; c < Channels; c++)
        {
            double i = inverse[c], dGamma = sumDyX[c] * i;
            Bias.Gradient![c] = sumDy[c];         // dβ = Σ dY
            Weight.Gradient![c] = (float)dGamma;  // dγ = Σ dY x̂, x̂ = (x - μ) / sqrt(σ² + ε)
            // dX = γ / sqrt(σ² + ε) · (dY - dβ / n - x̂ dγ / n), or without the last two terms where μ and σ² were constants
            double b = Frozen ? 0 : -scale[c] * i * dGamma / count;
            coefficients[c] = scale[c];
            coefficients[Channels + c] = (float)b;
            coefficients[2 * Channels + c] = (float)(-b * mean[c] - (Frozen ? 0 : scale[c] * sumDy[c] / count));
        }
        if (dx is not null) BatchNormalisation.InputGradient(x, dy, scale, shift, relu, coefficients, dx.Span, context.Team);
    }

    private void UpdateRunning(ReadOnlySpan<float> mean, ReadOnlySpan<float> variance, int count)
    {
        float unbiased = count > 1 ? (float)count / (count - 1) : 1;
        for (int c = 0; c < Channels; c++)
        {
            RunningMean.Value[c] += Momentum * (mean[c] - RunningMean.Value[c]);
            RunningVariance.Value[c] += Momentum * (variance[c] * unbiased - RunningVariance.Value[c]);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"BatchNorm({Channels})";
}
