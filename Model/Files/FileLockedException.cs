namespace EmotionMLNet.Files;

/// <summary>Another process is writing the same files.</summary>
public sealed class FileLockedException : EmotionMLNetException
{
    internal FileLockedException(string guarded, Exception inner)
        : base($"{guarded}: another process is writing there; wait for it to end, or name another place", inner) { }
}
