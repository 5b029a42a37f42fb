using System.Data.Common;

namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>Takes one trial after the other from a store and trains it, until nothing is left to do.</summary>
/// <param name="store">The search.</param>
/// <param name="strategy">Decides.</param>
/// <param name="runner">Trains.</param>
/// <param name="name">The worker's name.</param>
/// <param name="listener">Follows.</param>
/// <param name="time">Clock.</param>
/// <param name="tidy">Called after a training; null does nothing.</param>
internal sealed class SearchWorker(
    ITrialStore store,
    SearchStrategy strategy,
    ITrialRunner runner,
    string name,
    ISearchListener listener,
    TimeProvider time,
    Action<SearchState>? tidy = null
)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // Where leases do not end it keeps the clock of the store.
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(10);

    // Three of them may be lost.
    private TimeSpan Heartbeat => store.Lease / 4 ?? Usual;

    /// <summary>Works until the search is over.</summary>
    /// <param name="cancellation">Releases the trial that is under way, whose checkpoint is that of its last whole epoch.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Run(CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            MadeDecision made = store.Decide(name, strategy.Decide);
            switch (made.Decision)
            {
                case SearchDecision.Stop:
                    return;
                case SearchDecision.Wait:
                    cancellation.WaitHandle.WaitOne(Pause);
                    break;
                case SearchDecision.Measure measure:
                    strategy.Measure(measure.Proposal);
                    break;
                case SearchDecision.Record record:
                    Tell(s => listener.OnRecorded(s, record.Name, record.Value));
                    break;
                case SearchDecision.Reject:
                    Tell(s => listener.OnEnded(s, s.Trials.Last(t => t.Status == TrialStatus.Rejected)));
                    break;
                case SearchDecision.GiveUp giveUp:
                    Tell(s => listener.OnEnded(s, s.Trials[giveUp.Trial]));
                    break;
                default:
                    Work(made.Lease!, cancellation);
                    break;
            }
        }
    }

    private void Work(TrialLease lease, CancellationToken cancellation)
    {
        SearchTrial trial = lease.Trial;
        SearchState state = store.Read();
        Tell(s => listener.OnBegun(s, s.Trials[trial.Id], name));
        double seconds = strategy.FindDeadline(state, trial.Proposal.Kind) - state.Now;
        using var late = new CancellationTokenSource(
            // A timer takes no more than that.
            seconds < int.MaxValue / 1000 ? TimeSpan.FromSeconds(Math.Max(0.001, seconds)) : Timeout.InfiniteTimeSpan,
            time
        );
        using var lost = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token, lost.Token);
        using ITimer heartbeat = time.CreateTimer(_ => Renew(lease, lost), null, Heartbeat, Heartbeat);
        bool isStopped = false;
        try
        {
            runner.Run(new(trial.Id, lease.Claim, trial.Proposal, trial.Rung), Report, either.Token);
        }
        catch (OperationCanceledException)
        {
            if (!lost.IsCancellationRequested && store.End(lease, TrialStatus.Released))
                Tell(s => listener.OnEnded(s, s.Trials[trial.Id]));
            cancellation.ThrowIfCancellationRequested();
            return;
        }
        catch (Exception e) when (e is TrainingException or OutOfMemoryException or ModelOutputException)
        {
            End(TrialStatus.Failed, e.Message.ReplaceLineEndings(" "));
            return;
        }
        catch (WorkerLostException e)
        {
            End(TrialStatus.Released, e.Message);
            return;
        }
        catch (Exception) when (!store.End(lease, TrialStatus.Released))
        {
            return; // somebody else has the trial, and has removed what this worker was writing
        }
        if (lost.IsCancellationRequested) return;
        if (isStopped) End(TrialStatus.Stopped, "worse than the median of the others at its epoch");
        else End(trial.Rung == strategy.Top ? TrialStatus.Finished : TrialStatus.Paused, reason: null);
        tidy?.Invoke(store.Read());

        bool Report(TrialEpoch epoch)
        {
            if (!store.Add(lease, epoch))
            {
                lost.Cancel();
                return false;
            }
            SearchState now = store.Read();
            lock (listener) listener.OnEpochDone(now, now.Trials[trial.Id], epoch);
            isStopped = trial.Proposal.Kind == TrialKind.Search && strategy.ShouldStop(now, trial.Id);
            return !isStopped;
        }

        void End(TrialStatus status, string? reason)
        {
            if (store.End(lease, status, reason)) Tell(s => listener.OnEnded(s, s.Trials[trial.Id]));
        }
    }

    private void Renew(TrialLease lease, CancellationTokenSource lost)
    {
        try
        {
            if (!store.Renew(lease)) lost.Cancel();
        }
        catch (Exception e) when (e is ObjectDisposedException or TrainingException or DbException)
        {
            // The trial has ended in this moment, or the database does not answer: then the lease runs out, and the next report says so. An
            // exception on the thread of a timer would end the process.
        }
    }

    private void Tell(Action<SearchState> tell)
    {
        SearchState state = store.Read();
        lock (listener) tell(state);
    }
}

/// <summary>A process that trained a trial is gone.</summary>
internal sealed class WorkerLostException(string message) : Exception(message);
