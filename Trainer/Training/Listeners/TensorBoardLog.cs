using EmotionMLNet.Files;
using EmotionMLNet.Trainer.Training.TensorBoard;

namespace EmotionMLNet.Trainer.Training.Listeners;

/// <summary>events.out.tfevents.*: the same figures for <c>tensorboard --logdir</c>. Written whole from the history, so that a resumed run has no step twice.</summary>
internal sealed class TensorBoardLog(TimeProvider time) : ITrainingListener
{
    public void EpochDone(TrainingRun run, EpochResult result)
    {
        // The name carries no time: one file a run, whatever happened in between.
        AtomicFile.Write(Path.Combine(run.Folder!, "events.out.tfevents.0.emotionmlnet"), stream =>
        {
            double now = time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0, at = now - run.Progress.History.Sum(r => r.Seconds);
            var file = new EventFile(stream);
            file.Begin(at);
            foreach (EpochResult r in run.Progress.History)
            {
                at += r.Seconds;
                file.Add(at, r.Epoch, ("loss/train", r.TrainLoss), ("loss/validation", r.ValidationLoss), ("accuracy/train", r.TrainAccuracy),
                    ("accuracy/validation", r.ValidationAccuracy), ("macro_f1/validation", r.MacroF1), ("learning_rate", r.LearningRate), ("images_per_second", r.ImagesPerSecond));
            }
        });
    }
}
