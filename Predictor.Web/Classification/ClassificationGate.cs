using System.Diagnostics;
using EmotionMLNet.Web.Hosting;
using EmotionMLNet.Web.Metrics;
using EmotionMLNet.Web.Settings;

namespace EmotionMLNet.Web.Classification;

/// <summary>
/// As many pictures at once as there are cores, and a queue that is fair to clients. A picture comes here when all of it has arrived, so
/// that slow clients hold neither.
/// </summary>
internal sealed class ClassificationGate(ServerSettings settings, ServerMetrics metrics)
{
    // A request for many comes back this often, where the queue is full: it was let in, and its client waits.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly FairQueue queue = new(settings.Threads, settings.Queue);

    /// <summary>Waits for its turn; what is returned ends it.</summary>
    /// <param name="caller">Who waits, and whether for room in the queue too.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProblemException">The queue is full.</exception>
    public async Task<ClassificationTurn> EnterAsync(Caller caller, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await queue.EnterAsync(caller.Client, cancellationToken))
        {
            if (!caller.IsPatient)
            {
                metrics.Rejected();
                throw new ProblemException(
                    new Problem(503, "The server is busy.", "Its queue is full; try again soon.") { RetryAfter = 1 });
            }
            await Task.Delay(Pause, cancellationToken);
        }
        var turn = new ClassificationTurn(queue, Stopwatch.GetElapsedTime(start));
        metrics.Queued(turn.Waited);
        return turn;
    }
}

/// <summary>A turn at the gate; to be disposed of once.</summary>
/// <param name="queue">Where it ends.</param>
/// <param name="waited">Time in the queue.</param>
internal sealed class ClassificationTurn(FairQueue queue, TimeSpan waited) : IDisposable
{
    public TimeSpan Waited => waited;

    public void Dispose() => queue.Leave();
}
