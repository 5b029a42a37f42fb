namespace EmotionMLNet.Training.ImageClassification;

/// <summary>How the learning rate of an <see cref="ImageClassificationTrainer"/> falls; the names and formulas are ML.NET's.</summary>
/// <remarks>
/// In ML.NET a scheduler brings a rate of its own and the option LearningRate is ignored. Here every scheduler scales that option, so both
/// count.
/// </remarks>
public abstract class LearningRateScheduler
{
    /// <summary>The learning rate at a step.</summary>
    /// <param name="learningRate">The option LearningRate.</param>
    /// <param name="batchesDone">Over all epochs.</param>
    /// <param name="batchesPerEpoch">Number of batches, at least 1, also where there are fewer images than a batch holds.</param>
    /// <param name="batchSize">The option BatchSize.</param>
    public abstract double Rate(double learningRate, int batchesDone, int batchesPerEpoch, int batchSize);
}

/// <summary>rate · decay^(batches / decaySteps), decaySteps = batchesPerEpoch · epochsPerDecay; in steps if staircase.</summary>
public sealed class ExponentialLRDecay(float epochsPerDecay = 2, float decayRate = 0.94f, bool staircase = true) : LearningRateScheduler
{
    /// <inheritdoc/>
    public override double Rate(double learningRate, int batchesDone, int batchesPerEpoch, int batchSize)
    {
        double periods = batchesDone / ((double)batchesPerEpoch * epochsPerDecay);
        return learningRate * Math.Pow(decayRate, staircase ? Math.Floor(periods) : periods);
    }
}

/// <summary>
/// Linear scaling by batch size and steps after Goyal et al. 2017 (arXiv:1706.02677): rate · batch / 128 · 1, 0.1, 0.01, 0.0001 from epochs
/// 0, 91, 136, 182.
/// </summary>
public sealed class LsrDecay : LearningRateScheduler
{
    /// <inheritdoc/>
    public override double Rate(double learningRate, int batchesDone, int batchesPerEpoch, int batchSize)
    {
        int epoch = batchesDone / batchesPerEpoch;
        double factor = epoch < 91 ? 1 : epoch < 136 ? 0.1 : epoch < 182 ? 0.01 : 0.0001;
        return learningRate * batchSize / 128 * factor;
    }
}

/// <summary>(rate - end) · (1 - batches / decaySteps)^power + end; with cycle it begins anew over longer and longer periods.</summary>
public sealed class PolynomialLRDecay(float epochsPerDecay = 2, float endLearningRate = 0.0001f, float power = 1, bool cycle = false)
    : LearningRateScheduler
{
    /// <inheritdoc/>
    public override double Rate(double learningRate, int batchesDone, int batchesPerEpoch, int batchSize)
    {
        double steps = (double)batchesPerEpoch * epochsPerDecay;
        if (cycle) steps *= Math.Max(1, Math.Ceiling(batchesDone / steps));
        double share = Math.Min(batchesDone, steps) / steps;
        return (learningRate - endLearningRate) * Math.Pow(1 - share, power) + endLearningRate;
    }
}
