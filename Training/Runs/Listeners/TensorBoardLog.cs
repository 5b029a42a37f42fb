using EmotionMLNet.Files;
using EmotionMLNet.Training.Runs.TensorBoard;

namespace EmotionMLNet.Training.Runs.Listeners;

/// <summary>events.out.tfevents.*: the figures of each epoch for <c>tensorboard --logdir</c>.</summary>
/// <remarks>
/// Records are appended, because TensorBoard keeps the file open and would not see a replaced one. A resumed run begins the file anew
/// from the history, so that no epoch is in it twice.
/// </remarks>
internal sealed class TensorBoardLog(TimeProvider time) : ITrainingListener
{
    /// <summary>Carries no time: one file a run, however often it is resumed.</summary>
    public const string FileName = "events.out.tfevents.0.emotionmlnet";

    public void OnStarted(TrainingRun run)
        => AtomicFile.Write(PathOf(run), stream =>
        {
            double at = Now - run.Progress.Shown.Sum(r => r.Seconds);
            var file = new EventFile(stream);
            file.Begin(at);
            foreach (EpochResult result in run.Progress.Shown) Add(file, at += result.Seconds, result);
        });

    public void OnEpochDone(TrainingRun run, EpochResult result)
    {
        using FileStream stream = new(PathOf(run), FileMode.Append);
        Add(new EventFile(stream), Now, result);
    }

    private double Now => time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;

    private static string PathOf(TrainingRun run) => Path.Combine(run.Folder!, FileName);

    private static void Add(EventFile file, double at, EpochResult r)
    {
        (string Tag, double Value)[] figures =
        [
            ("loss/train", r.TrainLoss),
            ("loss/validation", r.ValidationLoss),
            ("accuracy/train", r.TrainAccuracy),
            ("accuracy/validation", r.ValidationAccuracy),
            ("macro_f1/validation", r.MacroF1),
            ("average_precision/validation", r.AveragePrecision ?? double.NaN),
            ("recall/validation", r.Recall ?? double.NaN),
            ("learning_rate", r.LearningRate),
            ("images_per_second", r.ImagesPerSecond),
        ];
        file.Add(at, r.Epoch, figures.Where(f => !double.IsNaN(f.Value))); // epoch 0 was not trained; a detector has no accuracy
    }
}
