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

    internal override void Forward(LayerContext context) => throw new NotImplementedException();

    internal override void Backward(LayerContext context) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override string ToString() => $"BatchNorm({Channels})";
}
