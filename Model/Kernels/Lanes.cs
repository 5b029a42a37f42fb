using System.Runtime.Intrinsics;

namespace EmotionMLNet.Kernels;

/// <summary>Work that a team splits, written once for all vector widths.</summary>
internal interface ILaneJob
{
    /// <summary>Does part <paramref name="part"/> of <paramref name="parts"/> with vectors of L; parts touch disjoint outputs.</summary>
    void Run<L>(int part, int parts) where L : struct, ILanes<L>;
}

/// <summary>Which vector width kernels use.</summary>
internal static class Lanes
{
    /// <summary>Floats in the widest vector of this machine: 16, 8, 4, or 1 without any.</summary>
    public static int Widest { get; } =
        Vector512.IsHardwareAccelerated ? 16
        : Vector256.IsHardwareAccelerated ? 8
        : Vector128.IsHardwareAccelerated ? 4
        : 1;

    /// <summary>Runs a job on a team at a width; any width is right on any machine, only slow where there are no such registers.</summary>
    public static void Run<TJob>(this ThreadTeam team, ref TJob job, int lanes) where TJob : struct, ILaneJob
    {
        var atWidth = new AtWidth<TJob>(job, lanes);
        team.Run(ref atWidth);
    }

    /// <summary>Runs a job at a width, whole, on the calling thread.</summary>
    public static void RunHere<TJob>(ref TJob job, int lanes) where TJob : struct, ILaneJob => new AtWidth<TJob>(job, lanes).Run(0, 1);

    private readonly struct AtWidth<TJob>(TJob job, int lanes) : ITeamJob where TJob : struct, ILaneJob
    {
        public void Run(int part, int parts)
        {
            switch (lanes)
            {
                case 16: job.Run<Lanes16>(part, parts); break;
                case 8: job.Run<Lanes8>(part, parts); break;
                case 4: job.Run<Lanes4>(part, parts); break;
                default: job.Run<Lanes1>(part, parts); break;
            }
        }
    }
}
