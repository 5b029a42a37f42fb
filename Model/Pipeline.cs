using System.Runtime.ExceptionServices;

namespace EmotionMLNet;

/// <summary>Work on many items by several threads, results in the order of the items, a bounded number under way.</summary>
internal static class Pipeline
{
    /// <summary>Items under way per thread: enough that a slow one (a large photograph) does not stop the others.</summary>
    private const int Ahead = 8;

    /// <param name="items">Enumerated on the caller's thread, a bounded number ahead.</param>
    /// <param name="work">Called on threads of its own, several at once.</param>
    /// <param name="threads">How many at once.</param>
    /// <param name="cancellation">Checked between items.</param>
    public static IEnumerable<TOut> Ordered<TIn, TOut>(IEnumerable<TIn> items, Func<TIn, TOut> work, int threads, CancellationToken cancellation)
    {
        var ring = new Ring<TIn, TOut>(threads * Ahead, work);
        var workers = new Task[threads];
        for (int i = 0; i < threads; i++) workers[i] = Task.Factory.StartNew(ring.Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            foreach (TIn item in items)
            {
                cancellation.ThrowIfCancellationRequested();
                ring.Add(item);
                if (ring.IsFull) yield return ring.Take();
            }
            while (!ring.IsEmpty)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return ring.Take();
            }
        }
        finally
        {
            ring.Close(); // whoever stops enumerating wants no more work done
            Task.WaitAll(workers, CancellationToken.None);
        }
    }

    /// <summary>Items and their results, each in its place until it is taken: nothing is allocated an item.</summary>
    private sealed class Ring<TIn, TOut>(int capacity, Func<TIn, TOut> work)
    {
        // Guards the counts, the flags and the changes of hand; whoever holds a slot otherwise has it alone.
        private readonly object gate = new();
        private readonly Slot[] slots = [.. Enumerable.Range(0, capacity).Select(_ => new Slot())];
        // Counted from the first item; added and taken are written by the enumerating thread alone.
        private long added, begun, taken;
        private bool closed;

        public bool IsFull => added - taken == capacity;

        public bool IsEmpty => added == taken;

        public void Add(TIn item)
        {
            slots[added % capacity].Item = item;
            lock (gate)
            {
                added++;
                Monitor.PulseAll(gate);
            }
        }

        /// <summary>The oldest result; waits for it.</summary>
        public TOut Take()
        {
            Slot slot = slots[taken % capacity];
            lock (gate)
            {
                while (!slot.IsDone) Monitor.Wait(gate);
            }
            taken++;
            (TOut? result, ExceptionDispatchInfo? error) = (slot.Result, slot.Error);
            (slot.IsDone, slot.Item, slot.Result, slot.Error) = (false, default, default, null);
            error?.Throw();
            return result!;
        }

        /// <summary>What a worker's thread does until the ring is closed.</summary>
        public void Work()
        {
            while (Next() is { } slot)
            {
                try
                {
                    slot.Result = work(slot.Item!);
                }
                catch (Exception e)
                {
                    slot.Error = ExceptionDispatchInfo.Capture(e); // thrown where the result is taken
                }
                lock (gate)
                {
                    slot.IsDone = true;
                    Monitor.PulseAll(gate);
                }
            }
        }

        public void Close()
        {
            lock (gate)
            {
                closed = true;
                Monitor.PulseAll(gate);
            }
        }

        private Slot? Next()
        {
            lock (gate)
            {
                while (!closed && begun == added) Monitor.Wait(gate);
                return closed ? null : slots[begun++ % capacity];
            }
        }

        private sealed class Slot
        {
            public TIn? Item;
            public TOut? Result;
            public ExceptionDispatchInfo? Error;
            public bool IsDone;
        }
    }
}
