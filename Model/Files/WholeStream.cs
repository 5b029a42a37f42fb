namespace EmotionMLNet.Files;

/// <summary>Reads streams of unknown length into memory, up to a limit: they may be endless.</summary>
internal static class WholeStream
{
    private const int Piece = 1 << 16;

    /// <summary>The rest of a stream.</summary>
    /// <param name="stream">Open for reading; it is left open.</param>
    /// <param name="maxBytes">Most that is accepted.</param>
    /// <param name="tooLong">Makes the exception of a longer one, of the number of bytes read before.</param>
    /// <param name="cancellationToken">Checked between two readings.</param>
    public static ReadOnlyMemory<byte> ReadToEnd(
        Stream stream, long maxBytes, Func<long, Exception> tooLong, CancellationToken cancellationToken)
    {
        using var memory = new MemoryStream();
        byte[] part = new byte[Piece];
        while (stream.Read(part) is > 0 and var count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (memory.Length + count > Math.Min(maxBytes, Array.MaxLength)) throw tooLong(memory.Length);
            memory.Write(part.AsSpan(0, count));
        }
        return memory.GetBuffer().AsMemory(0, (int)memory.Length);
    }

    /// <summary>The same without holding a thread while the stream is waited for.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadToEndAsync(
        Stream stream, long maxBytes, Func<long, Exception> tooLong, CancellationToken cancellationToken)
    {
        using var memory = new MemoryStream();
        byte[] part = new byte[Piece];
        while (await stream.ReadAsync(part, cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (memory.Length + count > Math.Min(maxBytes, Array.MaxLength)) throw tooLong(memory.Length);
            memory.Write(part.AsSpan(0, count));
        }
        return memory.GetBuffer().AsMemory(0, (int)memory.Length);
    }
}
