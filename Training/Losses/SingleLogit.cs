using EmotionMLNet.Tensors;

namespace EmotionMLNet.Training.Losses;

/// <summary>
/// A loss of two classes on networks with one sigmoid output: z stands for the logits (0, z), whose softmax is (1 - σ(z), σ(z)).
/// </summary>
/// <param name="loss">A loss of two classes.</param>
internal sealed class SingleLogit(ILoss loss) : ILoss
{
    private Tensor pairs = new(1, Shape.Vector(2)), derivatives = new(1, Shape.Vector(2));

    public double Compute(Tensor logits, ReadOnlySpan<float> targets, Tensor gradient)
    {
        int count = logits.Span.Length;
        if (pairs.Capacity < count) (pairs, derivatives) = (new Tensor(count, Shape.Vector(2)), new Tensor(count, Shape.Vector(2)));
        (pairs.Batch, derivatives.Batch) = (count, count);
        for (int n = 0; n < count; n++) (pairs.Span[2 * n], pairs.Span[2 * n + 1]) = (0, logits.Span[n]);
        double value = loss.Compute(pairs, targets, derivatives);
        for (int n = 0; n < count; n++) gradient.Span[n] = derivatives.Span[2 * n + 1];
        return value;
    }
}
