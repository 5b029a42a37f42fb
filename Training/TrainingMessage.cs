namespace EmotionMLNet.Training;

/// <summary>How much a message matters.</summary>
public enum MessageKind
{
    /// <summary>What happens.</summary>
    Information,

    /// <summary>What a reader of the result should know.</summary>
    Note,

    /// <summary>What probably makes the result worth less.</summary>
    Warning,
}

/// <summary>A line about a piece of work, for a log or a console.</summary>
public readonly record struct TrainingMessage
{
    /// <summary>Creates a message.</summary>
    /// <param name="kind">How much it matters.</param>
    /// <param name="text">One line. It may contain names out of files.</param>
    public TrainingMessage(MessageKind kind, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Kind = kind;
        Template = text;
    }

    /// <summary>How much it matters.</summary>
    public MessageKind Kind { get; }

    /// <summary>The line. It may contain names out of files.</summary>
    public string Text => MessageTemplate.RemoveBraces(Template ?? "");

    /// <summary>The line with the paths of settings in braces.</summary>
    internal string Template { get; }

    /// <summary>Returns the line, with "note: " or "warning: " in front where it is one.</summary>
    public override string ToString() => Prefix + Text;

    /// <summary>What stands in front of the line.</summary>
    internal string Prefix => Kind switch { MessageKind.Note => "note: ", MessageKind.Warning => "warning: ", _ => "" };
}
