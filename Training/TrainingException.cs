namespace EmotionMLNet.Training;

/// <summary>Settings, data or files do not go together. The message is one line: what, where, what to do.</summary>
public class TrainingException : EmotionMLNetException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">One line.</param>
    /// <param name="inner">What caused it, or null.</param>
    public TrainingException(string message, Exception? inner = null)
        : base(MessageTemplate.RemoveBraces(message), inner) => Template = message.ReplaceLineEndings(" ");

    /// <summary>The message with the paths of settings in braces.</summary>
    internal string Template { get; }
}

/// <summary>Work that had begun cannot go on: a loss that is no number, a file that is damaged or gone.</summary>
public sealed class TrainingFailedException : TrainingException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">One line.</param>
    /// <param name="inner">What caused it, or null.</param>
    public TrainingFailedException(string message, Exception? inner = null) : base(message, inner) { }
}

/// <summary>The data have findings (unusable files, duplicates across splits, ...), and the settings ask to refuse such data.</summary>
public sealed class DataFindingsException : TrainingException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">One line.</param>
    public DataFindingsException(string message) : base(message) { }
}
