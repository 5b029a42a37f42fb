using System.Text.Json;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Losses;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Losses;

/// <summary>Losses for noisy labels against PyTorch's values, their own differences, and their limits.</summary>
public sealed class RobustLossTests
{
    private sealed record Case(
        string Text,
        int Classes,
        float LabelSmoothing,
        float[]? ClassWeights,
        float[] Logits,
        float[] Targets,
        double Loss,
        float[] Gradient
    );

    private static Case[] Cases { get; } =
        JsonSerializer.Deserialize<Case[]>(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "robust-losses.json")),
            JsonSerializerOptions.Web
        )!;

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Cases.Length)];

    private static (double Loss, float[] Gradient) Compute(ILoss loss, float[] logits, float[] targets, int outputs)
    {
        Tensor z = new(logits.Length / outputs, Shape.Vector(outputs)), dz = new(logits.Length / outputs, Shape.Vector(outputs));
        logits.CopyTo(z.Span);
        return (loss.Compute(z, targets, dz), dz.Span.ToArray());
    }

    private static void AssertClose(float[] expected, float[] actual, double tolerance, string what)
    {
        float scale = expected.Max(MathF.Abs) + 1e-3f;
        for (int i = 0; i < expected.Length; i++)
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= tolerance * scale,
                $"{what} dz[{i}]: expected {expected[i]}, ours {actual[i]}"
            );
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Loss_and_derivative_equal_PyTorch(int number)
    {
        Case c = Cases[number];
        ILoss loss = LossFactory.Make(LossFunction.Parse(c.Text), OutputHead.Softmax, c.Classes, c.LabelSmoothing, c.ClassWeights);
        (double value, float[] gradient) = Compute(loss, c.Logits, c.Targets, c.Classes);
        Assert.Equal(c.Loss, value, 1e-6 * (1 + Math.Abs(c.Loss)));
        AssertClose(c.Gradient, gradient, 1e-6, $"{c.Text}, case {number} of Tests/Golden/robust-losses.py:");
    }

    [Theory]
    [InlineData("gce=0.7")]
    [InlineData("bootstrap=0.8")]
    public void Derivatives_equal_finite_differences(string text)
    {
        const int Outputs = 5;
        const float Step = 1e-3f;
        float[] logits = RandomValues.Uniform(3 * Outputs, seed: 4, range: 3),
            targets = [.. Enumerable.Range(0, 3 * Outputs).Select(i => i % Outputs == i / Outputs ? 0.7f : 0.075f)];
        ILoss loss = LossFactory.Make(LossFunction.Parse(text), OutputHead.Softmax, Outputs, 0.1f, [1, 2, 0.5f, 1, 3]);
        float[] gradient = Compute(loss, logits, targets, Outputs).Gradient;
        float[] differences = [.. logits.Select((z, i) =>
        {
            float[] up = [.. logits], down = [.. logits];
            (up[i], down[i]) = (z + Step, z - Step);
            return (float)(
                (Compute(loss, up, targets, Outputs).Loss - Compute(loss, down, targets, Outputs).Loss) / (up[i] - (double)down[i])
            );
        })];
        AssertClose(differences, gradient, 1e-4, text);
    }

    [Theory]
    [InlineData("gce=0.7")]
    [InlineData("bootstrap=0.95")]
    public void A_sigmoid_output_learns_as_two_softmax_outputs_do(string text)
    {
        float[] z = [-2, 0.5f, 3], targets = [1, 0, 0.3f, 0.7f, 1, 0], pairs = [.. z.SelectMany(v => (float[])[0, v])];
        (double loss, float[] gradient) = Compute(
            LossFactory.Make(LossFunction.Parse(text), OutputHead.Sigmoid, 2, 0.1f, [2, 1]),
            z,
            targets,
            1
        );
        (double expected, float[] derivatives) = Compute(
            LossFactory.Make(LossFunction.Parse(text), OutputHead.Softmax, 2, 0.1f, [2, 1]),
            pairs,
            targets,
            2
        );
        Assert.Equal(expected, loss, 1e-12);
        Assert.Equal(derivatives.Where((_, i) => i % 2 == 1), gradient);
    }

    [Fact]
    public void Towards_their_limits_both_are_cross_entropy()
    {
        Case c = Cases[0];
        (double expected, float[] gradient) = Compute(new SoftmaxCrossEntropy(c.Classes), c.Logits, c.Targets, c.Classes);
        foreach (string text in new[] { "gce=1e-6", "bootstrap=1" })
        {
            (double loss, float[] derivative) = Compute(
                LossFactory.Make(LossFunction.Parse(text), OutputHead.Softmax, c.Classes, 0, null),
                c.Logits,
                c.Targets,
                c.Classes
            );
            Assert.Equal(expected, loss, 1e-4);
            AssertClose(gradient, derivative, 1e-4, text);
        }
    }

    [Fact]
    public void A_wrong_label_pulls_less_than_with_cross_entropy()
    {
        float[] logits = [6, 0, 0], targets = [0, 1, 0];
        float Pull(string text) =>
            -Compute(LossFactory.Make(LossFunction.Parse(text), OutputHead.Softmax, 3, 0, null), logits, targets, 3).Gradient[1];
        Assert.True(Pull("gce=0.7") < Pull("cross-entropy") / 10);
        Assert.True(Pull("bootstrap=0.8") < Pull("cross-entropy"));
    }

    [Theory]
    [InlineData("cross-entropy", true)]
    [InlineData("gce", true)]
    [InlineData("bootstrap=0.5", true)]
    [InlineData("gce=0", false)]
    [InlineData("gce=1.5", false)]
    [InlineData("gce=x", false)]
    [InlineData("cross-entropy=1", false)]
    [InlineData("hinge", false)]
    public void A_loss_is_known_or_refused(string text, bool valid) 
    {
        if (valid) Assert.Equal(text.Split('=')[0], LossFunction.Parse(text).ToString().Split('=')[0]);
        else Assert.Throws<FormatException>(() => LossFunction.Parse(text));
    }
}
