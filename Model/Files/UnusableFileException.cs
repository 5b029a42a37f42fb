namespace EmotionMLNet.Files;

/// <summary>Something at a path that is not read as a file: a named pipe, a device, a folder, or a file above the limit of size.</summary>
public sealed class UnusableFileException : EmotionMLNetException
{
    internal UnusableFileException(string path, string why) : base($"{path}: {why}") => Reason = why;

    /// <summary>What is wrong, without the path.</summary>
    public string Reason { get; }
}
