using System.Security.Cryptography;
using System.Text;
using EmotionMLNet.Inference;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Trainer.Data;
using EmotionMLNet.Trainer.Metrics;
using EmotionMLNet.Trainer.Training.Schedules;

namespace EmotionMLNet.Trainer.Training;

/// <summary>
/// Trains one network on one data set: epochs of batches, validation after each, the best epoch kept, a checkpoint every epoch. Everything
/// random is a function of (seed, epoch, batch or image); a run that was killed and resumed ends with the bits of one that was not.
/// </summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly Learner learner;
    private readonly ISchedule schedule;
    private readonly PlateauSchedule? plateau;
    private readonly ITrainingListener[] listeners; // an array, because a batch may not allocate an enumerator
    private readonly TimeProvider time;
    private readonly ImageSet validation;

    /// <param name="options">Free of problems.</param>
    /// <param name="network">Trained in place.</param>
    /// <param name="preprocessing">The same that made the data's pixels.</param>
    /// <param name="data">Train and validation splits; a test split is not looked at.</param>
    /// <param name="folder">The run folder; null keeps nothing on disk.</param>
    /// <param name="listeners">Called in order.</param>
    /// <param name="time">Clock for rates.</param>
    public TrainingRun(TrainingOptions options, Network network, ImagePreprocessing preprocessing, Dataset data, string? folder, IReadOnlyList<ITrainingListener> listeners, TimeProvider time)
    {
        (Options, Network, Preprocessing, Data, Folder, this.listeners, this.time) = (options, network, preprocessing, data, folder, [.. listeners], time);
        validation = data[Split.Validation] ?? throw new UserException($"{options.Data} has no validation images.");
        learner = new Learner(options, network, preprocessing, data);
        schedule = TrainingParts.Schedule(options);
        plateau = schedule as PlateauSchedule ?? (schedule as WarmUp)?.Then as PlateauSchedule;
        ValidatedNetwork = network.Clone();
    }

    public TrainingOptions Options { get; }

    public Network Network { get; }

    public ImagePreprocessing Preprocessing { get; }

    public Dataset Data { get; }

    public string? Folder { get; }

    public TrainingProgress Progress { get; private set; } = new();

    /// <summary>The weights that were validated last, the moving average where there is one: what the model zip is made of.</summary>
    public Network ValidatedNetwork { get; }

    /// <summary>What a reader of the run's figures should know.</summary>
    public IReadOnlyList<string> Notes => learner.Teachers?.Notes ?? [];

    /// <summary>Images of an epoch.</summary>
    public int TrainingImages => learner.Images;

    private string CheckpointPath => Path.Combine(Folder!, Checkpoint.FileName);

    /// <summary>Takes up the run where its checkpoint left it; without one, at the beginning.</summary>
    /// <exception cref="UserException">The checkpoint is damaged or of another run.</exception>
    public void Resume()
    {
        if (!File.Exists(CheckpointPath)) return;
        Progress = Checkpoint.Load(CheckpointPath, Key(), learner.State);
        learner.Enter(Math.Max(0, Progress.History.Count - 1), resumed: true);
        learner.Steps = Progress.OptimiserSteps;
        if (plateau is not null) (plateau.Current, plateau.Stale) = (Progress.PlateauFactor, Progress.PlateauStale);
    }

    /// <summary>Trains to the end, or until cancelled; the best epoch so far is on disk at any time.</summary>
    /// <returns>Why it ended.</returns>
    /// <exception cref="UserException">The loss is no longer a number; the checkpoint is that of the epoch before.</exception>
    public string Train(CancellationToken cancellation)
    {
        foreach (ITrainingListener listener in listeners) listener.Started(this);
        if (learner.Stages is { Blocks: > 1, IsStaged: true }) StageBegun();
        string? why = Progress.Finished is { } before ? $"nothing is left to do, this run had ended: {before}" : null;
        try
        {
            why ??= TrainEpochs(cancellation);
        }
        catch (UserException)
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
        learner.Update(LearningRate(epoch, batch));
        return (value, correct);
    }

    public void Dispose() => learner.Dispose();

    private string TrainEpochs(CancellationToken cancellation)
    {
        while (true)
        {
            int epoch = Progress.History.Count;
            if (learner.Enter(epoch)) StageBegun();
            if (!TrainEpoch(epoch, cancellation, out EpochResult? result))
                return $"cancelled in epoch {epoch + 1} of {Options.Epochs}, which begins anew with: train --resume {Folder}";
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
        long start = time.GetTimestamp();
        double lossSum = 0;
        int images = 0, correct = 0;
        for (int batch = 0; batch < learner.Batches; batch++)
        {
            if (cancellation.IsCancellationRequested) return false;
            (double value, int right) = Step(epoch, batch);
            lossSum += value * learner.BatchImages;
            images += learner.BatchImages;
            correct += right;
            foreach (ITrainingListener listener in listeners) listener.BatchDone(this, epoch + 1, images);
        }
        double trained = time.GetElapsedTime(start).TotalSeconds;
        ClassificationReport report = Validate();
        if (!double.IsFinite(report.LogLoss)) throw Diverged(report.LogLoss, $"in the validation of epoch {epoch + 1}"); // not into the checkpoint
        result = new EpochResult(epoch + 1, lossSum / images, (double)correct / images, report.LogLoss, report.Accuracy, report.MacroF1,
            LearningRate(epoch, learner.Batches - 1), images / trained, time.GetElapsedTime(start).TotalSeconds, Improved: false);
        result = result with { Improved = Progress.BestScore is not { } best || result.Score(Options.Metric) > best + Options.MinDelta };
        return true;
    }

    private ClassificationReport Validate()
    {
        learner.CopyTo(ValidatedNetwork);
        WeightWriter.Round(ValidatedNetwork, Options.ZipWeights);
        float[] probabilities = new Evaluator(learner.Team).Probabilities(InferencePlan.Compile(ValidatedNetwork), Preprocessing, validation);
        return ClassificationReport.Compute(Data.Labels, probabilities, validation.Classes);
    }

    // Takes an epoch into the progress; says why the run ends here, or null.
    private string? Conclude(EpochResult result)
    {
        plateau?.EpochDone(result.Improved);
        Progress = Progress with
        {
            History = [.. Progress.History, result],
            BestScore = result.Improved ? result.Score(Options.Metric) : Progress.BestScore,
            BestEpoch = result.Improved ? result.Epoch : Progress.BestEpoch,
            PlateauFactor = plateau?.Current ?? 1,
            PlateauStale = plateau?.Stale ?? 0,
            OptimiserSteps = learner.Steps,
        };
        if (result.Epoch == Options.Epochs) return $"all {Options.Epochs} epochs done";
        if (Options.Patience > 0 && result.Epoch - Progress.BestEpoch >= Options.Patience)
            return $"early stopping: no better {Options.Metric} for {Options.Patience} epochs";
        return null;
    }

    private double LearningRate(int epoch, int batch)
        => Options.LearningRate * schedule.Factor(epoch + (batch + 0.5) / learner.Batches, Options.Epochs);

    private static UserException Diverged(double loss, string where)
        => new($"The loss became {loss} {where}: lower --lr or set --clip 5. The best epoch so far is kept.", ExitCode.Failure);

    // Settings that change the course of a run, and the data: what a checkpoint must agree with.
    private string Key()
    {
        string text = SettingsFile.Write(Options with { Data = "", Exclude = null, SoftLabels = null, Threads = learner.Team.Threads, Distillation = Options.Distillation with { Teachers = [learner.Teachers?.Fingerprint ?? ""] } }) + Data.Fingerprint + Data.Changes.Fingerprint;
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
