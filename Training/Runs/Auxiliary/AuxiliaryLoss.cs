using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Losses;

namespace EmotionMLNet.Training.Runs.Auxiliary;

/// <summary>
/// L = main(first K logits, first K targets) + w / N · Σ_n Σ_a -t_na log softmax(z_n)_a over the other logits and targets of a
/// <see cref="AuxiliaryHead"/>.
/// </summary>
/// <remarks>
/// An image without votes has targets of 0 there and does not count; of a mixed pair the one with votes counts by its share. So the sum is
/// divided by the batch, not by the images that have votes. dL/dz_a = w (p_a Σ t - t_a) / N.
/// </remarks>
/// <param name="main">The loss on the labels.</param>
/// <param name="classes">K.</param>
/// <param name="outputs">A, of the second task.</param>
/// <param name="weight">w, positive.</param>
/// <param name="batch">Most images a step.</param>
internal sealed class AuxiliaryLoss(ILoss main, int classes, int outputs, float weight, int batch) : ILoss
{
    private readonly Tensor logits = new(batch, Shape.Vector(classes)), derivatives = new(batch, Shape.Vector(classes));
    private readonly float[] targets = new float[batch * classes];

    public double Compute(Tensor logits, ReadOnlySpan<float> targets, Tensor gradient)
    {
        int count = logits.Batch, width = classes + outputs;
        (this.logits.Batch, derivatives.Batch) = (count, count);
        for (int n = 0; n < count; n++)
        {
            logits.Image(n)[..classes].CopyTo(this.logits.Image(n));
            targets.Slice(n * width, classes).CopyTo(this.targets.AsSpan(n * classes));
        }
        double loss = main.Compute(this.logits, this.targets.AsSpan(0, count * classes), derivatives), second = 0;
        double scale = (double)weight / count;
        for (int n = 0; n < count; n++)
        {
            derivatives.Image(n).CopyTo(gradient.Image(n));
            second += Second(logits.Image(n)[classes..], targets.Slice(n * width + classes, outputs), gradient.Image(n)[classes..], scale);
        }
        return loss + scale * second;
    }

    private static double Second(ReadOnlySpan<float> z, ReadOnlySpan<float> t, Span<float> dz, double scale)
    {
        double logSum = SoftmaxCrossEntropy.LogSumExp(z), mass = 0, loss = 0;
        foreach (float share in t) mass += share;
        for (int a = 0; a < z.Length; a++)
        {
            double logP = z[a] - logSum;
            loss -= t[a] * logP;
            dz[a] = (float)(scale * (Math.Exp(logP) * mass - t[a]));
        }
        return loss;
    }
}
