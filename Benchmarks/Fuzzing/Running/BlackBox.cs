using System.IO.MemoryMappedFiles;

namespace EmotionMLNet.Benchmarks.Fuzzing.Running;

/// <summary>
/// A file mapped into memory that always holds the input being read: it outlives the process that a stack overflow or the watchdog ends.
/// Number of the input (8 bytes), length (4), content.
/// </summary>
internal sealed class BlackBox : IDisposable
{
    private const int Header = 12, MostBytes = 1 << 20;

    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;
    private long number;

    public BlackBox(string path)
    {
        file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, Header + MostBytes);
        view = file.CreateViewAccessor();
    }

    /// <summary>Inputs so far.</summary>
    public long Number => view.ReadInt64(0);

    public byte[] Content
    {
        get
        {
            var content = new byte[Math.Clamp(view.ReadInt32(8), 0, MostBytes)];
            view.ReadArray(Header, content, 0, content.Length);
            return content;
        }
    }

    public void Write(byte[] input)
    {
        int length = Math.Min(input.Length, MostBytes);
        view.Write(8, length);
        view.WriteArray(Header, input, 0, length);
        view.Write(0, ++number);
    }

    public void Dispose()
    {
        view.Dispose();
        file.Dispose();
    }
}
