using EmotionMLNet.Files;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Tuning.Experiments;
using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Training.Tuning;

/// <summary>
/// Searches settings, trains the best ones again with fresh seeds beside the defaults, and says whether anything was gained. Its members
/// have the names of ML.NET's AutoMLExperiment.
/// </summary>
/// <remarks>
/// Trial 0 is the default. Trials begin with few epochs, and the better third goes on from its checkpoint (successive halving); a model of
/// what was tried before proposes what is tried next (TPE). Without a limit of time, the same settings, pictures and machine give the same
/// trials and bits. It does not write to the console, and without <see cref="SetCheckpoint"/> only to a temporary folder that is removed.
/// The members that set something change this experiment and return it. One thread at a time may use it.
/// </remarks>
/// <example>
/// <code>
/// TuningExperimentResult result = new TuningExperiment("emotion-cnn")
///     .SetDataset("faces") // a folder a label
///     .SetTrainingTimeInSeconds(3600)
///     .SetCheckpoint("artifacts/tuned")
///     .Run();
/// Console.WriteLine(result.Reason);
/// result.Model?.Save("model.zip");
/// </code>
/// </example>
public sealed class TuningExperiment
{
    /// <summary>The key of a search space for all arms: "recipe".</summary>
    public const string AllArms = "recipe";

    private const double Mega = 1e6;

    private readonly List<(string Name, TrainingOptions Options)> arms = [];
    private readonly List<(string Key, SearchSpace Space)> spaces = [];
    private Func<string, CancellationToken, string>? findData;
    private string data = "";
    private TimeSpan? budget;
    private int? trials;
    private SearchLimits limits = new();
    private TimeSpan? longer;
    private string? like;
    private TunerKind tuner = TunerKind.Halving;
    private bool stopsEarly;
    private int? seed;
    private int seeds = 3;
    private string? checkpoint;
    private IMonitor? monitor;

    /// <summary>Begins with the recommended settings of an architecture, which are what is to be beaten.</summary>
    /// <param name="architecture">One of <see cref="Architectures.All"/>, by name.</param>
    /// <exception cref="ArgumentException">There is no such architecture.</exception>
    public TuningExperiment(string architecture) : this(ExpressionTrainer.Recommend(architecture))
    {
    }

    /// <summary>Begins with settings, which are what is to be beaten.</summary>
    /// <param name="options">
    /// The default, trial 0; its epochs are the most that a trial gets, and its metric is what trials are compared by. Settings that begin
    /// with a trained model (<see cref="ExpressionTrainer.RecommendFurther"/>) are also searched with all but its last layer frozen, unless
    /// they say what is frozen. Limits of time and patience in them do not count.
    /// </param>
    /// <exception cref="ArgumentException">Settings cannot be used as they are; the message has a line for each.</exception>
    public TuningExperiment(TrainingOptions options) => Add(new ExpressionTrainer(options).Options, name: null);

    /// <summary>Told what a reader of the figures should know of the data, on the thread that works; or null.</summary>
    public IProgress<TrainingMessage>? Messages { get; init; }

    /// <summary>Names of the arms, in the order in which they were added: keys for <see cref="AddSearchSpace"/>.</summary>
    public IReadOnlyList<string> Arms => [.. arms.Select(a => a.Name)];

    /// <summary>Gives the pictures as files. A test split is read once, at the end.</summary>
    /// <param name="path">Class folders, split folders over class folders, or a CSV file.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
    public TuningExperiment SetDataset(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        data = path;
        findData = (_, _) => path;
        return this;
    }

    /// <summary>
    /// Gives the pictures in memory. They are written into the folder of the search, as a search reads them more than once: encoded ones as
    /// they are, decoded ones as PNG.
    /// </summary>
    /// <param name="train">To learn from.</param>
    /// <param name="validation">
    /// To compare trials on; null takes DataOptions.ValidationFraction of the others, class by class.
    /// </param>
    /// <param name="test">
    /// To measure the gain on, once, at the end; null measures it on the validation pictures, and takes off what that flatters.
    /// </param>
    /// <exception cref="ArgumentException">Pictures are null, missing, or have a null among them.</exception>
    public TuningExperiment SetDataset(
        IEnumerable<LabelledImage> train,
        IEnumerable<LabelledImage>? validation = null,
        IEnumerable<LabelledImage>? test = null
    )
    {
        LabelledImage[] learned = ExpressionTrainer.Listed(train, nameof(train));
        LabelledImage[]? held = validation is null ? null : ExpressionTrainer.Listed(validation, nameof(validation)),
            tested = test is null ? null : ExpressionTrainer.Listed(test, nameof(test));
        return SetPictures([.. MemorySource.List(learned, held).Images, .. MemorySource.ListTest(tested ?? [])]);
    }

    /// <summary>Gives pictures of any origin, each with its split.</summary>
    internal TuningExperiment SetPictures(IReadOnlyList<ListedImage> images)
    {
        data = "";
        findData = (folder, cancellation) => PictureTable.Write(folder, images, cancellation);
        return this;
    }

    /// <summary>Limits the time of everything together: search, confirmation and report.</summary>
    /// <param name="seconds">1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is 0.</exception>
    public TuningExperiment SetTrainingTimeInSeconds(uint seconds)
    {
        ArgumentOutOfRangeException.ThrowIfZero(seconds);
        budget = TimeSpan.FromSeconds(seconds);
        return this;
    }

    /// <summary>
    /// Limits how many trials are trained, the confirmation aside. Without a limit of time the search then repeats to the bit.
    /// </summary>
    /// <param name="maxModel">1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public TuningExperiment SetMaxModelToExplore(int maxModel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxModel, 1);
        trials = maxModel;
        return this;
    }

    /// <summary>
    /// Limits the memory that a training may reserve: a trial that wants more is not trained. If the default does, the best trial within
    /// the limit is recommended.
    /// </summary>
    /// <param name="megabytes">Above 0, in units of 1,000,000 bytes; infinite is no limit.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is 0 or below, or none.</exception>
    public TuningExperiment SetMaximumMemoryUsageInMegaByte(double megabytes)
    {
        if (!(megabytes > 0)) throw new ArgumentOutOfRangeException(nameof(megabytes), megabytes, "Give a number above 0.");
        limits = limits with { TrainingBytes = ToBytes(megabytes) };
        return this;
    }

    /// <summary>Limits the model's file, as it would be saved: a trial whose network is larger is not trained.</summary>
    /// <param name="megabytes">Above 0, in units of 1,000,000 bytes; infinite is no limit.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is 0 or below, or none.</exception>
    public TuningExperiment SetMaximumModelSizeInMegaByte(double megabytes)
    {
        if (!(megabytes > 0)) throw new ArgumentOutOfRangeException(nameof(megabytes), megabytes, "Give a number above 0.");
        limits = limits with { FileBytes = ToBytes(megabytes) };
        return this;
    }

    /// <summary>Limits the model's values, trained and frozen ones together: a trial whose network has more is not trained.</summary>
    /// <param name="count">1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public TuningExperiment SetMaximumParameterCount(long count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        limits = limits with { Parameters = count };
        return this;
    }

    /// <summary>
    /// Limits the time of a prediction of one decoded picture on this machine: a trial whose network is slower is not trained. What is near
    /// the limit may be on either side of it, as times vary.
    /// </summary>
    /// <param name="time">Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is 0 or below.</exception>
    public TuningExperiment SetMaximumPredictionTime(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero);
        limits = limits with { Latency = time };
        return this;
    }

    /// <summary>
    /// Has the settings of the three best trials of an earlier search tried first, where arms have the same names. Its scores count
    /// nothing.
    /// </summary>
    /// <param name="folder">That of <see cref="SetCheckpoint"/> of another experiment.</param>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is null or empty.</exception>
    public TuningExperiment SetWarmStart(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        like = folder;
        return this;
    }

    /// <summary>
    /// Has the recommended settings trained once more after the search, for so long and besides its time. The model of the result is the
    /// better one on the validation pictures; the test split is not read for it.
    /// </summary>
    /// <param name="time">Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is 0 or below.</exception>
    public TuningExperiment SetLongerTraining(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero);
        longer = time;
        return this;
    }

    /// <summary>
    /// Adds settings to tune, in place of the recommended ones. Spaces of the same arms are taken together, and an arm that has spaces of
    /// its own has no others.
    /// </summary>
    /// <param name="key">
    /// The name of an arm, <see cref="AllArms"/>, or a record of settings, below which the space's keys stand: "optimisation" for a space
    /// with the key "learningRate".
    /// </param>
    /// <param name="space">Ranges and choices under the paths of settings, of which a copy is kept; their defaults are tried first.</param>
    /// <exception cref="ArgumentException"><paramref name="key"/> or <paramref name="space"/> is empty.</exception>
    public TuningExperiment AddSearchSpace(string key, SearchSpace space)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        ArgumentNullException.ThrowIfNull(space);
        if (!space.Any() && space.Fixed.Count == 0) throw new ArgumentException("The space is empty.", nameof(space));
        spaces.Add((key, space with { }));
        return this;
    }

    /// <summary>Adds an architecture to train from random weights, by its recommended settings and search space.</summary>
    /// <param name="architecture">One of <see cref="Architectures.All"/>, by name, which is the name of the arm.</param>
    /// <exception cref="ArgumentException">There is no such architecture, or an arm of that name is there.</exception>
    public TuningExperiment AddArchitecture(string architecture) => Add(ExpressionTrainer.Recommend(architecture), name: null);

    /// <summary>Adds settings under a name.</summary>
    /// <param name="name">The name of the arm.</param>
    /// <param name="options">Its default, with the metric of the first arm.</param>
    /// <exception cref="ArgumentException">Settings cannot be used as they are, or an arm of that name is there.</exception>
    public TuningExperiment AddArchitecture(string name, TrainingOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return Add(new ExpressionTrainer(options).Options, name);
    }

    /// <summary>Adds a model to train further, as a whole and with all but its last layer frozen: two arms, "from NAME" and
    /// "from NAME, frozen".</summary>
    /// <param name="model">A model zip, or an ONNX image classifier of any origin.</param>
    /// <exception cref="ArgumentException"><paramref name="model"/> is null or empty, or was added before.</exception>
    /// <exception cref="EmotionMLNet.MLNetZip.ModelFormatException">The file is no model.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public TuningExperiment AddModel(string model) => Add(ExpressionTrainer.RecommendFurther(model), name: null);

    /// <summary>Adds a model whose last layer is drawn anew, as a whole and with the rest frozen: two arms, "on NAME" and
    /// "on NAME, frozen".</summary>
    /// <param name="model">A model zip, or an ONNX image classifier of any origin.</param>
    /// <exception cref="ArgumentException"><paramref name="model"/> is null or empty, or was added before.</exception>
    /// <exception cref="EmotionMLNet.MLNetZip.ModelFormatException">The file is no model.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public TuningExperiment AddBackbone(string model)
    {
        TrainingOptions further = ExpressionTrainer.RecommendFurther(model);
        return Add(further with { FineTuning = further.FineTuning with { From = null, Backbone = model } }, name: null);
    }

    /// <summary>Has a monitor follow the search, in place of an earlier one.</summary>
    /// <param name="monitor">Also told of epochs if it is an <see cref="IProgressMonitor"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="monitor"/> is null.</exception>
    public TuningExperiment SetMonitor(IMonitor monitor)
    {
        ArgumentNullException.ThrowIfNull(monitor);
        this.monitor = monitor;
        return this;
    }

    /// <summary>Proposes by TPE, and gives trials few epochs before the better third of them goes on: the default.</summary>
    public TuningExperiment SetHalvingTuner() => Set(TunerKind.Halving);

    /// <summary>Proposes by TPE, and gives each trial all of its epochs.</summary>
    public TuningExperiment SetTpeTuner() => Set(TunerKind.Tpe);

    /// <summary>Searches near the best trial, with steps that grow and shrink; each trial gets all of its epochs.</summary>
    public TuningExperiment SetCostFrugalTuner() => Set(TunerKind.Cfo);

    /// <summary>
    /// The same as <see cref="SetCostFrugalTuner"/>: among several arms, every tuner chooses by the estimated cost of an improvement.
    /// </summary>
    public TuningExperiment SetEciCostFrugalTuner() => Set(TunerKind.Cfo);

    /// <summary>Draws settings at random; each trial gets all of its epochs.</summary>
    public TuningExperiment SetRandomSearchTuner() => Set(TunerKind.Random);

    /// <summary>Goes through a Sobol sequence, which leaves no large gaps; each trial gets all of its epochs.</summary>
    public TuningExperiment SetSobolTuner() => Set(TunerKind.Sobol);

    /// <summary>Goes through a grid of ten steps a range; each trial gets all of its epochs.</summary>
    public TuningExperiment SetGridSearchTuner() => Set(TunerKind.Grid);

    /// <summary>Whether a trial is stopped that is worse than the median of the others at its epoch; not with successive halving.</summary>
    /// <param name="stops">Whether it is.</param>
    public TuningExperiment SetMedianStopping(bool stops = true)
    {
        stopsEarly = stops;
        return this;
    }

    /// <summary>Sets the seed of proposals, trainings and the division of the pictures; that of the settings by default.</summary>
    /// <param name="seed">0 or more. The confirmation has the seeds that follow.</param>
    /// <exception cref="ArgumentOutOfRangeException">The seed is negative, or too large for seeds to follow.</exception>
    public TuningExperiment SetSeed(int seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seed);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seed, int.MaxValue - SearchOptions.MostSeeds);
        this.seed = seed;
        return this;
    }

    /// <summary>Sets with how many fresh seeds the default and the best trial are trained again, as far as the time allows.</summary>
    /// <param name="count">1 to 20; 3 by default. One seed alone shows no gain, as its luck may be all of it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is outside of that.</exception>
    public TuningExperiment SetConfirmationSeeds(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, SearchOptions.MostSeeds);
        seeds = count;
        return this;
    }

    /// <summary>
    /// Keeps the search in a folder, with its page, table, settings and model. A folder that holds the same search, cancelled or killed, is
    /// gone on with.
    /// </summary>
    /// <param name="folder">Made if it is not there.</param>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is null or empty.</exception>
    public TuningExperiment SetCheckpoint(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        checkpoint = folder;
        return this;
    }

    /// <summary>Searches, confirms and compares.</summary>
    /// <param name="cancellationToken">Ends the search; with a checkpoint the same experiment goes on.</param>
    /// <returns>What is recommended, with its model; the default and a reason where nothing was gained.</returns>
    /// <exception cref="InvalidOperationException">There are no pictures, or the search has no limit of time or trials.</exception>
    /// <exception cref="ArgumentException">
    /// A search space is of no arm or has a condition on no choice, or arms are compared by different metrics.
    /// </exception>
    /// <exception cref="TrainingException">
    /// The pictures are not there, not understood, too few, or do not go with the settings; a search space has a setting or value that
    /// cannot be; the time does not allow a single training; or the folder holds another search.
    /// </exception>
    /// <exception cref="FileLockedException">Another process has the folder.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public TuningExperimentResult Run(CancellationToken cancellationToken = default)
    {
        Check();
        cancellationToken.ThrowIfCancellationRequested();
        if (checkpoint is not null) return Run(checkpoint, keeps: true, cancellationToken);
        string folder = Directory.CreateTempSubdirectory("emotionmlnet-tuning-").FullName;
        try
        {
            return Run(folder, keeps: false, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Searches, confirms and compares, on a thread of its own.</summary>
    /// <inheritdoc cref="Run(CancellationToken)"/>
    public Task<TuningExperimentResult> RunAsync(CancellationToken cancellationToken = default)
    {
        Check();
        return Task.Factory.StartNew(
            () => Run(cancellationToken),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
    }

    private TuningExperiment Add(TrainingOptions options, string? name)
    {
        foreach ((string arm, TrainingOptions settings) in ExperimentArms.Of(options, name).ToArray())
        {
            if (arm == AllArms || arms.Exists(a => a.Name == arm))
                throw new ArgumentException($"There is an arm '{arm}' already: give the settings another name.", nameof(name));
            arms.Add((arm, settings));
        }
        return this;
    }

    private TuningExperiment Set(TunerKind kind)
    {
        tuner = kind;
        return this;
    }

    private void Check()
    {
        if (findData is null) throw new InvalidOperationException($"There are no pictures: call {nameof(SetDataset)}.");
        if (budget is null && trials is null)
            throw new InvalidOperationException(
                $"The search would never end: call {nameof(SetTrainingTimeInSeconds)} or {nameof(SetMaxModelToExplore)}."
            );
    }

    private TuningExperimentResult Run(string folder, bool keeps, CancellationToken cancellation)
    {
        using FileLock held = TuningJob.Lock(folder);
        if (File.Exists(Path.Combine(folder, SearchFile.Database)))
            throw new TrainingException(
                $"{folder} holds a search of another program, in {SearchFile.Database}: choose another {{run.folder}}."
            );
        string path = findData!(folder, cancellation);
        SearchOptions options = CreateOptions(folder, path);
        // Read now: a file that is gone hours later must not take the model with it.
        TrainingOptions first = options.Arms[0].Defaults;
        FaceDetector? finder = first.Data.Faces == FaceSearch.Largest
            ? FaceDetector.Load(first.Data.Detector!, cancellationToken: CancellationToken.None)
            : null;
        TimeProvider time = TimeProvider.System;
        using MemoryTrialStore store = keeps
            ? MemoryTrialStore.Open(Path.Combine(folder, SearchFile.FileName), time)
            : new MemoryTrialStore(time);
        var tools = new SearchTools(store, new SilentReporter(Messages), new MonitorListener(monitor, options), time);
        TuningResult result = new TuningJob(options, tools, []).Run(createRunner: null, cancellation);
        return ExperimentResults.Create(result, keeps ? folder : null, data, finder);
    }

    private SearchOptions CreateOptions(string folder, string path)
    {
        // All arms are shown the same pictures, divided in the same way.
        DataOptions shared = arms[0].Options.Data with { Path = path };
        int first = seed ?? arms[0].Options.Seed;
        IReadOnlyList<SearchArm> made = ExperimentArms.Create(arms, spaces, o => o with { Data = shared, Seed = first });
        var options = new SearchOptions
        {
            Arms = made,
            Out = folder,
            Tuner = tuner,
            StopsEarly = stopsEarly,
            Seed = first,
            Budget = budget,
            Trials = trials,
            Seeds = seeds,
            Limits = limits,
            Final = longer,
            Likes = like is null ? [] : ReadLikes(like, made),
        };
        string[] problems = [.. options.FindProblems().Select(p => p.ToString())];
        return problems.Length == 0 ? options : throw new ArgumentException(string.Join(Environment.NewLine, problems));
    }

    private static long? ToBytes(double megabytes) => megabytes < long.MaxValue / Mega ? (long)(megabytes * Mega) : null;

    private static IReadOnlyList<(string Arm, IReadOnlyList<double> Point)> ReadLikes(string folder, IReadOnlyList<SearchArm> arms)
    {
        string file = Path.Combine(folder, SearchFile.FileName);
        if (!File.Exists(file)) throw new TrainingException($"{folder} holds no search of an experiment: it has no {SearchFile.FileName}.");
        using var store = MemoryTrialStore.Open(file, TimeProvider.System);
        SearchState state = store.Read();
        if (!state.Facts.TryGetValue(SearchPlan.Fact, out string? plan) || !state.Facts.ContainsKey(SearchLayout.Fact)) return [];
        SearchOptions earlier = SearchPlan.Read(plan, folder, (_, _) => throw new TrainingException($"{folder} holds pipelines."));
        return SearchLikes.Find(TuningJob.Describe(earlier, state), arms);
    }
}
