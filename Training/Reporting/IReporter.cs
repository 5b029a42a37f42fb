namespace EmotionMLNet.Training.Reporting;

/// <summary>Where long work says what it does. It is passed down: this library never writes to a console.</summary>
internal interface IReporter
{
    /// <summary>Says something once.</summary>
    void Report(TrainingMessage message);

    /// <summary>Begins a piece of work whose progress is shown.</summary>
    /// <param name="title">What is done, "decoding".</param>
    /// <param name="unit">What is counted, in the plural: "images".</param>
    IWork Begin(string title, string unit);
}

/// <summary>The progress of one piece of work; it ends when this is disposed of.</summary>
internal interface IWork : IProgress<WorkProgress>, IDisposable;

/// <summary>The kinds of message by name.</summary>
internal static class Reporters
{
    /// <summary>Says what happens.</summary>
    public static void Inform(this IReporter reporter, string text) => reporter.Report(new TrainingMessage(MessageKind.Information, text));

    /// <summary>Says what a reader of the result should know.</summary>
    public static void Note(this IReporter reporter, string text) => reporter.Report(new TrainingMessage(MessageKind.Note, text));

    /// <summary>Says what probably makes the result worth less.</summary>
    public static void Warn(this IReporter reporter, string text) => reporter.Report(new TrainingMessage(MessageKind.Warning, text));
}
