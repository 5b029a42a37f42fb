namespace EmotionMLNet.Terminal;

/// <summary>What a program says before it would write over something that is there already.</summary>
internal static class OutputFile
{
    /// <summary>Refuses a file, or a folder that holds something; call it before any long work.</summary>
    /// <param name="path">What is to be written.</param>
    /// <param name="force">Whether the user said that it may be replaced.</param>
    /// <exception cref="UserException">It exists, and nobody said so.</exception>
    public static void Refuse(string path, bool force)
    {
        if (force) return;
        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
            throw new UserException($"{path} exists already: give --force to replace it or another name");
    }
}
