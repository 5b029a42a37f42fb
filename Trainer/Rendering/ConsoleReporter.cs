using EmotionMLNet.Formatting;
using EmotionMLNet.Terminal;
using EmotionMLNet.Trainer.Commands;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Reporting;

namespace EmotionMLNet.Trainer.Rendering;

/// <summary>Messages as lines on stderr, progress as a bar there.</summary>
internal sealed class ConsoleReporter : IReporter
{
    // Asked each time: a bar over a whole job stands in for stderr while it is shown.
    public void Report(TrainingMessage message) =>
        Console.Error.WriteLine(PrintableText.Line(SettingFlags.Render(message.Prefix + message.Template)));

    public IWork Begin(string title, string unit) => new Bar(new ConsoleProgress(title, unit));

    private sealed class Bar(ConsoleProgress progress) : IWork
    {
        public void Report(WorkProgress value) => progress.Report(value);

        public void Dispose() => progress.Dispose();
    }
}
