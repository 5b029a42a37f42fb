namespace EmotionMLNet.Web.Classification;

/// <summary>
/// A number of places at work, a number to wait in, and clients who take turns: each has a line of its own, and the lines are served
/// round robin. Where all places to wait are taken, the newest of the longest line goes for one whose line stays no longer than that. So a
/// client who floods the server stands in his own way.
/// </summary>
/// <remarks>Fair queueing as Nagle has it (RFC 970), with the longest line dropped from (McKenney, 1990).</remarks>
internal sealed class FairQueue(int atWork, int places)
{
    private readonly Lock gate = new();
    private readonly Dictionary<UInt128, LinkedListNode<Line>> lines = [];
    private readonly LinkedList<Line> turns = []; // the line whose turn is next comes first; none is empty
    private int free = atWork, waiting;

    /// <summary>Waits for a place at work, to be given back with <see cref="Leave"/>.</summary>
    /// <param name="client">Whose line it is.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether there is one; false: there is no room to wait, at once or because another client's line was shorter.</returns>
    public Task<bool> EnterAsync(UInt128 client, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled<bool>(cancellationToken);
        lock (gate)
        {
            if (free > 0)
            {
                free--;
                return Task.FromResult(true);
            }
            if (waiting == places && !MakeRoom(client)) return Task.FromResult(false);
            Waiter waiter = Append(client);
            waiter.Patience = cancellationToken.Register(() => GiveUp(waiter, cancellationToken));
            return waiter.Outcome.Task;
        }
    }

    /// <summary>Gives a place at work to whoever's turn it is.</summary>
    public void Leave()
    {
        lock (gate)
        {
            if (turns.First is not { } next)
            {
                free++;
                return;
            }
            Waiter waiter = next.Value.Waiters.First!.Value;
            turns.Remove(next);
            turns.AddLast(next);
            Remove(waiter);
            waiter.Outcome.SetResult(true);
        }
    }

    private void GiveUp(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (gate)
            if (Remove(waiter)) waiter.Outcome.SetCanceled(cancellationToken);
    }

    // Only for a line that becomes no longer than the one that loses: others would push each other out for ever.
    private bool MakeRoom(UInt128 client)
    {
        int own = lines.TryGetValue(client, out LinkedListNode<Line>? line) ? line.Value.Waiters.Count : 0;
        Line? longest = turns.MaxBy(l => l.Waiters.Count);
        if (longest is null || longest.Waiters.Count <= own + 1) return false;
        Waiter last = longest.Waiters.Last!.Value;
        Remove(last);
        last.Outcome.SetResult(false);
        return true;
    }

    private Waiter Append(UInt128 client)
    {
        if (!lines.TryGetValue(client, out LinkedListNode<Line>? line)) lines.Add(client, line = turns.AddLast(new Line()));
        var waiter = new Waiter(client);
        waiter.Place = line.Value.Waiters.AddLast(waiter);
        waiting++;
        return waiter;
    }

    private bool Remove(Waiter waiter)
    {
        if (waiter.Place is not { } place) return false;
        waiter.Place = null;
        waiter.Patience.Unregister();
        waiting--;
        LinkedListNode<Line> line = lines[waiter.Client];
        line.Value.Waiters.Remove(place);
        if (line.Value.Waiters.Count > 0) return true;
        lines.Remove(waiter.Client);
        turns.Remove(line);
        return true;
    }

    private sealed class Line
    {
        public LinkedList<Waiter> Waiters { get; } = [];
    }

    private sealed class Waiter(UInt128 client)
    {
        public UInt128 Client { get; } = client;

        // Continuations elsewhere: the lock is held where the outcome is set.
        public TaskCompletionSource<bool> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Null: it waits no longer.</summary>
        public LinkedListNode<Waiter>? Place { get; set; }

        public CancellationTokenRegistration Patience { get; set; }
    }
}
