namespace EmotionMLNet.Kernels.Quantised;

/// <summary>Work on integers that a team splits, written once for all vector widths.</summary>
internal interface IIntegerLaneJob
{
    /// <summary>Does part <paramref name="part"/> of <paramref name="parts"/>; parts touch disjoint outputs.</summary>
    void Run<I, L>(int part, int parts) where I : struct, IIntegerLanes<I, L> where L : struct, ILanes<L>;
}

/// <summary>Runs integer jobs at a width.</summary>
internal static class IntegerLaneJobs
{
    /// <summary>Runs a job on a team; any width is right on any machine, only slow where there are no such registers.</summary>
    public static void Run<TJob>(this ThreadTeam team, in TJob job, int lanes) where TJob : struct, IIntegerLaneJob
    {
        var atWidth = new AtWidth<TJob>(job, lanes);
        team.Run(ref atWidth);
    }

    private readonly struct AtWidth<TJob>(TJob job, int lanes) : ITeamJob where TJob : struct, IIntegerLaneJob
    {
        public void Run(int part, int parts)
        {
            switch (lanes)
            {
                case 16: job.Run<IntegerLanes16, Lanes16>(part, parts); break;
                case 8: job.Run<IntegerLanes8, Lanes8>(part, parts); break;
                case 4: job.Run<IntegerLanes4, Lanes4>(part, parts); break;
                default: job.Run<IntegerLanes1, Lanes1>(part, parts); break;
            }
        }
    }
}
