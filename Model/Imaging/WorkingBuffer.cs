using System.Runtime.InteropServices;

namespace EmotionMLNet.Imaging;

/// <summary>
/// Memory that serves one picture after another. Up to a size it is kept; beyond, a picture is an exception, and its memory goes back to
/// the operating system with <see cref="Release"/>, at once and not when the garbage collector finds time.
/// </summary>
/// <param name="mostKept">Bytes that are kept.</param>
internal sealed unsafe class WorkingBuffer(int mostKept)
{
    private byte[] kept = [];
    private void* large;
    private int length;

    ~WorkingBuffer() => Release();

    /// <summary>The bytes of the last <see cref="Take"/>, until the next or <see cref="Release"/>.</summary>
    public Span<byte> Bytes => large != null ? new Span<byte>(large, length) : kept.AsSpan(0, length);

    /// <summary>So many bytes of any content, in place of those before.</summary>
    public Span<byte> Take(int count)
    {
        Release();
        if (count > mostKept) large = NativeMemory.Alloc((nuint)count);
        else if (kept.Length < count) kept = GC.AllocateUninitializedArray<byte>(count);
        length = count;
        return Bytes;
    }

    /// <summary>The same as values of another type, all zero.</summary>
    public Span<T> TakeZeros<T>(int count) where T : unmanaged
    {
        Span<T> values = MemoryMarshal.Cast<byte, T>(Take(checked(count * sizeof(T))));
        values.Clear();
        return values;
    }

    /// <summary>Gives large memory back; small is kept.</summary>
    public void Release()
    {
        NativeMemory.Free(large);
        large = null;
        length = 0;
    }
}
