using System.Text.Json;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Losses;
using EmotionMLNet.Training.Runs.Auxiliary;

namespace EmotionMLNet.Tests.Runs.Auxiliary;

/// <summary>
/// Three images, two labels and three answers: the first image has votes, the second none, the third is half of one that has.
/// </summary>
public sealed class AuxiliaryLossTests
{
    private static readonly float[] Targets =
    [
        1, 0, /**/ 0.25f, 0.75f, 0,
        0, 1, /**/ 0, 0, 0,
        0.5f, 0.5f, /**/ 0, 0.25f, 0.25f,
    ];

    private static readonly Dictionary<string, GoldenCase> Cases = JsonSerializer.Deserialize<GoldenFile>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "auxiliary.json")), JsonSerializerOptions.Web)!.Cases;

    public static TheoryData<string> Names => [.. Cases.Keys];

    private static Tensor Logits =>
        Filled(
            [
                0.3f,
                -0.4f, /**/
                1,
                0.5f,
                -1, /**/
                2,
                0, /**/
                0.1f,
                0.2f,
                0.3f, /**/
                -1,
                1, /**/
                -0.5f,
                0,
                2,
            ],
            outputs: 5
        );

    [Theory]
    [MemberData(nameof(Names))]
    public void Loss_and_derivative_equal_PyTorch(string name)
    {
        GoldenCase golden = Cases[name];
        int outputs = golden.Classes + golden.Answers, batch = golden.Logits.Length / outputs;
        Tensor logits = Filled(golden.Logits, outputs), gradient = new(batch, Shape.Vector(outputs));
        var loss = new AuxiliaryLoss(
            new SoftmaxCrossEntropy(golden.Classes, golden.LabelSmoothing),
            golden.Classes,
            golden.Answers,
            golden.Weight,
            batch
        );
        double value = loss.Compute(logits, golden.Targets, gradient);
        Assert.Equal(golden.Loss, value, 1e-6 * (1 + Math.Abs(golden.Loss)));
        double scale = golden.Gradient.Max(Math.Abs) + 1e-3;
        for (int i = 0; i < golden.Gradient.Length; i++)
            Assert.True(
                Math.Abs(golden.Gradient[i] - gradient.Span[i]) < 1e-6 * scale,
                $"dz[{i}]: PyTorch {golden.Gradient[i]}, ours {gradient.Span[i]} (Tests/Golden/auxiliary.py)."
            );
    }

    [Fact]
    public void It_is_the_labels_loss_and_the_cross_entropy_of_the_votes_over_the_batch()
    {
        Tensor gradient = new(3, Shape.Vector(5));
        double loss = Loss(weight: 0.5f).Compute(Logits, Targets, gradient);
        double expected =
            -(LogP([0.3, -0.4], 0) + LogP([2, 0], 1) + 0.5 * LogP([-1, 1], 0) + 0.5 * LogP([-1, 1], 1)) / 3
            - 0.5
                / 3
                * (
                    0.25 * LogP([1, 0.5, -1], 0)
                    + 0.75 * LogP([1, 0.5, -1], 1)
                    + 0.25 * LogP([-0.5, 0, 2], 1)
                    + 0.25 * LogP([-0.5, 0, 2], 2)
                );
        Assert.Equal(expected, loss, 1e-6);
        Assert.Equal([0, 0, 0], gradient.Image(1)[2..].ToArray()); // who was not voted on has nothing to say
    }

    [Fact]
    public void The_derivative_is_that_of_the_loss()
    {
        AuxiliaryLoss loss = Loss(weight: 2);
        Tensor logits = Logits, gradient = new(3, Shape.Vector(5));
        loss.Compute(logits, Targets, gradient);
        float[] derivative = gradient.Span.ToArray();
        const float Step = 1f / 256;
        for (int i = 0; i < derivative.Length; i++)
        {
            float z = logits.Span[i];
            logits.Span[i] = z + Step;
            double up = loss.Compute(logits, Targets, gradient);
            logits.Span[i] = z - Step;
            double down = loss.Compute(logits, Targets, gradient);
            logits.Span[i] = z;
            Assert.Equal((up - down) / (2 * Step), derivative[i], 1e-4);
        }
    }

    [Fact]
    public void The_outputs_of_the_labels_learn_as_if_there_were_no_votes()
    {
        Tensor logits = Logits, gradient = new(3, Shape.Vector(5)), alone = new(3, Shape.Vector(2)), derivative = new(3, Shape.Vector(2));
        Loss(weight: 7).Compute(logits, Targets, gradient);
        for (int n = 0; n < 3; n++) logits.Image(n)[..2].CopyTo(alone.Image(n));
        new SoftmaxCrossEntropy(2, labelSmoothing: 0).Compute(alone, [1, 0, 0, 1, 0.5f, 0.5f], derivative);
        for (int n = 0; n < 3; n++) Assert.Equal(derivative.Image(n).ToArray(), gradient.Image(n)[..2].ToArray());
    }

    [Fact]
    public void A_short_batch_is_a_batch_of_its_own()
    {
        Tensor logits = Logits,
            gradient = new(3, Shape.Vector(5)),
            one = Filled(logits.Span[..5].ToArray(), outputs: 5),
            derivative = new(1, Shape.Vector(5));
        AuxiliaryLoss loss = Loss(weight: 1);
        loss.Compute(logits, Targets, gradient);
        double first = loss.Compute(one, Targets.AsSpan(0, 5), derivative);
        Assert.Equal(
            first,
            new AuxiliaryLoss(new SoftmaxCrossEntropy(2), 2, 3, 1, batch: 1).Compute(one, Targets.AsSpan(0, 5), derivative)
        );
    }

    private static AuxiliaryLoss Loss(float weight) => new(new SoftmaxCrossEntropy(2), classes: 2, outputs: 3, weight, batch: 3);

    private static double LogP(double[] z, int k) => z[k] - Math.Log(z.Sum(Math.Exp));

    private static Tensor Filled(float[] values, int outputs)
    {
        var tensor = new Tensor(values.Length / outputs, Shape.Vector(outputs));
        values.CopyTo(tensor.Span);
        return tensor;
    }

    private sealed record GoldenFile(Dictionary<string, GoldenCase> Cases);

    /// <param name="Logits">[N, Classes + Answers], as Targets and Gradient are.</param>
    private sealed record GoldenCase(
        int Classes,
        int Answers,
        float Weight,
        float LabelSmoothing,
        float[] Logits,
        float[] Targets,
        double Loss,
        double[] Gradient
    );
}
