using System.Collections.Concurrent;

namespace EmotionMLNet;

/// <summary>Work on many items by several threads, results in the order of the items, a bounded number under way.</summary>
internal static class Pipeline
{
    /// <summary>Items under way per thread: enough that a slow one (a large photograph) does not stop the others.</summary>
    private const int Ahead = 8;

    /// <param name="items">Enumerated on the caller's thread, a bounded number ahead.</param>
    /// <param name="work">Called on pool threads, several at once.</param>
    /// <param name="threads">How many at once.</param>
    /// <param name="cancellation">Checked between items.</param>
    public static IEnumerable<TOut> Ordered<TIn, TOut>(IEnumerable<TIn> items, Func<TIn, TOut> work, int threads, CancellationToken cancellation)
    {
        var underWay = new Queue<Task<TOut>>();
        using var todo = new BlockingCollection<Task<TOut>>();
        var workers = new Task[threads];
        for (int i = 0; i < threads; i++)
        {
            workers[i] = Task.Factory.StartNew(() =>
            {
                foreach (Task<TOut> task in todo.GetConsumingEnumerable()) task.RunSynchronously(TaskScheduler.Default);
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        try
        {
            foreach (TIn item in items)
            {
                cancellation.ThrowIfCancellationRequested();
                var task = new Task<TOut>(() => work(item));
                underWay.Enqueue(task);
                todo.Add(task, cancellation);
                if (underWay.Count >= threads * Ahead) yield return underWay.Dequeue().GetAwaiter().GetResult();
            }
            while (underWay.TryDequeue(out Task<TOut>? task))
            {
                cancellation.ThrowIfCancellationRequested();
                yield return task.GetAwaiter().GetResult();
            }
        }
        finally
        {
            todo.CompleteAdding();
            while (todo.TryTake(out _)) { } // whoever stops enumerating wants no more work done
            Task.WaitAll(workers, CancellationToken.None);
        }
    }
}
