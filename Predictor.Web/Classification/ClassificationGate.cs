using System.Diagnostics;
using System.Threading.RateLimiting;
using EmotionMLNet.Web.Hosting;
using EmotionMLNet.Web.Metrics;
using EmotionMLNet.Web.Settings;

namespace EmotionMLNet.Web.Classification;

/// <summary>
/// As many pictures at once as there are cores, and a queue. A picture comes here when all of it has arrived, so that slow clients hold
/// neither.
/// </summary>
internal sealed class ClassificationGate(ServerSettings settings, ServerMetrics metrics) : IDisposable
{
    // A request for many comes back this often, where the queue is full: it was let in, and its client waits.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrencyLimiter limiter = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = settings.Threads,
        QueueLimit = settings.Queue,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Waits for its turn; what is returned ends it.</summary>
    /// <param name="isPatient">Whether it waits for room in the queue too.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProblemException">The queue is full.</exception>
    public async Task<ClassificationTurn> EnterAsync(bool isPatient, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            RateLimitLease lease = await limiter.AcquireAsync(1, cancellationToken);
            if (lease.IsAcquired)
            {
                var turn = new ClassificationTurn(lease, Stopwatch.GetElapsedTime(start));
                metrics.Queued(turn.Waited);
                return turn;
            }
            lease.Dispose();
            if (!isPatient)
            {
                metrics.Rejected();
                throw new ProblemException(
                    new Problem(503, "The server is busy.", "Its queue is full; try again soon.") { RetryAfter = 1 });
            }
            await Task.Delay(Pause, cancellationToken);
        }
    }

    public void Dispose() => limiter.Dispose();
}

/// <summary>A turn at the gate.</summary>
/// <param name="lease">Gives it back.</param>
/// <param name="waited">Time in the queue.</param>
internal sealed class ClassificationTurn(RateLimitLease lease, TimeSpan waited) : IDisposable
{
    public TimeSpan Waited => waited;

    public void Dispose() => lease.Dispose();
}
