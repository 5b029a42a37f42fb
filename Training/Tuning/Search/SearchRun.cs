using System.Runtime.ExceptionServices;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>What a search is made with, besides its options.</summary>
/// <param name="Store">Keeps it.</param>
/// <param name="Reporter">Hears what is found in the data.</param>
/// <param name="Listener">Follows it.</param>
/// <param name="Time">Clock.</param>
internal sealed record SearchTools(ITrialStore Store, IReporter Reporter, ISearchListener Listener, TimeProvider Time)
{
    /// <summary>Follow the longer training after the search, if there is one.</summary>
    public IReadOnlyList<ITrainingListener> Followers { get; init; } = [];
}

/// <summary>A search from its plan to its confirmation: lays it out, and lets workers work until nothing is left to do.</summary>
internal static class SearchRun
{
    /// <summary>Runs a search, or goes on where one was left.</summary>
    /// <param name="options">Free of problems.</param>
    /// <param name="tools">Store, reporter, listener, clock.</param>
    /// <param name="data">Its pictures.</param>
    /// <param name="createRunner">Makes what trains for each worker, from the layout; null trains in this process.</param>
    /// <param name="cancellation">Releases what is under way.</param>
    /// <returns>The layout of the search.</returns>
    /// <exception cref="TrainingException">The store holds another search, or the time does not allow a single training.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the same search goes on.</exception>
    public static SearchLayout Run(
        SearchOptions options,
        SearchTools tools,
        TrialData data,
        Func<SearchLayout, int, ITrialRunner>? createRunner,
        CancellationToken cancellation
    )
    {
        // Before anything is written: what cannot be laid out leaves no search behind.
        string? planned = tools.Store.Read().Facts.ContainsKey(SearchPlan.Fact) ? null : LayOut(options, tools, data, cancellation);
        CheckPlan(options, tools.Store);
        SearchLayout layout = FindLayout(options, tools, data, planned, cancellation);
        Work(options, layout, data, tools, "worker", createRunner, cancellation);
        return layout;
    }

    /// <summary>Works on a search that was laid out elsewhere.</summary>
    /// <param name="options">Of the plan in the store.</param>
    /// <param name="tools">Store, reporter, listener, clock.</param>
    /// <param name="name">The worker's name.</param>
    /// <param name="cancellation">Releases what is under way.</param>
    public static void Join(SearchOptions options, SearchTools tools, string name, CancellationToken cancellation)
    {
        var data = new TrialData(tools.Reporter);
        SearchLayout layout = FindLayout(options, tools, data, planned: null, cancellation);
        Work(options with { Workers = 1 }, layout, data, tools, name, createRunner: null, cancellation);
    }

    private static void CheckPlan(SearchOptions options, ITrialStore store)
    {
        string plan = SearchPlan.Write(options);
        MadeDecision made = store.Decide("", state =>
            state.Facts.ContainsKey(SearchPlan.Fact) ? new SearchDecision.Stop() : new SearchDecision.Record(SearchPlan.Fact, plan)
        );
        if (made.Decision is SearchDecision.Record || store.Read().Facts[SearchPlan.Fact] == plan) return;
        throw new TrainingException(
            $"{options.Out} holds another search: choose another {{run.folder}}, or give the same settings as that one has."
        );
    }

    private static string LayOut(SearchOptions options, SearchTools tools, TrialData data, CancellationToken cancellation) =>
        new LayoutPlanner(options, data, tools.Time).Plan(cancellation).Write();

    private static SearchLayout FindLayout(
        SearchOptions options,
        SearchTools tools,
        TrialData data,
        string? planned,
        CancellationToken cancellation
    )
    {
        if (!tools.Store.Read().Facts.ContainsKey(SearchLayout.Fact))
        {
            string layout = planned ?? LayOut(options, tools, data, cancellation);
            // Another worker may have been faster: then its layout holds.
            tools.Store.Decide("", state =>
                state.Facts.ContainsKey(SearchLayout.Fact)
                    ? new SearchDecision.Stop()
                    : new SearchDecision.Record(SearchLayout.Fact, layout)
            );
            tools.Listener.OnRecorded(tools.Store.Read(), SearchLayout.Fact, layout);
        }
        return SearchLayout.Read(tools.Store.Read().Facts[SearchLayout.Fact]);
    }

    private static void Work(
        SearchOptions options,
        SearchLayout layout,
        TrialData data,
        SearchTools tools,
        string name,
        Func<SearchLayout, int, ITrialRunner>? createRunner,
        CancellationToken cancellation
    )
    {
        var strategy = new SearchStrategy(options, layout, new LimitCheck(options, layout, data));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var space = new CheckpointSpace(options, layout);
        ExceptionDispatchInfo? failure = null;
        Thread[] workers =
        [
            .. Enumerable
                .Range(1, options.Workers)
                .Select(i => new Thread(() => Run(i)) { Name = options.Workers == 1 ? name : $"{name} {i}", IsBackground = true }),
        ];
        foreach (Thread worker in workers) worker.Start();
        foreach (Thread worker in workers) worker.Join();
        failure?.Throw();

        void Run(int number)
        {
            try
            {
                using ITrialRunner runner = createRunner?.Invoke(layout, number) ?? new TrialRunner(options, layout, data, tools.Time);
                string worker = Thread.CurrentThread.Name!;
                new SearchWorker(tools.Store, strategy, runner, worker, tools.Listener, tools.Time, space.Trim).Run(end.Token);
            }
            catch (Exception e)
            {
                // The first to fail says why; the others are told to end.
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
                end.Cancel();
            }
        }
    }
}
