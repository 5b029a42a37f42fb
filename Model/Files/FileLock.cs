namespace EmotionMLNet.Files;

/// <summary>
/// Keeps a second process away from files that one process writes: a run folder, an output file, a cache. The lock is the operating
/// system's (an exclusively opened file), so it ends with its process, however that ends.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream stream;

    private FileLock(FileStream stream) => this.stream = stream;

    /// <summary>Takes the lock, or says at once who has it.</summary>
    /// <param name="path">The lock file; missing folders are created. It is removed when the lock is given back.</param>
    /// <param name="guarded">What it guards, for the message: a folder or a file.</param>
    /// <exception cref="FileLockedException">Another process, or another part of this one, has it.</exception>
    /// <exception cref="IOException">The lock file can't be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder can't be written.</exception>
    public static FileLock Acquire(string path, string guarded)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(guarded);
        string full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        try
        {
            while (true)
            {
                FileStream stream = Open(full);
                // Between our opening and our locking, its holder may have removed it: what we hold then is a file without a name, beside
                // which a third process may lock a new one.
                if (OperatingSystem.IsWindows() || FileKind.IsOpenAt(stream.SafeFileHandle, full)) return new FileLock(stream);
                stream.Dispose();
            }
        }
        catch (IOException e) when (IsHeld(e))
        {
            throw new FileLockedException(guarded, e);
        }
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose()
    {
        if (!OperatingSystem.IsWindows() && !stream.SafeFileHandle.IsClosed) File.Delete(stream.Name); // while it is still ours
        stream.Dispose();
    }

    private static FileStream Open(string path) =>
        new(
            path,
            FileMode.OpenOrCreate,
            FileAccess.ReadWrite,
            FileShare.None,
            bufferSize: 1,
            OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None
        );

    // ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION on Windows; EWOULDBLOCK of Linux and of macOS, as flock gives it.
    private static bool IsHeld(IOException e) => OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) is 32 or 33 : e.HResult is 11 or 35;
}
