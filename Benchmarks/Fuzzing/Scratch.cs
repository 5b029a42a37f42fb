namespace EmotionMLNet.Benchmarks.Fuzzing;

/// <summary>A folder in memory, where the system has one, for readers that take a path. One thread at a time.</summary>
internal sealed class Scratch : IDisposable
{
    private const string InMemory = "/dev/shm";

    private static int made;

    public Scratch()
    {
        string parent = Directory.Exists(InMemory) ? InMemory : Path.GetTempPath();
        Folder = Path.Combine(parent, $"emotionmlnet-fuzz-{Environment.ProcessId}-{Interlocked.Increment(ref made)}");
        Directory.CreateDirectory(Folder);
    }

    public string Folder { get; }

    /// <summary>What a family keeps from one input to the next, memory for decoding for instance.</summary>
    public Dictionary<string, object> Kept { get; } = [];

    /// <summary>Writes a file.</summary>
    /// <returns>Its path.</returns>
    public string Write(string name, ReadOnlySpan<byte> content)
    {
        string path = Path.Combine(Folder, name);
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        RandomAccess.Write(file, content, 0);
        return path;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
