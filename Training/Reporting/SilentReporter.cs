namespace EmotionMLNet.Training.Reporting;

/// <summary>Hands messages to somebody who may want them, and shows no progress.</summary>
/// <param name="messages">Null keeps them from everybody.</param>
internal sealed class SilentReporter(IProgress<TrainingMessage>? messages = null) : IReporter
{
    public void Report(TrainingMessage message) => messages?.Report(message);

    public IWork Begin(string title, string unit) => new Unseen();

    private sealed class Unseen : IWork
    {
        public void Report(WorkProgress value)
        {
            // Nobody looks.
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
