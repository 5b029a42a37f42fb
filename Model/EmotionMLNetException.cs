namespace EmotionMLNet;

/// <summary>
/// The base of everything that this library throws for content or settings that it can't use. The message is one line: what, where, what to
/// do.
/// </summary>
/// <remarks>
/// Files that can't be opened or read throw <see cref="IOException"/> and <see cref="UnauthorizedAccessException"/> as everywhere in .NET;
/// wrong arguments throw <see cref="ArgumentException"/>.
/// </remarks>
public abstract class EmotionMLNetException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">One line; line breaks, which names out of a file may bring, become blanks.</param>
    /// <param name="inner">What caused it, or null.</param>
    protected EmotionMLNetException(string message, Exception? inner = null) : base(message?.ReplaceLineEndings(" "), inner) { }
}
