using System.Globalization;
using System.Text;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;

namespace EmotionMLNet.MLNetZip;

/// <summary>
/// The page that travels in the zip for people: what the model predicts, from what, how well as far as the zip knows, and what it is not
/// for.
/// </summary>
internal static class ModelCard
{
    /// <returns>Markdown, one newline convention on every machine.</returns>
    public static string Render(ModelManifest manifest, Network network)
    {
        var card = new StringBuilder();
        void Line(params FormattableString[] parts)
        {
            foreach (FormattableString part in parts) card.Append(part.ToString(CultureInfo.InvariantCulture));
            card.Append('\n');
        }

        Preprocessing.ImagePreprocessing p = manifest.Preprocessing;
        Line($"# {manifest.Architecture}");
        Line($"");
        Line(
            $"Predicts the expression label that annotators would be likely to give a picture of a face. ",
            $"It does not know what anybody feels."
        );
        Line($"");
        Line($"- Labels: {string.Join(", ", manifest.Labels)}");
        Line(
            $"- Network: {manifest.Architecture}, {network.ParameterCount:N0} parameters, ",
            $"{network.MultiplyAdds / 1e6:0.0} million multiply-adds a picture"
        );
        Line($"- Input: {p.Width} x {p.Height} pixels, {(p.Channels == 1 ? "grey (ITU-R BT.601)" : "RGB")}, {Resize(p.Resize)}");
        foreach (EnsembleMember member in manifest.Members ?? [])
            Line(
                $"- Averages, at {100 * member.Weight:0.#} %: {member.File}, {member.Architecture}, {member.Parameters:N0} parameters",
                $"{(member.Training is { } run ? $", {Describe(run)}" : "")}, SHA-256 {member.Sha256}"
            );
        if (manifest.Quantisation is { } ranges)
            Line($"- Runs in 8-bit integers in EmotionMLNet (ranges of {ranges.Images:N0} pictures), in floats elsewhere");
        if (manifest.Weights != OnnxWeights.Full)
            Line(
                $"- Weights are held in {(manifest.Weights == OnnxWeights.Half ? "float16" : "int8, with a scale a channel")} ",
                $"and expanded to float32 before use"
            );
        foreach (string note in manifest.WeightNotes) Line($"- Weights: {note}");
        Line($"- Made by {manifest.CreatedBy}{(manifest.CreatedAt is { } at ? $" at {at}" : "")}");
        Line($"- Training data: {(manifest.DataFingerprint is { } print ? $"fingerprint {print}" : "not recorded")}");
        foreach (string note in manifest.TrainingNotes) Line($"- Training data: {note}");
        if (manifest.Training is { } training && manifest.Members is null) // members were trained each in its own way
            Line($"- Training: {Describe(training)}; all settings are in the manifest");
        if (manifest.Training?.Distillation is { } distillation) Line($"- {Describe(distillation)}");
        if (manifest.Search is { } search) Line($"- {Describe(search)}");
        Line($"- Licence: {manifest.Licence}");
        Line($"");
        Line($"## Figures");
        Line($"");
        if (manifest.Metrics.Count == 0) Line($"None were recorded. Measure the model on labelled pictures of your own before use.");
        else
        {
            Line($"On the validation split, on which the best epoch was chosen, one forward pass a picture:");
            Line($"");
            foreach ((string name, double value) in manifest.Metrics) Line($"- {name}: {value:0.####}");
        }
        Line($"");
        if (manifest.Measurements.Count > 0)
        {
            Line($"Measured of these weights afterwards:");
            Line($"");
            Line($"| split | views | pictures | accuracy (95 % interval) | macro F1 | log loss | calibration error |");
            Line($"| --- | --- | --- | --- | --- | --- | --- |");
            foreach (MeasurementRecord m in manifest.Measurements)
                Line(
                    $"| {m.Split}{Role(m, manifest.Calibration)} ",
                    $"| {(m.TestTimeAugmentation == "none" ? "one pass" : m.TestTimeAugmentation)} ",
                    $"| {m.Images:N0} | {100 * m.Accuracy:0.0} % ({100 * m.AccuracyLow:0.0} to {100 * m.AccuracyHigh:0.0} %) ",
                    $"| {100 * m.MacroF1:0.0} % | {m.LogLoss:0.000} | {100 * m.ExpectedCalibrationError:0.0} % |"
                );
            Line($"");
        }
        if (manifest.Calibration is { } fit)
        {
            Line(
                $"Confidence was fitted to how often the label is right: temperature {fit.Temperature:0.####}, ",
                $"folded into the weights, fitted on {fit.Split} ({fit.Images:N0} pictures)."
            );
            Line($"");
            Line(
                $"| {fit.Bins} bins of equal width | before | after, same pictures (optimistic) ",
                $"| after, cross-fitted in {fit.Folds} parts |"
            );
            Line($"| --- | --- | --- | --- |");
            Line(
                $"| expected calibration error | {100 * fit.ErrorBefore:0.0} % ",
                $"| {100 * fit.ErrorAfter:0.0} % | {100 * fit.ErrorCrossFitted:0.0} % |"
            );
            Line($"| log loss | {fit.LogLossBefore:0.000} | {fit.LogLossAfter:0.000} | {fit.LogLossCrossFitted:0.000} |");
        }
        else Line($"Confidence was not fitted to how often the label is right; temperature scaling does that.");
        Line($"");
        Line($"## Use");
        Line($"");
        Line($"- Intended: sorting and searching pictures of faces by expression label; research and teaching.");
        Line(
            $"- Out of scope: decisions about people (hiring, schooling, policing, health, credit), lie detection, ",
            $"watching people without their consent. In the European Union, inferring emotions at work and in education is prohibited ",
            $"(Regulation (EU) 2024/1689, article 5)."
        );
        Line(
            $"- Labels carry the habits of their annotators. ",
            $"Measure on pictures of the people and cameras that it is meant for, by group, before relying on it."
        );
        return card.ToString();
    }

    private static string Describe(TrainingSummary t) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{t.Epochs} epochs, {t.Optimiser ?? "?"}, batch {t.BatchSize}, learning rate {t.LearningRate} ({t.Schedule ?? "?"}), "
                + $"seed {(t.Seed is { } seed ? $"{seed}" : "?")}"
        );

    // The best of many looks better than it is.
    private static string Describe(SearchSummary s)
    {
        double unit = s.Metric == "loss" ? 1 : 100;
        string gain = s.Gain is { } lead
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"; with {s.GainSeeds} fresh seeds what it found is {unit * lead:0.0##} ({unit * s.GainLow:0.0##} to "
                    + $"{unit * s.GainHigh:0.0##}) "
                    + $"ahead of the recommended settings on {s.GainSplit}"
            )
            : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Settings: {(s.IsDefault ? "the recommended ones, better ones were not shown" : "found")} by a search of {s.Trials} trials "
                + $"({s.Tuner}); {s.Metric} of its best trial on validation {unit * s.Best:0.0##}, corrected for the choice "
                + $"{unit * s.Corrected:0.0##}{gain}{(s.IsTrainedLonger ? "; trained longer with these settings after the search" : "")}"
        );
    }

    // A student's figures owe something to its teachers, and to the data that they have seen.
    private static string Describe(DistillationSummary d)
    {
        string views = d.Views is null ? "" : $", asked once about whole training pictures, views: {d.Views}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Learned from {string.Join(", ", d.Teachers)} besides the labels (knowledge distillation, weight {d.Weight}, "
                + $"temperature {d.Temperature}{views})"
        );
    }

    private static string Role(MeasurementRecord m, CalibrationRecord? calibration) => m.Purpose switch
    {
        "validation" when calibration is null => ", validation: the epoch was chosen on it",
        "validation" => ", validation: epoch and temperature were chosen on it",
        "train" => ", seen in training",
        _ => ", test",
    };

    private static string Resize(Preprocessing.ResizeMode mode) => mode switch
    {
        Preprocessing.ResizeMode.CentreCrop => "the centred window of that shape, scaled",
        Preprocessing.ResizeMode.Pad => "scaled to fit and padded",
        _ => "both sides scaled independently",
    };
}
