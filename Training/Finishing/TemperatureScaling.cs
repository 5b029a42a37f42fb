using System.Globalization;
using EmotionMLNet.Formatting;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Training.Finishing;

/// <summary>Makes a trained model say how sure it is: fits a temperature on validation and puts it into the weights.</summary>
internal static class TemperatureScaling
{
    /// <summary>Fewer pictures don't tell how confident to be.</summary>
    public const int FewestImages = 100;

    private const int Folds = 5;

    /// <summary>Divides the logits of a model by the temperature that fits, and records how well it does.</summary>
    /// <param name="model">May be calibrated already; then its former temperature is taken back first.</param>
    /// <param name="validation">Never the test split.</param>
    /// <param name="fingerprint">The fingerprint of the data.</param>
    /// <param name="team">Threads.</param>
    /// <param name="progress">Receives the number of images that are done.</param>
    /// <param name="cancellation">Checked between batches.</param>
    /// <returns>Null where the split cannot tell; <paramref name="reason"/> then says why.</returns>
    public static ModelZip? Calibrate(
        ModelZip model,
        ImageSet validation,
        string fingerprint,
        ThreadTeam team,
        out string reason,
        Action<int>? progress = null,
        CancellationToken cancellation = default
    )
    {
        reason = "";
        if (validation.Count < FewestImages)
        {
            reason = $"{validation.Name} has {Plural.Format(validation.Count, "image")}, and a temperature wants {FewestImages} or more";
            return null;
        }
        double before = model.Manifest.Calibration?.Temperature ?? 1;
        float[] logits = new Evaluator(team).ComputeLogits(
            EmotionClassifier.Compile(model),
            model.Manifest.Preprocessing,
            validation,
            progress,
            cancellation
        );
        for (int i = 0; i < logits.Length; i++) logits[i] = (float)(logits[i] * before);
        if (Record(logits, validation, fingerprint) is not { } record)
        {
            reason = $"every image of {validation.Name} is labelled right, which does not tell how often others would be";
            return null;
        }
        // The same fit again changes nothing but the last bits of the weights, so they are left alone.
        if (model.Manifest.Calibration?.DataFingerprint == fingerprint && Math.Abs(record.Temperature / before - 1) < 1e-5) return model;
        ModelZip divided = Divided(model, record.Temperature / before);
        return divided with { Manifest = divided.Manifest with { Calibration = record } };
    }

    /// <summary>One line.</summary>
    public static string Describe(CalibrationRecord r) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"temperature {r.Temperature:0.000} fitted on {r.Split} ({Plural.Format(r.Images, "image")}): calibration error "
                + $"{FigureText.Percent(r.ErrorBefore)} before, {FigureText.Percent(r.ErrorAfter)} after, "
                + $"{FigureText.Percent(r.ErrorCrossFitted)} cross-fitted; log loss {r.LogLossBefore:0.000} before, "
                + $"{r.LogLossAfter:0.000} after, {r.LogLossCrossFitted:0.000} cross-fitted ({r.Bins} bins, {r.Folds} folds)"
        );

    /// <summary>The model whose logits are those of another one divided by a number.</summary>
    internal static ModelZip Divided(ModelZip model, double by)
    {
        if (Math.Abs(by - 1) < 1e-9) return model;
        Network network = model.Network;
        bool folds = network.Nodes[^1].Layer is Linear;
        Network divided = folds ? network.Clone() : WithScale(network);
        foreach (Parameter parameter in divided.Nodes[^1].Layer.Parameters)
            for (int i = 0; i < parameter.Length; i++) parameter.Values[i] = (float)(parameter.Values[i] / by);
        ActivationRanges? ranges = model.Manifest.Quantisation is { } r ? Divided(r, by, append: !folds) : null;
        return new ModelZip(divided, model.Manifest with { Quantisation = ranges });
    }

    private static CalibrationRecord? Record(float[] logits, ImageSet images, string fingerprint)
    {
        int classes = images.Labels.Count;
        int[] truth = images.Classes;
        if (Enumerable.Range(0, images.Count).All(n => ClassificationReport.ArgMax(logits.AsSpan(n * classes, classes)) == truth[n]))
            return null;
        int[] fold = Assign(images.Count);
        double[] others =
        [
            .. Enumerable.Range(0, Folds).Select(f => TemperatureFit.Temperature(logits, truth, classes, n => fold[n] != f)),
        ];
        double temperature = TemperatureFit.Temperature(logits, truth, classes);
        CalibrationFigures before = CalibrationFigures.Compute(logits, truth, classes, _ => 1),
            after = CalibrationFigures.Compute(logits, truth, classes, _ => temperature);
        CalibrationFigures crossed = CalibrationFigures.Compute(logits, truth, classes, n => others[fold[n]]);
        // What does not help on pictures that it was not fitted on is not worth having.
        if (crossed.LogLoss >= before.LogLoss) (temperature, after, crossed) = (1, before, before);
        return new CalibrationRecord
        {
            Temperature = temperature,
            Split = images.Name,
            Images = images.Count,
            DataFingerprint = fingerprint,
            Bins = CalibrationBins.Count,
            Folds = Folds,
            ErrorBefore = before.Error,
            ErrorAfter = after.Error,
            ErrorCrossFitted = crossed.Error,
            LogLossBefore = before.LogLoss,
            LogLossAfter = after.LogLoss,
            LogLossCrossFitted = crossed.LogLoss,
        };
    }

    // Equal parts, drawn: sources often stand class by class.
    private static int[] Assign(int count)
    {
        int[] fold = [.. Enumerable.Range(0, count).Select(i => i % Folds)];
        new Random(1).Shuffle(fold);
        return fold;
    }

    // y = x, in a layer whose weights can be scaled.
    private static Network WithScale(Network network)
    {
        int outputs = network.OutputShape.Channels;
        var identity = new Linear(outputs, outputs, bias: false);
        for (int c = 0; c < outputs; c++) identity.Weight.Values[c * outputs + c] = 1;
        var builder = new NetworkBuilder(network.InputShape);
        foreach (Node node in network.Nodes) builder.Add(node.Name, node.Layer, [.. node.Inputs]);
        builder.Add("temperature", identity);
        return builder.Build(network.Head);
    }

    private static ActivationRanges Divided(ActivationRanges ranges, double by, bool append)
    {
        return ranges with { Least = Last(ranges.Least), Largest = Last(ranges.Largest) };

        float[] Last(IReadOnlyList<float> values) => [.. append ? values : values.SkipLast(1), (float)(values[^1] / by)];
    }
}
