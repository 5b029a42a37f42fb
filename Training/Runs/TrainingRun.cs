using EmotionMLNet.Training.Options;
using EmotionMLNet.Formatting;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EmotionMLNet.Files;
using EmotionMLNet.Inference;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Runs.Budget;
using EmotionMLNet.Training.Schedules;

namespace EmotionMLNet.Training.Runs;

/// <summary>
/// Trains one network on one data set: epochs of batches, validation after each, the best epoch kept, a checkpoint every epoch. Everything
/// random is a function of (seed, epoch, batch or image); a run that was killed and resumed ends with the bits of one that was not.
/// </summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly Learner learner;
    private readonly ITrainingListener[] listeners; // an array, because a batch may not allocate an enumerator
    private readonly TimeProvider time;
    private readonly ImageSet validation;
    private readonly Course course;
    private readonly StartWeights? start;
    private readonly TrainingMachine machine;
    private TimeBudget? budget;
    private ISchedule schedule;

    /// <param name="options">Free of problems.</param>
    /// <param name="network">Trained in place.</param>
    /// <param name="preprocessing">The same that made the data's pixels.</param>
    /// <param name="data">Train and validation splits; a test split is not looked at.</param>
    /// <param name="folder">The run folder; null keeps nothing on disk.</param>
    /// <param name="listeners">Called in order.</param>
    /// <param name="time">Clock for rates.</param>
    /// <param name="start">The trained weights that the network has, whose figures become epoch 0; null where they are drawn.</param>
    public TrainingRun(TrainingOptions options, Network network, ImagePreprocessing preprocessing, Dataset data, string? folder, IReadOnlyList<ITrainingListener> listeners, TimeProvider time, StartWeights? start = null)
    {
        this.start = start;
        (Options, Network, Preprocessing, Data, Folder, this.listeners, this.time) = (options, network, preprocessing, data, folder, [.. listeners], time);
        validation = data.RequireValidation(options.Data.Path);
        learner = new Learner(options, network, preprocessing, data);
        schedule = TrainingParts.Schedule(options);
        course = new Course(options.Optimisation.Epochs, learner.Batches) { Small = options.Progressive.SmallEpochs(options.Optimisation.Epochs) };
        ValidatedNetwork = network.Clone();
        Baseline = BaselineAccuracy.Compute(validation.Classes, data.Labels.Count);
        machine = TrainingMachine.Here(learner.Team.Threads);
    }

    /// <summary>Of a run with a limit of time, with the number of epochs that is planned now.</summary>
    public TrainingOptions Options { get; private set; }

    /// <summary>What is trained; with a second task all but the last layer, whose weights are in <see cref="ValidatedNetwork"/> alone.</summary>
    public Network Network { get; }

    public ImagePreprocessing Preprocessing { get; }

    public Dataset Data { get; }

    public string? Folder { get; }

    public TrainingProgress Progress { get; private set; } = new();

    /// <summary>The weights that were validated last, the moving average where there is one: what the model zip is made of.</summary>
    public Network ValidatedNetwork { get; }

    /// <summary>What is right on validation without looking at a picture.</summary>
    public BaselineAccuracy Baseline { get; }

    /// <summary>What the run runs on.</summary>
    public TrainingMachine Machine => machine;

    /// <summary>What the epochs behind a resumed run ran on, where that is something else: then it does not end with the bits of an unbroken one.</summary>
    public TrainingMachine? OtherMachine => Progress.History is [.., { Machine: { } before }] && before != machine ? before : null;

    /// <summary>The trained weights that it began with, or null.</summary>
    public StartWeights? Start => start;

    /// <summary>What a reader of the run's figures should know.</summary>
    public IReadOnlyList<string> Notes => learner.Teachers?.Notes ?? [];

    /// <summary>What the first epochs are shown, and how many they are, as now planned; null where all see the same.</summary>
    public (Shape Size, int Epochs)? Small => learner.SmallSize is { } size && course.Small > 0 ? (size, course.Small) : null;

    /// <summary>Images of an epoch.</summary>
    public int TrainingImages => learner.Images;

    /// <summary>How many epochs like that one the rest of the run amounts to.</summary>
    public double Ahead(EpochResult epoch)
    {
        int ahead = Options.Optimisation.Epochs - epoch.Epoch, small = Math.Clamp(course.Small - epoch.Epoch, 0, ahead);
        double cost = budget is not null && Options.Progressive.IsOn ? budget.EpochSeconds(isSmall: true) / budget.EpochSeconds(isSmall: false) : learner.SmallCost;
        double rest = ahead - small + small * cost;
        return epoch.Epoch <= course.Small ? rest / cost : rest;
    }

    private PlateauSchedule? Plateau => schedule as PlateauSchedule ?? (schedule as WarmUp)?.Then as PlateauSchedule;

    private string CheckpointPath => Path.Combine(Folder!, Checkpoint.FileName);

    /// <summary>Takes up the run where its checkpoint left it; without one, at the beginning.</summary>
    /// <exception cref="TrainingException">The checkpoint is damaged or of another run.</exception>
    public void Resume()
    {
        if (!File.Exists(CheckpointPath)) return;
        Progress = Checkpoint.Load(CheckpointPath, Key(), learner.State);
        TakeCourse(Progress.Course!);
        int latest = Math.Max(0, Progress.History.Count - 1);
        learner.Enter(latest, latest < course.Small, resumed: true);
        learner.Steps = Progress.OptimiserSteps;
        if (Plateau is { } plateau) (plateau.Current, plateau.Stale) = (Progress.PlateauFactor, Progress.PlateauStale);
    }

    /// <summary>Asks teachers that are asked once, if they have not been; nothing else happens before the first step that takes long.</summary>
    /// <param name="progress">Told the pictures done; not called where there is nothing to do.</param>
    /// <param name="cancellation">Checked between batches.</param>
    public void Prepare(Action<WorkProgress>? progress, CancellationToken cancellation)
    {
        if (learner.Teachers?.Answers is { AreKnown: false } answers) answers.Ask(learner.Team, progress, cancellation);
    }

    /// <summary>Trains to the end, or until cancelled; the best epoch so far is on disk at any time.</summary>
    /// <returns>Why it ended.</returns>
    /// <exception cref="TrainingException">The loss is no longer a number; the checkpoint is that of the epoch before.</exception>
    public string Train(CancellationToken cancellation)
    {
        Prepare(progress: null, cancellation);
        MeasureStart();
        if (Options.Optimisation.Time is { } limit && Progress.Finished is null) Plan(limit);
        foreach (ITrainingListener listener in listeners) listener.Started(this);
        if (learner.Stages is { Blocks: > 1, IsStaged: true }) StageBegun();
        string? why = Progress.Finished is { } before ? $"nothing is left to do, this run had ended: {before}" : null;
        try
        {
            why ??= TrainEpochs(cancellation);
        }
        catch (TrainingException)
        {
            foreach (ITrainingListener listener in listeners) listener.Finished(this, "the loss is no longer a number");
            throw;
        }
        foreach (ITrainingListener listener in listeners) listener.Finished(this, why);
        return why;
    }

    /// <summary>One optimisation step on a batch.</summary>
    /// <returns>Mean loss and the number of right labels.</returns>
    internal (double Loss, int Correct) Step(int epoch, int batch)
    {
        (double value, int correct) = learner.Gradients(epoch, batch);
        if (!double.IsFinite(value)) throw Diverged(value, $"in epoch {epoch + 1}, batch {batch + 1} of {learner.Batches}");
        learner.Update(LearningRate(batch));
        return (value, correct);
    }

    public void Dispose() => learner.Dispose();

    // What the start is worth, by the same yardstick as every epoch. A resumed run has it in its checkpoint.
    private void MeasureStart()
    {
        if (start is null || Progress.Start is not null || Progress.History.Count > 0) return;
        long began = time.GetTimestamp();
        ClassificationReport report = Validate();
        if (!double.IsFinite(report.LogLoss)) throw new TrainingFailedException($"{start.Name}: its answers to the validation pictures are no numbers: start from other weights.");
        EpochResult result = Completed(EpochResult.OfStart(report, time.GetElapsedTime(began).TotalSeconds, start.IsWhole));
        Progress = Progress with { Start = result, BestScore = start.IsWhole ? result.Score(Options.Optimisation.Metric) : null };
    }

    private EpochResult Completed(EpochResult result) => result with { MajorityAccuracy = Baseline.Majority, Machine = machine };

    private string TrainEpochs(CancellationToken cancellation)
    {
        while (true)
        {
            int epoch = Progress.History.Count;
            if (learner.Enter(epoch, epoch < course.Small)) StageBegun();
            if (!TrainEpoch(epoch, cancellation, out EpochResult? result))
                return $"cancelled in epoch {epoch + 1} of {Options.Optimisation.Epochs}, which begins anew when the run is resumed";
            if (budget is not null) CorrectPlan(result!);
            string? why = Conclude(result!);
            Progress = Progress with { Finished = why };
            foreach (ITrainingListener listener in listeners) listener.EpochDone(this, result!);
            if (Folder is not null) Checkpoint.Save(CheckpointPath, Key(), Progress, learner.State);
            if (why is not null) return why;
        }
    }

    private void StageBegun()
    {
        foreach (ITrainingListener listener in listeners) listener.StageBegun(this, learner.Stages);
    }

    private bool TrainEpoch(int epoch, CancellationToken cancellation, out EpochResult? result)
    {
        result = null;
        course.Begin(epoch);
        budget?.EpochBegun(epoch < course.Small);
        long began = time.GetTimestamp();
        double lossSum = 0;
        int images = 0, correct = 0;
        for (int batch = 0; FitsInto(epoch, batch); batch++)
        {
            if (cancellation.IsCancellationRequested) return false;
            (double value, int right) = Step(epoch, batch);
            lossSum += value * learner.BatchImages;
            images += learner.BatchImages;
            correct += right;
            foreach (ITrainingListener listener in listeners) listener.BatchDone(this, epoch + 1, images);
        }
        double trained = time.GetElapsedTime(began).TotalSeconds;
        ClassificationReport report;
        try
        {
            report = Validate();
        }
        catch (ModelOutputException)
        {
            throw Diverged(double.NaN, $"in the validation of epoch {epoch + 1}"); // not into the checkpoint
        }
        result = Completed(new EpochResult(epoch + 1, lossSum / images, (double)correct / images, report.LogLoss, report.Accuracy, report.MacroF1,
            LearningRate(course.Steps - 1), images / trained, time.GetElapsedTime(began).TotalSeconds, Improved: false));
        course.End();
        result = result with { Improved = Progress.BestScore is not { } best || result.Score(Options.Optimisation.Metric) > best + Options.Optimisation.MinDelta };
        return true;
    }

    private ClassificationReport Validate()
    {
        learner.CopyTo(ValidatedNetwork);
        WeightWriter.Round(ValidatedNetwork, Options.Output.ZipWeights);
        float[] probabilities = new Evaluator(learner.Team).Probabilities(InferencePlan.Compile(ValidatedNetwork), Preprocessing, validation);
        return ClassificationReport.Compute(Data.Labels, probabilities, validation.Classes);
    }

    // Takes an epoch into the progress; says why the run ends here, or null.
    private string? Conclude(EpochResult result)
    {
        Progress = Progress with { History = [.. Progress.History, result] };
        int gained = Progress.LatestGain(Options.Optimisation.Metric, Options.Optimisation.MinDelta);
        Plateau?.EpochDone(gained == result.Epoch);
        Progress = Progress with
        {
            BestScore = result.Improved ? result.Score(Options.Optimisation.Metric) : Progress.BestScore,
            BestEpoch = result.Improved ? result.Epoch : Progress.BestEpoch,
            PlateauFactor = Plateau?.Current ?? 1,
            PlateauStale = Plateau?.Stale ?? 0,
            OptimiserSteps = learner.Steps,
            Course = course.Point,
            Seconds = budget?.Spent ?? Progress.Seconds + result.Seconds,
        };
        if (result.Epoch == course.Epochs) return budget is not null ? $"the time allowed {Plural.Of(course.Epochs, "epoch")}" : course.Epochs == 1 ? "its only epoch done" : $"all {course.Epochs} epochs done";
        if (Options.Optimisation.Patience is { } patience && result.Epoch - gained >= patience)
            return $"early stopping: no better {MetricName(Options.Optimisation.Metric)} for {Plural.Of(patience, "epoch")}";
        return null;
    }

    private static string MetricName(SelectionMetric metric) => metric switch { SelectionMetric.Accuracy => "accuracy", SelectionMetric.MacroF1 => "macro F1", _ => "loss" };

    private double LearningRate(int batch) => Options.Optimisation.LearningRate * schedule.Factor(course.At(batch), course.Length);

    private void Plan(TimeSpan limit)
    {
        budget = new TimeBudget(limit, time, learner.Batches, learner.Images, SmallEpochs, Progress.History, Progress.Seconds);
        foreach (bool isSmall in (bool[])(Options.Progressive.IsOn ? [true, false] : [false]))
            if (!budget.Knows(isSmall)) budget.Time(isSmall, batch => learner.Rehearse(batch, isSmall));
        if (Progress.Course is null)
        {
            int epochs = budget.Plan((double)validation.Count / Options.Optimisation.BatchSize);
            TakeCourse(new CoursePoint(epochs, epochs, 0, SmallEpochs(0, epochs)));
        }
        Planned();
    }

    // As the settings say, but what has been is not changed: once an epoch was shown whole pictures, all are.
    private int SmallEpochs(int done, int epochs) => done > course.Small ? course.Small : Math.Max(done, Options.Progressive.SmallEpochs(epochs));

    private void CorrectPlan(EpochResult result)
    {
        int epochs = budget!.Correct(result, course.Epochs);
        if (epochs == Options.Optimisation.Epochs) return;
        (course.Epochs, course.Small) = (epochs, SmallEpochs(result.Epoch, epochs));
        Planned();
    }

    // Whether the epoch has that step. When the time would run out in it, it is the last one, and ends early.
    private bool FitsInto(int epoch, int batch)
    {
        if (budget is not null && batch < course.Steps)
        {
            bool isLast = epoch + 1 == course.Epochs;
            if (budget.StepsOfLast(batch, isLast) is { } steps && (!isLast || steps != course.Steps)) course.EndWith(epoch, batch, steps);
        }
        return batch < course.Steps;
    }

    private void TakeCourse(CoursePoint point)
    {
        course.Point = point;
        if (Options.Optimisation.Time is null) return;
        Options = TrainingDefaults.FitWarmUp(Options with { Optimisation = Options.Optimisation with { Epochs = point.Length } }) with { Optimisation = TrainingDefaults.FitWarmUp(Options with { Optimisation = Options.Optimisation with { Epochs = point.Length } }).Optimisation with { Epochs = point.Epochs } }; // a warm-up that was asked for gives way to the time
        schedule = TrainingParts.Schedule(Options);
    }

    // The file says how many epochs it will be, and how many of them small: with those and without a limit of time, the run can be repeated.
    private void Planned()
    {
        Options = Options with { Optimisation = Options.Optimisation with { Epochs = course.Epochs } };
        if (Options.Progressive.SmallEpochs(course.Epochs) != course.Small) Options = Options with { Progressive = Options.Progressive with { Epochs = (float)course.Small / course.Epochs } };
        if (Folder is not null) AtomicFile.WriteText(Path.Combine(Folder, SettingsFile.FileName), SettingsFile.Write(Options));
        foreach (ITrainingListener listener in listeners) listener.Planned(this, budget!);
    }

    private TrainingFailedException Diverged(double loss, string where)
    {
        string kept = Progress.Best switch { null => "", { Epoch: 0 } => "; the saved model has the weights of the start", { Epoch: var best } => $"; the saved model is that of epoch {best}" };
        string smaller = (Options.Optimisation.LearningRate / 10).ToString("G3", CultureInfo.InvariantCulture);
        string what = double.IsNaN(loss) ? "no number" : "infinite";
        return new TrainingFailedException($"The loss became {what} {where}: begin anew with a lower {{optimisation.learningRate}}, {smaller} for instance, or with {{optimisation.clipNorm}} 5{kept}");
    }

    // Settings that change the course of a run, and the data: what a checkpoint must agree with. Other threads change bits alone, which is said.
    private string Key()
    {
        TrainingOptions asked = Options;
        if (Options.Optimisation.Time is not null)
            asked = asked with { Optimisation = asked.Optimisation with { Epochs = 0, WarmUp = 0 }, Progressive = asked.Progressive with { Epochs = 0 } }; // they follow from the time
        asked = asked with
        {
            Data = asked.Data with { Path = "" },
            TrainingSet = asked.TrainingSet with { Exclude = null, SoftLabels = null, Auxiliary = null },
            Threads = null,
            Distillation = asked.Distillation with { Teachers = [learner.Teachers?.Fingerprint ?? ""] },
        };
        string text = SettingsFile.Write(asked) + Data.Fingerprint + Data.Changes.Fingerprint;
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
