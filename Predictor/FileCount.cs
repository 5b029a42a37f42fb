namespace EmotionMLNet.Predictor;

/// <summary>Counts what a run will find, on a thread of its own and without keeping it, so that progress knows how much is left.</summary>
internal sealed class FileCount : IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Task task;
    private long total;

    /// <param name="files">Enumerated once; an instance of its own.</param>
    /// <param name="counts">Which of them are to be done.</param>
    public FileCount(ImageFiles files, Func<FoundFile, bool> counts)
    {
        CancellationToken stopped = stop.Token;
        task = Task.Factory.StartNew(() =>
        {
            try
            {
                Volatile.Write(ref total, files.Enumerate(stopped).LongCount(counts));
            }
            catch (Exception e) when (e is OperationCanceledException || FoundFile.IsOfOneFile(e))
            {
                // The total stays unknown.
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>0 until everything is counted.</summary>
    public long Total => Volatile.Read(ref total);

    /// <summary>Stops counting, and doesn't wait for a slow disk.</summary>
    public void Dispose()
    {
        stop.Cancel();
        task.ContinueWith(_ => stop.Dispose(), TaskScheduler.Default);
    }
}
