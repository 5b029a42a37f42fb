namespace EmotionMLNet.Imaging;

/// <summary>
/// Bytes of working memory that decoders hold at once, whatever their number of threads: who would go above the limit waits for others to
/// finish. A decoder takes its whole need at once and never a second time, so nobody waits for somebody who waits.
/// </summary>
internal sealed class DecodingBudget
{
    // How often a waiting thread looks whether it is still wanted.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly object gate = new();
    private readonly LinkedList<long> queue = [];
    private long held;

    /// <summary>That of the process.</summary>
    public static DecodingBudget Shared { get; } = new();

    /// <summary>Bytes held now.</summary>
    public long Held
    {
        get
        {
            lock (gate) return held;
        }
    }

    /// <summary>Threads that wait now.</summary>
    public int Waiting
    {
        get
        {
            lock (gate) return queue.Count;
        }
    }

    /// <summary>Takes bytes, in the order of asking; waits while others hold too many.</summary>
    /// <param name="bytes">At most <paramref name="limit"/>; to be given back with <see cref="Return"/>.</param>
    /// <param name="limit">Bytes that may be held by all together.</param>
    /// <param name="cancellation">Ends the queue.</param>
    /// <exception cref="OperationCanceledException">The waiting was cancelled; nothing is held.</exception>
    public void Take(long bytes, long limit, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (queue.Count > 0 || !Fits(bytes, limit)) Wait(bytes, limit, cancellation);
            held += bytes;
        }
    }

    /// <summary>Gives back what <see cref="Take"/> took.</summary>
    public void Return(long bytes)
    {
        lock (gate)
        {
            held -= bytes;
            Monitor.PulseAll(gate);
        }
    }

    private void Wait(long bytes, long limit, CancellationToken cancellation)
    {
        LinkedListNode<long> place = queue.AddLast(bytes);
        try
        {
            while (queue.First != place || !Fits(bytes, limit))
            {
                cancellation.ThrowIfCancellationRequested();
                Monitor.Wait(gate, Look);
            }
        }
        finally
        {
            queue.Remove(place);
            Monitor.PulseAll(gate); // another one is the first now
        }
    }

    // Alone, anything goes: limits may differ between callers.
    private bool Fits(long bytes, long limit) => held == 0 || held + bytes <= limit;
}
