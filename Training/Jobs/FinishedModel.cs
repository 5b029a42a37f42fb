using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Finishing;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Reports;

namespace EmotionMLNet.Training.Jobs;

/// <summary>
/// What is done to the model of the best epoch before it is handed on: a temperature, and the figures of what it is then.
/// </summary>
internal static class FinishedModel
{
    /// <summary>
    /// Calibrates and measures a model, also that of a run that was stopped. Done again it finds the same temperature and changes nothing.
    /// </summary>
    /// <param name="best">Network and manifest.</param>
    /// <param name="name">What the model is called in messages.</param>
    /// <param name="options">The options of the run.</param>
    /// <param name="data">With validation.</param>
    /// <param name="reporter">Receives messages about what was found.</param>
    /// <returns>The model as a zip would give it, with its figures on validation.</returns>
    public static (ModelZip Model, Evaluation Validation) Finish(
        ModelZip best,
        string name,
        TrainingOptions options,
        Dataset data,
        IReporter reporter
    )
    {
        ImageSet validation = data[Split.Validation]!;
        ModelZip model = AsSaved(options.Output.Calibrate ? Calibrate(best, options, data, reporter) : best, name);
        foreach (string note in model.Manifest.WeightNotes) reporter.Note(note);
        string fingerprint = DataLoader.Fingerprint(data.Labels, validation);
        Evaluation figures = EvaluationJob.Measure(
            name,
            model,
            validation,
            fingerprint,
            options.Threads,
            TestTimeAugmentation.None,
            reporter,
            CancellationToken.None
        );
        return (Measurements.Add(model, figures), figures);
    }

    /// <summary>The model as its zip gives it: weights as the file holds them, and the hash that figures are of.</summary>
    public static ModelZip AsSaved(ModelZip model, string name)
    {
        using var file = new MemoryStream();
        model.Save(file);
        return ModelZip.Load(file.GetBuffer().AsMemory(0, (int)file.Length), name);
    }

    private static ModelZip Calibrate(ModelZip model, TrainingOptions options, Dataset data, IReporter reporter)
    {
        using var team = new ThreadTeam(options.ThreadCount);
        ModelZip? calibrated = TemperatureScaling.Calibrate(model, data[Split.Validation]!, data.Fingerprint, team, out string reason);
        reporter.Inform(calibrated is null ? $"not calibrated: {reason}" : TemperatureScaling.Describe(calibrated.Manifest.Calibration!));
        return calibrated ?? model;
    }
}
