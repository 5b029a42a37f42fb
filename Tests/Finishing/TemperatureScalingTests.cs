using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Finishing;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Tests.Finishing;

public sealed class TemperatureScalingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ThreadTeam team = new(1);

    public void Dispose()
    {
        folder.Dispose();
        team.Dispose();
    }

    [Theory]
    [InlineData("clipped")] // does not end in weights: a scaling node
    [InlineData("happy-sad-cnn")] // one logit for two classes
    [InlineData("residual")]
    public void The_saved_zip_is_calibrated_for_every_reader_and_labels_stay(string network)
    {
        ModelZip model = Model(network);
        ImageSet images = Images(model, 150, wrong: 4);
        ModelZip calibrated = TemperatureScaling.Calibrate(model, images, "print", team, out _)!;
        CalibrationRecord record = calibrated.Manifest.Calibration!;
        Assert.NotEqual(1, record.Temperature);
        Assert.True(record.LogLossAfter < record.LogLossBefore);
        Assert.Equal((images.Name, 150, "print"), (record.Split, record.Images, record.DataFingerprint));

        calibrated.Save(folder["calibrated.zip"]);
        ModelZip read = ModelZip.Load(folder["calibrated.zip"]);
        Assert.Equal(record, read.Manifest.Calibration);
        float[] before = Scores(model, images),
            after = Scores(read, images),
            logits = new Evaluator(team).ComputeLogits(InferencePlan.Compile(model.Network), model.Manifest.Preprocessing, images);
        int classes = images.Labels.Count;
        for (int n = 0; n < images.Count; n++)
        {
            double[] e = [.. logits.AsSpan(n * classes, classes).ToArray().Select(z => Math.Exp(z / record.Temperature))];
            for (int c = 0; c < classes; c++) Assert.Equal(e[c] / e.Sum(), after[n * classes + c], 2e-5);
            Assert.Equal(
                ClassificationReport.ArgMax(before.AsSpan(n * classes, classes)),
                ClassificationReport.ArgMax(after.AsSpan(n * classes, classes))
            );
        }
        ClassificationReport figures = ClassificationReport.Compute(images.Labels, after, images.Classes);
        Assert.Equal(record.LogLossAfter, figures.LogLoss, 1e-4);
        Assert.Equal(record.ErrorAfter, figures.ExpectedCalibrationError, 0.02); // a probability at a border may change its bin
    }

    [Fact]
    public void Calibrating_twice_is_calibrating_once()
    {
        ModelZip model = Model("residual");
        ImageSet images = Images(model, 150, wrong: 4);
        ModelZip once = TemperatureScaling.Calibrate(model, images, "print", team, out _)!;
        Assert.NotEqual(1, once.Manifest.Calibration!.Temperature);
        Assert.Same(once, TemperatureScaling.Calibrate(once, images, "print", team, out _));
        ModelZip other = TemperatureScaling.Calibrate(once, images, "other", team, out _)!;
        Assert.Equal(once.Manifest.Calibration.Temperature, other.Manifest.Calibration!.Temperature, 1e-4);
        Assert.Equal(once.Manifest.Calibration.LogLossBefore, other.Manifest.Calibration.LogLossBefore, 1e-5);
    }

    [Fact]
    public void A_temperature_that_does_not_help_elsewhere_is_not_taken()
    {
        ModelZip model = Model("residual");
        ImageSet images = Images(model, 150, wrong: 4);
        double fitted = TemperatureScaling.Calibrate(model, images, "print", team, out _)!.Manifest.Calibration!.Temperature;
        ModelZip best = TemperatureScaling.Divided(model, fitted);
        CalibrationRecord record = TemperatureScaling.Calibrate(best, images, "print", team, out _)!.Manifest.Calibration!;
        Assert.Equal(1, record.Temperature);
        Assert.Equal((record.ErrorBefore, record.LogLossBefore), (record.ErrorCrossFitted, record.LogLossCrossFitted));
    }

    [Fact]
    public void Few_pictures_or_none_wrong_leave_the_model_as_it_is_and_say_why()
    {
        ModelZip model = Model("residual");
        Assert.Null(TemperatureScaling.Calibrate(model, Images(model, 60, wrong: 4), "print", team, out string reason));
        Assert.Contains("60 images", reason, StringComparison.Ordinal);
        Assert.Null(TemperatureScaling.Calibrate(model, Images(model, 150, wrong: 0), "print", team, out reason));
        Assert.Contains("labelled right", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("residual")]
    [InlineData("clipped")]
    public void Ranges_for_integers_follow_the_scale(string network)
    {
        ModelZip model = Model(network);
        ImageSet images = Images(model, 20, wrong: 4);
        ActivationRanges ranges = Calibration.Measure(
            model.Network,
            images.Count,
            (n, image) => model.Manifest.Preprocessing.Normalise(images.Pixels[n], image),
            team,
            default
        );
        model = model with { Manifest = model.Manifest with { Quantisation = ranges } };
        ModelZip divided = TemperatureScaling.Divided(model, 4);
        Assert.True(divided.Manifest.Quantisation!.Fit(divided.Network));
        Assert.Equal(ranges.Largest[^1] / 4, divided.Manifest.Quantisation.Largest[^1]);
        Assert.Equal(Scores(model, images).Length, Scores(divided, images).Length);
    }

    private static ModelZip Model(string network)
    {
        ModelZip model = network == "happy-sad-cnn" ? TinyModel.Make(network, "happy", "sad") : TinyModel.Make("residual");
        model = TemperatureScaling.Divided(model, 0.1); // random weights say little: louder
        return network == "clipped" ? model with { Network = Clipped(model.Network) } : model;
    }

    private static Network Clipped(Network network)
    {
        var builder = new NetworkBuilder(network.InputShape);
        foreach (Node node in network.Nodes) builder.Add(node.Name, node.Layer, [.. node.Inputs]);
        builder.Add("limits", new Clip(-50, 50));
        return builder.Build();
    }

    // Labels are the model's own, but for one in `wrong`.
    private ImageSet Images(ModelZip model, int count, int wrong)
    {
        var random = new Random(3);
        byte[][] pixels = [.. Enumerable.Range(0, count).Select(_ =>
        {
            var bytes = new byte[model.Manifest.Preprocessing.Length];
            random.NextBytes(bytes);
            byte light = (byte)random.Next(1, 256);
            for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)(bytes[i] * light / 255);
            return bytes;
        })];
        var images = new ImageSet(
            Split.Validation,
            "validation",
            model.Manifest.Labels,
            new int[count],
            pixels,
            [.. pixels.Select((_, i) => $"{i}")]
        );
        float[] scores = Scores(model, images);
        int classes = images.Labels.Count;
        for (int n = 0; n < count; n++)
        {
            int own = ClassificationReport.ArgMax(scores.AsSpan(n * classes, classes));
            images.Classes[n] = wrong > 0 && n % wrong == 0 ? (own + 1) % classes : own;
        }
        return images;
    }

    private float[] Scores(ModelZip model, ImageSet images) =>
        new Evaluator(team).ComputeProbabilities(EmotionClassifier.Compile(model), model.Manifest.Preprocessing, images);
}
