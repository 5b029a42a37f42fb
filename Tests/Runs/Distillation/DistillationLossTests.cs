using System.Text.Json;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Losses;
using EmotionMLNet.Training.Runs.Distillation;

namespace EmotionMLNet.Tests.Runs.Distillation;

public sealed class DistillationLossTests
{
    private static readonly Dictionary<string, GoldenCase> Cases = JsonSerializer.Deserialize<GoldenFile>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "distillation.json")), JsonSerializerOptions.Web)!.Cases;

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Loss_and_derivative_equal_PyTorch(string name)
    {
        GoldenCase golden = Cases[name];
        (Tensor logits, Tensor gradient, ILoss loss) = golden.Make();
        double value = loss.Compute(logits, golden.Targets, gradient);
        Assert.Equal(golden.Loss, value, 1e-6 * (1 + Math.Abs(golden.Loss)));
        double scale = golden.Gradient.Max(Math.Abs) + 1e-3;
        for (int i = 0; i < golden.Gradient.Length; i++)
            Assert.True(
                Math.Abs(golden.Gradient[i] - gradient.Span[i]) < 1e-6 * scale,
                $"dz[{i}]: PyTorch {golden.Gradient[i]}, ours {gradient.Span[i]} (Tests/Golden/distillation.py)."
            );
    }

    [Theory]
    [InlineData("softmax, warm"), InlineData("softmax, cold, smoothed and weighted"), InlineData("sigmoid, smoothed")]
    public void The_derivative_is_that_of_the_loss(string name)
    {
        GoldenCase golden = Cases[name];
        (Tensor logits, Tensor gradient, ILoss loss) = golden.Make();
        loss.Compute(logits, golden.Targets, gradient);
        float[] derivative = gradient.Span.ToArray();
        const float Step = 1f / 256;
        for (int i = 0; i < derivative.Length; i++)
        {
            float z = logits.Span[i];
            logits.Span[i] = z + Step;
            double up = loss.Compute(logits, golden.Targets, gradient);
            logits.Span[i] = z - Step;
            double down = loss.Compute(logits, golden.Targets, gradient);
            logits.Span[i] = z;
            Assert.Equal((up - down) / (2 * Step), derivative[i], 1e-4);
        }
    }

    [Fact]
    public void A_student_that_says_what_its_teacher_says_has_nothing_to_learn_at_any_temperature()
    {
        float[] probabilities = [0.5f, 0.25f, 0.25f, 0.0625f, 0.0625f, 0.875f];
        Tensor teachers = Filled(2, 3, probabilities),
            logits = Filled(2, 3, [.. probabilities.Select(p => MathF.Log(p))]),
            gradient = new(2, Shape.Vector(3));
        foreach (float temperature in new[] { 0.5f, 1, 4 })
        {
            double loss = new DistillationLoss(new SoftmaxCrossEntropy(3), teachers, weight: 1, temperature).Compute(
                logits,
                [1, 0, 0, 1, 0, 0],
                gradient
            );
            Assert.Equal(0, loss, 1e-6);
            foreach (float d in gradient.Span) Assert.Equal(0, d, 1e-6f);
        }
    }

    private static Tensor Filled(int batch, int values, float[] content)
    {
        var tensor = new Tensor(batch, Shape.Vector(values));
        content.CopyTo(tensor.Span);
        return tensor;
    }

    private sealed record GoldenFile(Dictionary<string, GoldenCase> Cases);

    /// <param name="Logits">[N, Classes], or [N] of a sigmoid head.</param>
    private sealed record GoldenCase(
        int Classes,
        float Weight,
        float Temperature,
        float LabelSmoothing,
        float[]? ClassWeights,
        float[] Logits,
        float[] Teachers,
        float[] Targets,
        double Loss,
        double[] Gradient
    )
    {
        public (Tensor Logits, Tensor Gradient, ILoss Loss) Make()
        {
            int batch = Targets.Length / Classes, outputs = Logits.Length / batch;
            ILoss hard =
                outputs == 1
                    ? new SigmoidBinaryCrossEntropy(LabelSmoothing, ClassWeights)
                    : new SoftmaxCrossEntropy(Classes, LabelSmoothing, ClassWeights);
            return (
                Filled(batch, outputs, Logits),
                new Tensor(batch, Shape.Vector(outputs)),
                new DistillationLoss(hard, Filled(batch, Classes, Teachers), Weight, Temperature)
            );
        }
    }
}
