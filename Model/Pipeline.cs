using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace EmotionMLNet;

/// <summary>Work on a run of neighbouring items at once.</summary>
/// <param name="items">One or more.</param>
/// <param name="results">Receives a result for each item.</param>
/// <param name="cancellationToken">Nobody wants the results any more.</param>
internal delegate void PipelineWork<TIn, TOut>(ReadOnlySpan<TIn> items, Span<TOut> results, CancellationToken cancellationToken);

/// <summary>Work on many items by several threads, results in the order of the items, a bounded number under way.</summary>
/// <param name="work">Called on threads of its own, several at once.</param>
/// <param name="threads">How many at once.</param>
/// <param name="atOnce">Most items that a thread is given together.</param>
/// <param name="weight">Bytes that an item holds while it waits, where that is worth counting.</param>
internal sealed class Pipeline<TIn, TOut>(PipelineWork<TIn, TOut> work, int threads, int atOnce, Func<TIn, long>? weight = null)
{
    /// <summary>Items under way per thread: enough that a slow one (a large photograph) does not stop the others.</summary>
    private const int Ahead = 8;

    /// <summary>Bytes that waiting items may hold together before no further one is asked for.</summary>
    private const long MostWeight = 64L << 20;

    /// <summary>Results as they are asked for.</summary>
    /// <param name="items">Enumerated on the caller's thread, a bounded number ahead; may be endless.</param>
    /// <param name="cancellationToken">Checked between items.</param>
    public IEnumerable<(TIn Item, TOut Result)> Run(IEnumerable<TIn> items, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ring = new Ring(this, stop.Token);
        Task workers = Start(ring);
        try
        {
            foreach (TIn item in items)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ring.Add(item);
                while (ring.IsFull) yield return ring.Take();
            }
            while (!ring.IsEmpty)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return ring.Take();
            }
        }
        finally
        {
            stop.Cancel(); // whoever stops enumerating wants no more work done
            ring.Close();
            workers.Wait(CancellationToken.None);
        }
    }

    /// <summary>The same without holding the caller's thread: neither while an item is awaited nor while a result is. A result is out
    /// as soon as it and those before it are there, however long the next item takes.</summary>
    /// <param name="items">May be endless. Its token ends a wait for the next item; it is disposed of when that has ended.</param>
    /// <param name="cancellationToken">Checked between items.</param>
    public async IAsyncEnumerable<(
        TIn Item, TOut Result)> RunAsync(IAsyncEnumerable<TIn> items, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ring = new Ring(this, stop.Token);
        Task workers = Start(ring);
        IAsyncEnumerator<TIn> source = items.GetAsyncEnumerator(stop.Token);
        Task<bool>? next = null;
        bool hasEnded = false;
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                // Items that are there go first, so that no thread runs out of work while results are looked at.
                if (!hasEnded && !ring.IsFull)
                {
                    next ??= source.MoveNextAsync().AsTask();
                    if (next.IsCompleted || ring.IsEmpty)
                    {
                        Task<bool> moved = next;
                        next = null;
                        hasEnded = !await Moved(moved, cancellationToken).ConfigureAwait(false);
                        if (!hasEnded) ring.Add(source.Current);
                        continue;
                    }
                }
                if (ring.IsEmpty) break;
                Task oldest = ring.OldestAsync();
                if (next is null) await oldest.ConfigureAwait(false);
                else await Task.WhenAny(oldest, next).ConfigureAwait(false);
                if (oldest.IsCompleted) yield return ring.Take();
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            ring.Close();
            // An enumerator may not be disposed of while it moves.
            if (next is not null) await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await source.DisposeAsync().ConfigureAwait(false);
            await workers.ConfigureAwait(false);
        }
    }

    // The caller knows its own token, not the one that was linked to it.
    private static async Task<bool> Moved(Task<bool> next, CancellationToken cancellationToken)
    {
        try
        {
            return await next.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    private Task Start(Ring ring)
    {
        return Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Worker()));

        Task Worker() => Task.Factory.StartNew(ring.Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Items and their results, each in its place until it is taken: nothing is allocated an item.</summary>
    private sealed class Ring
    {
        // Guards the counts, the flags and the changes of hand; whoever holds a place otherwise has it alone.
        private readonly object gate = new();
        private readonly Pipeline<TIn, TOut> pipeline;
        private readonly CancellationToken stopped;
        private readonly TIn[] items;
        private readonly TOut[] results;
        private readonly ExceptionDispatchInfo?[] errors;
        private readonly bool[] isDone;
        // Counted from the first item; added and taken are written by the enumerating caller alone.
        private long added, begun, taken, held;
        private TaskCompletionSource? waiter;
        private bool isClosed;

        public Ring(Pipeline<TIn, TOut> pipeline, CancellationToken stopped)
        {
            this.pipeline = pipeline;
            this.stopped = stopped;
            int capacity = pipeline.Threads * Ahead;
            items = new TIn[capacity];
            results = new TOut[capacity];
            errors = new ExceptionDispatchInfo?[capacity];
            isDone = new bool[capacity];
        }

        public bool IsFull => added - taken == items.Length || (held >= MostWeight && !IsEmpty);

        public bool IsEmpty => added == taken;

        public void Add(TIn item)
        {
            items[added % items.Length] = item;
            held += pipeline.WeightOf(item);
            lock (gate)
            {
                added++;
                Monitor.PulseAll(gate);
            }
        }

        /// <summary>Ends when the oldest result is there, which must be of an item that was added.</summary>
        public Task OldestAsync()
        {
            lock (gate)
            {
                if (isDone[taken % items.Length]) return Task.CompletedTask;
                waiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return waiter.Task;
            }
        }

        /// <summary>The oldest item and its result; waits for it.</summary>
        public (TIn Item, TOut Result) Take()
        {
            long place = taken % items.Length;
            lock (gate)
            {
                while (!isDone[place]) Monitor.Wait(gate);
                isDone[place] = false;
                taken++;
            }
            (TIn item, TOut result, ExceptionDispatchInfo? error) = (items[place], results[place], errors[place]);
            (items[place], results[place], errors[place]) = (default!, default!, null);
            held -= pipeline.WeightOf(item);
            error?.Throw();
            return (item, result);
        }

        /// <summary>What a worker's thread does until the ring is closed.</summary>
        public void Work()
        {
            while (Next() is { Count: > 0 } run)
            {
                try
                {
                    pipeline.Work(items.AsSpan(run.First, run.Count), results.AsSpan(run.First, run.Count), stopped);
                }
                catch (Exception e)
                {
                    Array.Fill(errors, ExceptionDispatchInfo.Capture(e), run.First, run.Count); // thrown where the results are taken
                }
                Finish(run.First, run.Count);
            }
        }

        public void Close()
        {
            lock (gate)
            {
                isClosed = true;
                Monitor.PulseAll(gate);
            }
        }

        private (int First, int Count) Next()
        {
            lock (gate)
            {
                while (!isClosed && begun == added) Monitor.Wait(gate);
                if (isClosed) return default;
                int first = (int)(begun % items.Length);
                // A fair share of what waits, so that no thread idles while another has several.
                long share = (added - begun + pipeline.Threads - 1) / pipeline.Threads;
                int count = (int)Math.Min(Math.Min(share, pipeline.AtOnce), items.Length - first);
                begun += count;
                return (first, count);
            }
        }

        private void Finish(int first, int count)
        {
            TaskCompletionSource? served = null;
            lock (gate)
            {
                Array.Fill(isDone, true, first, count);
                Monitor.PulseAll(gate);
                if (waiter is not null && isDone[taken % items.Length]) (served, waiter) = (waiter, null);
            }
            served?.SetResult();
        }
    }

    private int Threads => threads;

    private int AtOnce => atOnce;

    private PipelineWork<TIn, TOut> Work => work;

    private long WeightOf(TIn item) => weight is null ? 0 : weight(item);
}
