namespace EmotionMLNet.Benchmarks.Fuzzing.Mutation;

/// <summary>Bytes that grow and shrink in the middle.</summary>
internal sealed class ByteBuffer
{
    private byte[] bytes;

    public ByteBuffer(ReadOnlySpan<byte> content)
    {
        bytes = new byte[Math.Max(64, 2 * content.Length)];
        content.CopyTo(bytes);
        Length = content.Length;
    }

    public int Length { get; private set; }

    public Span<byte> Span => bytes.AsSpan(0, Length);

    /// <param name="at">0 up to <see cref="Length"/>.</param>
    /// <param name="added">Other memory than this buffer's.</param>
    public void Insert(int at, ReadOnlySpan<byte> added)
    {
        if (bytes.Length < Length + added.Length) Array.Resize(ref bytes, 2 * (Length + added.Length));
        bytes.AsSpan(at, Length - at).CopyTo(bytes.AsSpan(at + added.Length));
        added.CopyTo(bytes.AsSpan(at));
        Length += added.Length;
    }

    public void Remove(int at, int count)
    {
        bytes.AsSpan(at + count, Length - at - count).CopyTo(bytes.AsSpan(at));
        Length -= count;
    }

    public byte[] ToArray() => Span.ToArray();
}
