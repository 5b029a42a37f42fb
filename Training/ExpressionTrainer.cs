using EmotionMLNet.Architectures;
using EmotionMLNet.Faces;
using EmotionMLNet.Files;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Jobs;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Training;

/// <summary>Trains networks to predict the expression label that annotators would give a picture.</summary>
/// <remarks>
/// A trainer is immutable and may be used again and from several threads; each training uses as many threads as its options say. The same
/// options, data and machine give the same bits. It neither writes to the console nor, without <see cref="RunFolder"/>, to the disk.
/// </remarks>
/// <example>
/// <code>
/// TrainedModel model = new ExpressionTrainer("emotion-cnn", epochs: 30).Fit("faces"); // a folder a label
/// Console.WriteLine(model.Validation);
/// model.Save("model.zip");
/// </code>
/// </example>
public sealed class ExpressionTrainer
{
    private static readonly Split[] Used = [Split.Train, Split.Validation];

    /// <summary>Trains an architecture from random weights by its recommended settings.</summary>
    /// <param name="architecture">One of <see cref="Architectures.All"/>, by name.</param>
    /// <param name="epochs">Passes over the training pictures; null is what is recommended.</param>
    /// <exception cref="ArgumentException">There is no such architecture, or the epochs are below 1.</exception>
    public ExpressionTrainer(string architecture = "emotion-cnn", int? epochs = null) : this(Recommend(architecture, epochs))
    {
    }

    /// <summary>Trains by settings.</summary>
    /// <param name="options">
    /// All settings; where data are is given to <see cref="Fit(string, IProgress{TrainingEpoch}?, CancellationToken)"/>.
    /// </param>
    /// <exception cref="ArgumentException">Settings cannot be used as they are; the message has a line for each.</exception>
    public ExpressionTrainer(TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string[] problems = [.. options.FindProblems().Select(p => p.ToString())];
        if (problems.Length > 0) throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(options));
        Options = options;
    }

    private static string Names => string.Join(", ", Catalogue.All.Select(a => a.Name));

    /// <summary>The settings.</summary>
    public TrainingOptions Options { get; }

    /// <summary>Where log, charts, checkpoint and model are kept, one folder for each training; null keeps nothing on disk.</summary>
    public string? RunFolder { get; init; }

    /// <summary>
    /// Whether a training goes on from the checkpoint in <see cref="RunFolder"/>, to the same bits; without one it begins.
    /// </summary>
    public bool Resume { get; init; }

    /// <summary>Where the features of frozen backbones are kept for other trainings; null keeps them in memory.</summary>
    public string? FeatureFolder { get; init; }

    /// <summary>Told what a reader of the figures should know, on the thread that trains; or null.</summary>
    public IProgress<TrainingMessage>? Messages { get; init; }

    /// <summary>The recommended settings of an architecture: what the command line trains it by.</summary>
    /// <param name="architecture">One of <see cref="Architectures.All"/>, by name.</param>
    /// <param name="epochs">Passes over the training pictures, to which the warm-up is fitted; null is what is recommended.</param>
    /// <exception cref="ArgumentException">There is no such architecture, or the epochs are below 1.</exception>
    public static TrainingOptions Recommend(string architecture, int? epochs = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(architecture);
        Architecture known = Catalogue.Find(architecture)
            ?? throw new ArgumentException($"There is no architecture '{architecture}': take one of {Names}.", nameof(architecture));
        return Fit(TrainingDefaults.For(known.Name, data: ""), epochs);
    }

    /// <summary>
    /// The recommended settings for training a model further: those of its architecture, with a tenth of the learning rate.
    /// </summary>
    /// <param name="model">A model zip, or an ONNX image classifier of any origin.</param>
    /// <param name="epochs">Passes over the training pictures; null is what is recommended.</param>
    /// <exception cref="ArgumentException"><paramref name="model"/> is null or empty, or the epochs are below 1.</exception>
    /// <exception cref="EmotionMLNet.MLNetZip.ModelFormatException">The file is no model.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TrainingOptions RecommendFurther(string model, int? epochs = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        string architecture = WarmStart.Load(model, new TrainingOptions()).Manifest.Architecture;
        TrainingOptions options = Fit(TrainingDefaults.For(architecture, data: ""), epochs);
        return TrainingDefaults.ForTrainedWeights(options with { FineTuning = new FineTuningOptions { From = model } });
    }

    /// <summary>Trains on files.</summary>
    /// <param name="data">Class folders, split folders over class folders, or a CSV file.</param>
    /// <param name="progress">Receives a report after each epoch, on the thread that trains.</param>
    /// <param name="cancellationToken">Ends the training; the result then has the best epoch so far.</param>
    /// <exception cref="ArgumentException"><paramref name="data"/> is null or empty.</exception>
    /// <exception cref="TrainingException">
    /// The data are not there, not understood, or do not go with the settings; or the loss became no number.
    /// </exception>
    /// <exception cref="FileLockedException">Another process trains into <see cref="RunFolder"/>.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before there was anything to keep.</exception>
    public TrainedModel Fit(string data, IProgress<TrainingEpoch>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(data);
        return Train(Options with { Data = Options.Data with { Path = data } }, images: null, progress, cancellationToken);
    }

    /// <summary>Trains on pictures in memory.</summary>
    /// <param name="train">To learn from.</param>
    /// <param name="validation">
    /// To choose the best epoch on; null takes DataOptions.ValidationFraction of the others, class by class.
    /// </param>
    /// <param name="progress">Receives a report after each epoch, on the thread that trains.</param>
    /// <param name="cancellationToken">Ends the training; the result then has the best epoch so far.</param>
    /// <exception cref="ArgumentException">Pictures are null, missing, or have a null among them.</exception>
    /// <exception cref="TrainingException">
    /// The pictures are too few, of one label, or not to be decoded; or the loss became no number.
    /// </exception>
    /// <exception cref="FileLockedException">Another process trains into <see cref="RunFolder"/>.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before there was anything to keep.</exception>
    public TrainedModel Fit(IEnumerable<LabelledImage> train, IEnumerable<LabelledImage>? validation = null,
        IProgress<TrainingEpoch>? progress = null, CancellationToken cancellationToken = default)
    {
        LabelledImage[] learned = Listed(train, nameof(train));
        LabelledImage[]? held = validation is null ? null : Listed(validation, nameof(validation));
        TrainingOptions options = Options with { Data = Options.Data with { Path = "images in memory" } };
        return Train(options, _ => MemorySource.List(learned, held), progress, cancellationToken);
    }

    /// <summary>Trains on pictures of any origin.</summary>
    /// <param name="list">Lists them, once it is known how the network wants pictures.</param>
    /// <param name="name">What they are called in messages.</param>
    /// <param name="progress">Receives a report after each epoch, on the thread that trains.</param>
    /// <param name="cancellationToken">Ends the training; the result then has the best epoch so far.</param>
    internal TrainedModel Fit(
        Func<ImagePreprocessing, SourceListing> list, string name, IProgress<TrainingEpoch>? progress, CancellationToken cancellationToken)
        => Train(Options with { Data = Options.Data with { Path = name } }, list, progress, cancellationToken);

    /// <summary>Trains on files, on a thread of its own.</summary>
    /// <inheritdoc cref="Fit(string, IProgress{TrainingEpoch}?, CancellationToken)"/>
    public Task<TrainedModel> FitAsync(
        string data,
        IProgress<TrainingEpoch>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(data);
        return Start(() => Fit(data, progress, cancellationToken));
    }

    /// <summary>Trains on pictures in memory, on a thread of its own, which enumerates them too.</summary>
    /// <inheritdoc cref="Fit(IEnumerable{LabelledImage}, IEnumerable{LabelledImage}?, IProgress{TrainingEpoch}?, CancellationToken)"/>
    public Task<TrainedModel> FitAsync(IEnumerable<LabelledImage> train, IEnumerable<LabelledImage>? validation = null,
        IProgress<TrainingEpoch>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        return Start(() => Fit(train, validation, progress, cancellationToken));
    }

    /// <summary>The pictures, once enumerated.</summary>
    /// <exception cref="ArgumentException">There are none, or a null is among them.</exception>
    internal static LabelledImage[] Listed(IEnumerable<LabelledImage> images, string name)
    {
        ArgumentNullException.ThrowIfNull(images, name);
        LabelledImage[] all = [.. images];
        if (all.Length == 0) throw new ArgumentException("There are no pictures.", name);
        return Array.IndexOf(all, null) < 0 ? all : throw new ArgumentException($"Picture {Array.IndexOf(all, null) + 1} is null.", name);
    }

    private static TrainingOptions Fit(TrainingOptions options, int? epochs)
    {
        if (epochs is not { } given) return TrainingDefaults.FitWarmUp(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(given, 1, nameof(epochs));
        return TrainingDefaults.FitWarmUp(options with { Optimisation = options.Optimisation with { Epochs = given } });
    }

    private static Task<TrainedModel> Start(Func<TrainedModel> fit)
        => Task.Factory.StartNew(fit, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private TrainedModel Train(
        TrainingOptions options,
        Func<ImagePreprocessing, SourceListing>? images,
        IProgress<TrainingEpoch>? progress,
        CancellationToken cancellationToken
    )
    {
        var reporter = new SilentReporter(Messages);
        bool resumes = Resume && RunFolder is not null;
        using Jobs.RunFolder? folder = RunFolder is { } path ? Jobs.RunFolder.Open(path, mayHoldRun: resumes) : null;
        PreparedTraining prepared = PreparedTraining.Prepare(options, Used, reporter, cancellationToken, images);
        // Read now: a file that is gone hours later must not take the model with it.
        FaceDetector? finder = options.Data.Faces == FaceSearch.Largest
            ? FaceDetector.Load(options.Data.Detector!, cancellationToken: CancellationToken.None)
            : null;
        bool hasCheckpoint = resumes && File.Exists(Path.Combine(RunFolder!, Checkpoint.FileName));
        var teller = new EpochTeller(progress);
        FinishedTraining training = TrainingJob.Train(prepared, folder, hasCheckpoint, FeatureFolder, reporter, cancellationToken, teller);
        bool wasCut = training.Progress.Finished is null && cancellationToken.IsCancellationRequested;
        if (training.Model is null)
            throw new OperationCanceledException("Training was cancelled before its first epoch had ended.", cancellationToken);
        return new TrainedModel(training, options, finder, training.Progress.Course?.Epochs ?? options.Optimisation.Epochs, wasCut);
    }

    /// <summary>Tells a caller of epochs while they come.</summary>
    private sealed class EpochTeller(IProgress<TrainingEpoch>? progress) : ITrainingListener
    {
        public void OnStarted(TrainingRun run)
        {
            if (run.Progress is { Start: { } start, History.Count: 0 }) OnEpochDone(run, start);
        }

        public void OnEpochDone(TrainingRun run, EpochResult result)
            => progress?.Report(TrainingEpoch.Of(result, run.Options.Optimisation.Epochs));
    }
}
