using EmotionMLNet.Files;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Onnx;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Jobs;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Reports;

namespace EmotionMLNet.Training;

/// <summary>What <see cref="ExpressionTrainer"/> made: the model of the best epoch, and what is known of it.</summary>
/// <remarks>Immutable; may be used from any number of threads.</remarks>
public sealed class TrainedModel
{
    private const string Name = "model.zip"; // in messages

    private readonly ModelZip model;
    private readonly int? threads;
    private readonly string? detector;

    /// <param name="training">What came of it.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="finder">Finds the faces that pictures are cut to, where they are.</param>
    /// <param name="epochs">Of the whole training.</param>
    /// <param name="wasCancelled">See <see cref="WasCancelled"/>.</param>
    internal TrainedModel(FinishedTraining training, TrainingOptions options, FaceDetector? finder, int epochs, bool wasCancelled)
    {
        model = training.Model!;
        threads = options.Threads;
        detector = finder is null ? null : options.Data.Detector;
        WasCancelled = wasCancelled;
        EndReason = training.Why;
        History = [.. training.Progress.Shown.Select(e => TrainingEpoch.Of(e, epochs))];
        Best = TrainingEpoch.Of(training.Progress.Best!, epochs);
        Validation = EvaluationFigures.Of(training.Validation!);
        Classifier = EmotionClassifier.From(model, new EmotionClassifierOptions { Detector = finder });
    }

    /// <summary>The model, ready to classify pictures; with the detector by which its training pictures were cut, if they were.</summary>
    public EmotionClassifier Classifier { get; }

    /// <summary>The model itself.</summary>
    internal ModelZip Zip => model;

    /// <summary>Class names in class order.</summary>
    public IReadOnlyList<string> Labels => model.Manifest.Labels;

    /// <summary>All epochs, oldest first; trained weights that training began with are epoch 0.</summary>
    public IReadOnlyList<TrainingEpoch> History { get; }

    /// <summary>The epoch whose weights the model has.</summary>
    public TrainingEpoch Best { get; }

    /// <summary>
    /// The figures of the finished model on the pictures that its epoch was chosen by: a little too good, so test it on others.
    /// </summary>
    public EvaluationFigures Validation { get; }

    /// <summary>Whether training was cancelled, so that other epochs could have been better.</summary>
    public bool WasCancelled { get; }

    /// <summary>Why training ended: one sentence.</summary>
    public string EndReason { get; }

    /// <summary>
    /// Measures the model on files: on what was held out of its own training data, or on the validation split of others, or on all. A model
    /// that was trained on faces cut out of photographs is shown the faces of these.
    /// </summary>
    /// <param name="data">A folder or a CSV file, as training takes it. The result says which pictures were measured.</param>
    /// <param name="cancellationToken">Checked between pictures.</param>
    /// <exception cref="ArgumentException"><paramref name="data"/> is null or empty.</exception>
    /// <exception cref="TrainingException">The data are not there, not understood, or of other labels.</exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public EvaluationFigures Evaluate(string data, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(data);
        MeasuredData part = MeasuredData.LoadHeldOut(model.Manifest, Name, data, choosing: false, new SilentReporter(), cancellationToken,
            detector);
        return Measure(part, cancellationToken);
    }

    /// <summary>Measures the model on pictures in memory, all of them.</summary>
    /// <param name="images">Pictures of the model's labels; others are left out.</param>
    /// <param name="cancellationToken">Checked between pictures.</param>
    /// <exception cref="ArgumentException"><paramref name="images"/> is null, empty, or has a null in it.</exception>
    /// <exception cref="TrainingException">No picture is of the model's labels, or none can be used.</exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public EvaluationFigures Evaluate(IEnumerable<LabelledImage> images, CancellationToken cancellationToken = default)
    {
        LabelledImage[] given = ExpressionTrainer.Listed(images, nameof(images));
        MeasuredData part = MeasuredData.Given(model.Manifest, MemorySource.List(given), detector, cancellationToken);
        return Measure(part, cancellationToken);
    }

    /// <summary>
    /// Writes the model zip, which <see cref="EmotionClassifier"/> and ML.NET load; a reader sees the old file or the new.
    /// </summary>
    /// <param name="path">Replaced if it is there; missing folders are made.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        model.Save(path);
    }

    /// <summary>Writes the model zip.</summary>
    /// <param name="stream">Written from where it stands, and left open.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="IOException">It cannot be written to.</exception>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var whole = new MemoryStream(); // a zip is written back and forth, which not every stream can
        model.Save(whole);
        whole.WriteTo(stream);
    }

    /// <summary>
    /// Writes the network for any ONNX runtime; the normalisation is in the graph, and the input has samples of 0 to 255.
    /// </summary>
    /// <param name="path">Replaced if it is there; missing folders are made.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void ExportOnnx(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, ExportOnnx);
    }

    /// <summary>Writes the network for any ONNX runtime.</summary>
    /// <param name="stream">Written from where it stands, and left open.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="IOException">It cannot be written to.</exception>
    public void ExportOnnx(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        model.Onnx(OnnxInput.Prepared, OnnxWeights.Full).WriteTo(stream);
    }

    private EvaluationFigures Measure(MeasuredData part, CancellationToken cancellationToken)
    {
        Evaluation figures = EvaluationJob.Measure(
            Name, model, part.Images, part.Fingerprint, threads, TestTimeAugmentation.None, new SilentReporter(), cancellationToken);
        return EvaluationFigures.Of(figures with { Part = part.Part });
    }
}
