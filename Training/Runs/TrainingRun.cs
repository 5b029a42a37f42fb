using EmotionMLNet.Files;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Schedules;

namespace EmotionMLNet.Training.Runs;

/// <summary>
/// Trains one network on one data set: epochs of batches, validation after each, the best epoch kept, a checkpoint every epoch. Everything
/// random is a function of (seed, epoch, batch or image); a run that was killed and resumed ends with the bits of one that was not.
/// </summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly BatchSource source;
    private readonly Learner learner;
    private readonly RunPlan plan;
    private readonly IStopRule stop;
    private readonly ITrainingListener[] listeners; // an array, because a batch may not allocate an enumerator
    private readonly TimeProvider time;
    private readonly BaselineAccuracy? baseline;
    private double prepared; // seconds

    /// <param name="options">Free of problems.</param>
    /// <param name="source">The source of batches; disposed of with the run.</param>
    /// <param name="folder">The run folder; null keeps nothing on disk.</param>
    /// <param name="listeners">Called in order.</param>
    /// <param name="time">Clock for rates.</param>
    /// <param name="start">The trained weights that the network has, whose figures become epoch 0; null where they are drawn.</param>
    /// <param name="schedule">The schedule of the learning rate; null makes the one of the options.</param>
    /// <param name="stop">The rule that ends the run before its last epoch; null is the patience of the options.</param>
    /// <exception cref="TrainingException">There are no validation images.</exception>
    public TrainingRun(
        TrainingOptions options,
        BatchSource source,
        string? folder,
        IReadOnlyList<ITrainingListener> listeners,
        TimeProvider time,
        StartWeights? start = null,
        ISchedule? schedule = null,
        IStopRule? stop = null
    )
    {
        this.source = source;
        Folder = folder;
        this.listeners = [.. listeners];
        this.time = time;
        Start = start;
        this.stop = stop ?? new PatienceRule(options.Optimisation.Metric, options.Optimisation.Patience, options.Optimisation.MinDelta);
        baseline = source.Baseline;
        learner = new Learner(options, source);
        plan = new RunPlan(options, source, schedule);
        ValidatedNetwork = Network.Clone();
        Machine = ComputeEnvironment.Detect(learner.Team.Threads);
    }

    /// <summary>Trains on pictures.</summary>
    public TrainingRun(TrainingOptions options, Network network, ImagePreprocessing preprocessing, Dataset data, string? folder,
        IReadOnlyList<ITrainingListener> listeners, TimeProvider time, StartWeights? start = null)
        : this(options, new ImageBatches(options, network, preprocessing, data), folder, listeners, time, start)
    {
    }

    /// <summary>The run's options; with a limit of time they have the number of epochs that is planned now.</summary>
    public TrainingOptions Options => plan.Options;

    /// <summary>
    /// The model's. What of it learns is trained in place, but for heads on frozen features and the last layer beside a second task: see
    /// <see cref="ValidatedNetwork"/>.
    /// </summary>
    public Network Network => source.Whole;

    /// <summary>The source of its batches.</summary>
    public BatchSource Source => source;

    public string? Folder { get; }

    public TrainingProgress Progress { get; private set; } = new();

    /// <summary>The weights that were validated last, the moving average where there is one: what the model zip is made of.</summary>
    public Network ValidatedNetwork { get; }

    /// <summary>What the run runs on.</summary>
    public ComputeEnvironment Machine { get; }

    /// <summary>
    /// What the epochs behind a resumed run ran on, where that is something else: then it does not end with the bits of an unbroken one.
    /// </summary>
    public ComputeEnvironment? OtherMachine => Progress.History is [.., { Machine: { } before }] && before != Machine ? before : null;

    /// <summary>The trained weights that it began with, or null.</summary>
    public StartWeights? Start { get; }

    /// <summary>What a reader of the run's figures should know.</summary>
    public IReadOnlyList<string> Notes => source.Notes;

    /// <summary>What the first epochs are shown, and how many they are, as now planned; null where all see the same.</summary>
    public (Shape Size, int Epochs)? Small => source.SmallSize is { } size && plan.SmallEpochs > 0 ? (size, plan.SmallEpochs) : null;

    /// <summary>Images of an epoch.</summary>
    public int TrainingImages => learner.Images;

    private string CheckpointPath => Path.Combine(Folder!, Checkpoint.FileName);

    /// <summary>How many epochs like that one the rest of the run amounts to.</summary>
    public double EstimateEpochsAhead(EpochResult epoch) => plan.EstimateEpochsAhead(epoch);

    /// <summary>Takes up the run where its checkpoint left it; without one, at the beginning.</summary>
    /// <exception cref="TrainingException">The checkpoint is damaged or of another run.</exception>
    public void Resume()
    {
        if (!File.Exists(CheckpointPath)) return;
        Progress = Checkpoint.Load(CheckpointPath, CheckpointKey.Compute(Options, source), learner.State);
        plan.Resume(Progress);
        int latest = Math.Max(0, Progress.History.Count - 1);
        learner.Enter(latest, latest < plan.SmallEpochs, resumed: true);
        learner.Steps = Progress.OptimiserSteps;
    }

    /// <summary>Does what takes long before the first step, if it is not done yet: asks teachers, computes features.</summary>
    /// <param name="reporter">Shows how far the preparation is.</param>
    /// <param name="cancellation">Checked between batches.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Prepare(IReporter reporter, CancellationToken cancellation)
    {
        if (source.IsPrepared) return;
        long began = time.GetTimestamp();
        source.Prepare(reporter, cancellation);
        prepared = time.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>Trains to the end, or until cancelled; the best epoch so far is on disk at any time.</summary>
    /// <returns>Why it ended.</returns>
    /// <exception cref="TrainingException">The loss is no longer a number; the checkpoint is that of the epoch before.</exception>
    public string Train(CancellationToken cancellation)
    {
        Prepare(new SilentReporter(), cancellation);
        MeasureStart();
        if (Options.Optimisation.Time is { } limit && Progress.Finished is null)
        {
            plan.Fit(limit, time, learner, Progress, Progress.Seconds + prepared);
            PublishPlan();
        }
        foreach (ITrainingListener listener in listeners) listener.OnStarted(this);
        if (source.Stages is { Blocks: > 1, IsStaged: true } stages) NotifyStage(stages);
        string? why = Progress.Finished is { } before ? $"nothing is left to do, this run had ended: {before}" : null;
        try
        {
            why ??= TrainEpochs(cancellation);
        }
        catch (TrainingException)
        {
            foreach (ITrainingListener listener in listeners) listener.OnFinished(this, "the loss is no longer a number");
            throw;
        }
        foreach (ITrainingListener listener in listeners) listener.OnFinished(this, why);
        return why;
    }

    /// <summary>One optimisation step on a batch.</summary>
    /// <returns>Mean loss and the number of right labels, null where there are none.</returns>
    internal (double Loss, int? Correct) Step(int epoch, int batch)
    {
        (double value, int? correct) = learner.ComputeGradients(epoch, batch);
        if (!double.IsFinite(value))
            throw Divergence.Report(value, $"in epoch {epoch + 1}, batch {batch + 1} of {learner.Batches}", Options, Progress);
        learner.Update(plan.ComputeRate(batch));
        return (value, correct);
    }

    public void Dispose() => learner.Dispose();

    // What the start is worth, by the same yardstick as every epoch. A resumed run has it in its checkpoint.
    private void MeasureStart()
    {
        if (Start is null || Progress.Start is not null || Progress.History.Count > 0) return;
        long began = time.GetTimestamp();
        ValidationFigures figures = source.ValidateStart(learner.Weights, ValidatedNetwork);
        if (!double.IsFinite(figures.Loss))
            throw new TrainingFailedException(
                $"{Start.Name}: its answers to the validation pictures are no numbers: start from other weights."
            );
        EpochResult result = Complete(EpochResult.OfStart(figures, time.GetElapsedTime(began).TotalSeconds, Start.IsWhole));
        Progress = Progress with { Start = result, BestScore = Start.IsWhole ? result.Score(Options.Optimisation.Metric) : null };
    }

    private EpochResult Complete(EpochResult result) => result with { MajorityAccuracy = baseline?.Majority, Machine = Machine };

    private string TrainEpochs(CancellationToken cancellation)
    {
        while (true)
        {
            int epoch = Progress.History.Count;
            if (learner.Enter(epoch, epoch < plan.SmallEpochs)) NotifyStage(source.Stages!);
            if (TrainEpoch(epoch, cancellation) is not { } result)
                return $"cancelled in epoch {epoch + 1} of {Options.Optimisation.Epochs}, which begins anew when the run is resumed";
            if (plan.Replan(result)) PublishPlan();
            Record(result);
            string? why = plan.FindEnd(result.Epoch) ?? stop.FindReason(Progress);
            Progress = Progress with { Finished = why };
            foreach (ITrainingListener listener in listeners) listener.OnEpochDone(this, result);
            if (Folder is not null) Checkpoint.Save(CheckpointPath, CheckpointKey.Compute(Options, source), Progress, learner.State);
            if (why is not null) return why;
        }
    }

    // Null: it was cancelled.
    private EpochResult? TrainEpoch(int epoch, CancellationToken cancellation)
    {
        plan.Begin(epoch);
        long began = time.GetTimestamp();
        double lossSum = 0;
        int images = 0;
        int? correct = 0;
        for (int batch = 0; plan.HasStep(epoch, batch); batch++)
        {
            if (cancellation.IsCancellationRequested) return null;
            (double value, int? right) = Step(epoch, batch);
            lossSum += value * learner.BatchImages;
            images += learner.BatchImages;
            correct += right;
            foreach (ITrainingListener listener in listeners) listener.OnBatchDone(this, epoch + 1, images);
        }
        double trained = time.GetElapsedTime(began).TotalSeconds;
        ValidationFigures figures = Validate(epoch);
        try
        {
            source.OnEpochDone(epoch, ValidatedNetwork, cancellation);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        EpochResult result = Complete(
            new EpochResult(
                epoch + 1,
                lossSum / images,
                (double?)correct / images ?? double.NaN,
                figures,
                plan.ComputeRate(plan.Steps - 1),
                images / trained,
                time.GetElapsedTime(began).TotalSeconds,
                improved: false
            )
        );
        plan.End();
        return result with
        {
            Improved =
                Progress.BestScore is not { } best || result.Score(Options.Optimisation.Metric) > best + Options.Optimisation.MinDelta,
        };
    }

    private ValidationFigures Validate(int epoch)
    {
        try
        {
            return source.Validate(learner.Weights, ValidatedNetwork);
        }
        catch (ModelOutputException)
        {
            throw Divergence.Report(double.NaN, $"in the validation of epoch {epoch + 1}", Options, Progress); // not into the checkpoint
        }
    }

    // Takes an epoch into the progress.
    private void Record(EpochResult result)
    {
        Progress = Progress with { History = [.. Progress.History, result] };
        plan.Plateau?.Observe(Progress.LatestGain(Options.Optimisation.Metric, Options.Optimisation.MinDelta) == result.Epoch);
        Progress = Progress with
        {
            BestScore = result.Improved ? result.Score(Options.Optimisation.Metric) : Progress.BestScore,
            BestEpoch = result.Improved ? result.Epoch : Progress.BestEpoch,
            PlateauFactor = plan.Plateau?.Current ?? 1,
            PlateauStale = plan.Plateau?.Stale ?? 0,
            OptimiserSteps = learner.Steps,
            Course = plan.Point,
            Seconds = plan.Budget?.Spent ?? Progress.Seconds + result.Seconds,
        };
    }

    private void NotifyStage(FineTuning stages)
    {
        foreach (ITrainingListener listener in listeners) listener.OnStageBegun(this, stages);
    }

    private void PublishPlan()
    {
        if (Folder is not null) AtomicFile.WriteText(Path.Combine(Folder, SettingsFile.FileName), SettingsFile.Write(Options));
        foreach (ITrainingListener listener in listeners) listener.OnPlanned(this, plan.Budget!);
    }
}
