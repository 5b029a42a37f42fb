using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;

namespace EmotionMLNet.Training.Optimisers;

/// <summary>What an optimiser does to a run of values of one parameter, independently of all others.</summary>
internal interface IParameterUpdate
{
    /// <param name="parameter">Its index.</param>
    /// <param name="start">First value.</param>
    /// <param name="length">Number of values, few enough to stay in L1 from one pass over them to the next.</param>
    void Apply(int parameter, int start, int length);
}

/// <summary>
/// All values of all parameters as one line that the threads of a team share evenly: one hand-over a step, however many small parameters
/// there are. Every value is updated by one thread alone, so that any number of threads gives the same bits.
/// </summary>
internal sealed class ParameterSplit
{
    private const int Most = 2048, Line = 16;

    private readonly ThreadTeam? team;
    private readonly int[] starts;

    /// <param name="parameters">In order.</param>
    /// <param name="team">Null for the caller's thread alone.</param>
    public ParameterSplit(IReadOnlyList<Parameter> parameters, ThreadTeam? team)
    {
        this.team = team;
        starts = new int[parameters.Count + 1];
        for (int i = 0; i < parameters.Count; i++) starts[i + 1] = checked(starts[i] + parameters[i].Length);
    }

    public void Run<TUpdate>(TUpdate update) where TUpdate : struct, IParameterUpdate
    {
        var job = new Job<TUpdate>(starts, update);
        if (team is null) job.Run(0, 1);
        else team.Run(ref job);
    }

    private readonly struct Job<TUpdate>(int[] starts, TUpdate update) : ITeamJob where TUpdate : struct, IParameterUpdate
    {
        public void Run(int part, int parts)
        {
            (int first, int last) = ThreadTeam.Range((starts[^1] + Line - 1) / Line, part, parts);
            int start = first * Line, end = (int)Math.Min(starts[^1], (long)last * Line);
            for (int i = 0; i + 1 < starts.Length; i++)
            {
                int to = Math.Min(end, starts[i + 1]) - starts[i];
                for (int from = Math.Max(start, starts[i]) - starts[i]; from < to; from += Most)
                    update.Apply(i, from, Math.Min(Most, to - from));
            }
        }
    }
}
