using System.Collections.Concurrent;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.Training.Tuning.Workers;

/// <summary>What a worker process does: one job after the other, as a search on the other end of two streams says.</summary>
internal static class WorkerService
{
    /// <summary>Works until the search closes its stream.</summary>
    /// <param name="input">From the search.</param>
    /// <param name="output">To the search.</param>
    /// <param name="folder">Folder of the search.</param>
    /// <param name="findTrainer">The trainer of an arm that is no network of ours, by name.</param>
    public static void Serve(
        TextReader input,
        TextWriter output,
        string folder,
        Func<string, TrainingOptions, ICandidateTrainer> findTrainer
    )
    {
        if (WorkerMessage.Read(input) is not { Plan: { } plan, Layout: { } layout }) return;
        SearchOptions options = SearchPlan.Read(plan, folder, findTrainer);
        using var runner = new TrialRunner(
            options,
            SearchLayout.Read(layout),
            new TrialData(new SilentReporter()),
            TimeProvider.System
        );
        using var jobs = new BlockingCollection<TrialJob>();
        using var answers = new BlockingCollection<bool>();
        CancellationTokenSource? running = null;
        var gate = new Lock();
        // A thread of its own hears a cancellation, and the end of the search, while a job runs.
        new Thread(Listen) { IsBackground = true }.Start();
        foreach (TrialJob job in jobs.GetConsumingEnumerable())
        {
            using var cancellation = new CancellationTokenSource();
            lock (gate) running = cancellation;
            Run(runner, job, output, answers, cancellation.Token).Write(output);
            lock (gate) running = null;
        }

        void Listen()
        {
            while (WorkerMessage.Read(input) is { } message)
            {
                if (message.Job is { } job) jobs.Add(job);
                else if (message.GoesOn is { } goesOn) answers.Add(goesOn);
                else if (message.IsCancelled)
                    lock (gate) running?.Cancel();
            }
            // The search is gone: nobody wants what is under way.
            Environment.Exit(0);
        }
    }

    private static WorkerMessage Run(
        TrialRunner runner,
        TrialJob job,
        TextWriter output,
        BlockingCollection<bool> answers,
        CancellationToken cancellation
    )
    {
        try
        {
            runner.Run(job, Report, cancellation);
            return new() { IsDone = true };
        }
        catch (OperationCanceledException)
        {
            return new() { IsReleased = true };
        }
        catch (Exception e) when (e is TrainingException or OutOfMemoryException or ModelOutputException)
        {
            return new() { Failure = e.Message.ReplaceLineEndings(" ") };
        }

        bool Report(TrialEpoch epoch)
        {
            new WorkerMessage { Epoch = epoch }.Write(output);
            return answers.Take(CancellationToken.None);
        }
    }
}
