using System.Buffers;
using System.Net.WebSockets;
using EmotionMLNet.Web.Hosting;

namespace EmotionMLNet.Web.Pictures;

/// <summary>A picture as it arrives. It grows with what is there, not with what a header announces.</summary>
internal sealed class PictureBuffer(ByteBudget budget) : IDisposable
{
    /// <summary>Bytes that the smallest picture takes.</summary>
    public const int First = 32 << 10;

    private byte[] bytes = [];
    private int length;

    /// <summary>What has arrived.</summary>
    public ReadOnlyMemory<byte> Content => bytes.AsMemory(0, length);

    /// <summary>What is said of a picture of more bytes than are accepted.</summary>
    public static ProblemException TooLarge(long most)
        => new(413, "The picture is too large.", $"Send at most {most >> 20} megabytes.");

    /// <summary>Reads to the end of a stream.</summary>
    /// <param name="stream">The picture.</param>
    /// <param name="most">Bytes accepted.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProblemException">It is too large, or the server's memory for pictures is full.</exception>
    public async Task ReadAsync(Stream stream, long most, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (length == bytes.Length) Grow();
            int got = await stream.ReadAsync(bytes.AsMemory(length), cancellationToken);
            if (got == 0) return;
            length += got;
            if (length > most) throw TooLarge(most);
        }
    }

    /// <summary>Reads a message of a socket, or a little more than is accepted of it.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="most">Bytes accepted.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What it is.</returns>
    /// <exception cref="ProblemException">The server's memory for pictures is full.</exception>
    public async Task<WebSocketMessageType> ReadMessageAsync(WebSocket socket, long most, CancellationToken cancellationToken)
    {
        // Nothing is held while a camera is silent.
        ValueWebSocketReceiveResult got = await socket.ReceiveAsync(Memory<byte>.Empty, cancellationToken);
        while (!got.EndOfMessage && got.MessageType != WebSocketMessageType.Close && length <= most)
        {
            if (length == bytes.Length) Grow();
            got = await socket.ReceiveAsync(bytes.AsMemory(length), cancellationToken);
            length += got.Count;
        }
        return got.MessageType;
    }

    public void Dispose()
    {
        if (bytes.Length == 0) return;
        ArrayPool<byte>.Shared.Return(bytes);
        budget.Return(bytes.Length);
        bytes = [];
        length = 0;
    }

    private void Grow()
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(First, 2 * bytes.Length));
        if (!budget.TryTake(larger.Length - bytes.Length))
        {
            ArrayPool<byte>.Shared.Return(larger);
            throw new ProblemException(
                new Problem(503, "The server is busy.", "It holds as many pictures as it may; try again soon.") { RetryAfter = 1 });
        }
        bytes.AsSpan(0, length).CopyTo(larger);
        if (bytes.Length > 0) ArrayPool<byte>.Shared.Return(bytes);
        bytes = larger;
    }
}
