using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;

namespace EmotionMLNet.Training.Runs;

/// <summary>
/// The L2 norm of all gradients that count together, in double. Blocks are summed each by one thread and then in order, so that any number
/// of threads gives the same bits.
/// </summary>
internal sealed class GradientNorm
{
    private const int Block = 4096;

    private readonly IReadOnlyList<Parameter> parameters;
    private readonly ThreadTeam? team;
    private readonly (int Parameter, int Start, int Length)[] blocks;
    private readonly double[] sums;

    /// <param name="parameters">Those that learn when the norm is computed count.</param>
    /// <param name="team">Null for the caller's thread alone.</param>
    public GradientNorm(IReadOnlyList<Parameter> parameters, ThreadTeam? team = null)
    {
        this.parameters = parameters;
        this.team = team;
        blocks =
        [
            .. parameters.SelectMany(
                (p, i) =>
                    Enumerable.Range(0, (p.Length + Block - 1) / Block).Select(b => (i, b * Block, Math.Min(Block, p.Length - b * Block)))
            ),
        ];
        sums = new double[blocks.Length];
    }

    public double Compute()
    {
        var job = new Job(this);
        if (team is null) job.Run(0, 1);
        else team.Run(ref job);
        double total = 0;
        foreach (double sum in sums) total += sum;
        return Math.Sqrt(total);
    }

    private readonly struct Job(GradientNorm owner) : ITeamJob
    {
        public void Run(int part, int parts)
        {
            (int first, int end) = ThreadTeam.Range(owner.blocks.Length, part, parts);
            for (int b = first; b < end; b++)
            {
                (int parameter, int start, int length) = owner.blocks[b];
                Parameter p = owner.parameters[parameter];
                owner.sums[b] = p.Learns ? WeightUpdates.SumOfSquares(p.Gradient.AsSpan(start, length)) : 0;
            }
        }
    }
}
