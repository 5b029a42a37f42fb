using System.Collections.Concurrent;

namespace EmotionMLNet.Predictor;

/// <summary>Work on several threads whose results come in order, each as soon as it and those before it are there.</summary>
internal static class Ahead
{
    /// <param name="items">Enumerated on a thread of its own; the token ends it when nobody wants more.</param>
    /// <param name="work">Called on several threads at once.</param>
    /// <param name="atOnce">Results that may be under way or waiting.</param>
    /// <param name="cancellation">Ends the enumeration with an <see cref="OperationCanceledException"/>.</param>
    public static IEnumerable<TResult> Select<T, TResult>(
        Func<CancellationToken, IEnumerable<T>> items,
        Func<T, TResult> work,
        int atOnce,
        CancellationToken cancellation
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var queue = new BlockingCollection<Task<TResult>>(atOnce);
        CancellationToken stopped = stop.Token;
        Task producer = Task.Factory.StartNew(() =>
        {
            try
            {
                foreach (T item in items(stopped)) queue.Add(Task.Run(() => work(item), stopped), stopped);
            }
            finally
            {
                queue.CompleteAdding();
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            foreach (Task<TResult> task in queue.GetConsumingEnumerable(cancellation)) yield return task.GetAwaiter().GetResult();
            producer.GetAwaiter().GetResult();
        }
        finally
        {
            stop.Cancel();
            // It uses the queue until it has seen the token; what it throws is either known by now or of no interest.
            producer.ContinueWith(_ => { }, TaskScheduler.Default).Wait(CancellationToken.None);
        }
    }
}
