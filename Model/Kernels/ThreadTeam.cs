using System.Runtime.CompilerServices;

namespace EmotionMLNet.Kernels;

/// <summary>
/// Work that a <see cref="ThreadTeam"/> splits. Implement as a struct holding pointers or indices: no allocation per run.
/// </summary>
internal interface ITeamJob
{
    /// <summary>Does part <paramref name="part"/> of <paramref name="parts"/>; parts touch disjoint outputs.</summary>
    void Run(int part, int parts);
}

/// <summary>
/// A fixed number of threads that run one job at a time, each its own part: same thread count, same partition, same bits.
/// </summary>
/// <remarks>
/// Kernels of a training step follow each other within microseconds, so whoever waits spins for a while before it yields, and a worker
/// yields for a while before it sleeps. A worker that finds itself on the caller's core leaves it, see <see cref="Cores"/>. The caller is
/// part 0. Not re-entrant; one owner at a time.
/// </remarks>
internal sealed unsafe class ThreadTeam : IDisposable
{
    // Some 30 microseconds: longer than the gap between two kernels.
    private const int Spins = 128;

    // Some milliseconds if nobody else wants the core: two calls of a predictor's batch. Then a worker sleeps.
    private const int Yields = 4_000;

    private readonly Worker[] workers;
    private delegate*<void*, int, int, void> body;
    private void* state;
    private int pending;
    private int callerCore;
    private volatile bool stopping;
    private Exception? failure;

    /// <param name="threads">Threads, the caller's own included.</param>
    /// <param name="laneCount">Floats in a vector of the kernels that this team runs; 0 means the machine's widest.</param>
    public ThreadTeam(int threads, int laneCount = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        LaneCount = laneCount == 0 ? Lanes.Widest : laneCount;
        workers = new Worker[threads - 1];
        for (int i = 0; i < workers.Length; i++) workers[i] = new Worker(this, i + 1);
    }

    public int Threads { get; }

    /// <summary>Floats in a vector: 16, 8, 4 or 1.</summary>
    public int LaneCount { get; }

    /// <summary>
    /// Runs the job in <see cref="Threads"/> parts and returns when all are done. An exception of any part is rethrown here.
    /// </summary>
    public void Run<TJob>(ref TJob job) where TJob : struct, ITeamJob
    {
        if (workers.Length == 0)
        {
            job.Run(0, 1);
            return;
        }
        fixed (void* pointer = &Unsafe.As<TJob, byte>(ref job))
        {
            body = &Invoke<TJob>;
            state = pointer;
            callerCore = Cores.Current;
            failure = null; // where the caller's own part failed too, nobody took a worker's
            Volatile.Write(ref pending, workers.Length);
            foreach (Worker worker in workers) worker.Start();
            try
            {
                job.Run(0, Threads);
            }
            finally
            {
                AwaitWorkers();
            }
        }
        if (failure is { } e) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e);
    }

    /// <summary>The half-open range of items that a part handles; ranges differ by at most one item.</summary>
    public static (int Start, int End) Range(int items, int part, int parts)
        => ((int)((long)items * part / parts), (int)((long)items * (part + 1) / parts));

    public void Dispose()
    {
        stopping = true;
        foreach (Worker worker in workers) worker.Start();
        foreach (Worker worker in workers) worker.Dispose();
    }

    private void AwaitWorkers()
    {
        for (int i = 0; Volatile.Read(ref pending) != 0; i++)
        {
            if (i < Spins) Thread.SpinWait(8);
            else Thread.Yield();
        }
    }

    private static void Invoke<TJob>(void* state, int part, int parts) where TJob : struct, ITeamJob
        => Unsafe.AsRef<TJob>(state).Run(part, parts);

    private sealed class Worker : IDisposable
    {
        private readonly ThreadTeam team;
        private readonly int part;
        private readonly Thread thread;
        private readonly ManualResetEventSlim awake = new(false, spinCount: 0);
        private int calls; // how often it was started
        private int sleeps; // 1 from just before it waits for awake

        public Worker(ThreadTeam team, int part)
        {
            this.team = team;
            this.part = part;
            thread = new Thread(Loop) { IsBackground = true, Name = $"ThreadTeam {part}" };
            thread.Start();
        }

        public void Start()
        {
            Interlocked.Increment(ref calls); // a full fence: either this sees that it sleeps, or it sees the call
            if (Volatile.Read(ref sleeps) != 0) awake.Set();
        }

        public void Dispose()
        {
            thread.Join();
            awake.Dispose();
        }

        // Returns when it was started once more than before.
        private void AwaitCall(int before)
        {
            for (int i = 0; Volatile.Read(ref calls) == before; i++)
            {
                if (i < Spins)
                {
                    Thread.SpinWait(8);
                }
                else if (i < Spins + Yields)
                {
                    Thread.Yield();
                }
                else
                {
                    awake.Reset();
                    Interlocked.Exchange(ref sleeps, 1);
                    if (Volatile.Read(ref calls) == before) awake.Wait();
                    Volatile.Write(ref sleeps, 0);
                }
            }
            if (team.callerCore >= 0 && Cores.Current == team.callerCore) Cores.Leave(team.callerCore);
        }

        private void Loop()
        {
            for (int call = 0; ; call++)
            {
                AwaitCall(call);
                if (team.stopping) return;
                try
                {
                    team.body(team.state, part, team.Threads);
                }
                catch (Exception e)
                {
                    team.failure = e;
                }
                Interlocked.Decrement(ref team.pending);
            }
        }
    }
}
