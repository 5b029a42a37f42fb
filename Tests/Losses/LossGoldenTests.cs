using EmotionMLNet.Tensors;
using EmotionMLNet.Tests.Layers;
using EmotionMLNet.Training.Losses;

namespace EmotionMLNet.Tests.Losses;

/// <summary>Losses and their derivatives against PyTorch's values.</summary>
public sealed class LossGoldenTests
{
    public static TheoryData<string> Names => [.. LayersGolden.Instance.Losses.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Loss_and_derivative_equal_PyTorch(string name)
    {
        GoldenLoss golden = LayersGolden.Instance.Losses[name];
        bool binary = name.StartsWith("sigmoid", StringComparison.Ordinal);
        ILoss loss = binary ? new SigmoidBinaryCrossEntropy(golden.LabelSmoothing, golden.ClassWeights)
            : new SoftmaxCrossEntropy(golden.Classes, golden.LabelSmoothing, golden.ClassWeights);
        var shape = Shape.Vector(binary ? 1 : golden.Classes);
        Tensor logits = new(golden.Batch, shape), gradient = new(golden.Batch, shape);
        LayersGolden.Floats(golden.Logits).CopyTo(logits.Span);

        double value = loss.Compute(logits, LayersGolden.Floats(golden.Targets), gradient);

        Assert.Equal(golden.Loss, value, 1e-6 * (1 + Math.Abs(golden.Loss)));
        LayersGolden.AssertClose("dz", golden.Gradient, gradient.Span, 1e-6f);
    }
}
