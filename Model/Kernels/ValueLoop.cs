using System.Runtime.CompilerServices;

namespace EmotionMLNet.Kernels;

/// <summary>A calculation for every value of some arrays: each by itself, so that all vector widths give the same bits.</summary>
internal interface IValueLoop
{
    /// <summary>Calculates the values from number i on, as many as a vector holds.</summary>
    void Apply<L>(int i) where L : struct, ILanes<L>;
}

/// <summary>Runs such calculations on the calling thread.</summary>
internal static class ValueLoop
{
    /// <summary>Calculates values 0 to length - 1.</summary>
    public static void Run<TLoop>(TLoop loop, int length) where TLoop : struct, IValueLoop
    {
        var job = new Job<TLoop>(loop, length);
        Lanes.RunHere(ref job, Lanes.Widest);
    }

    private readonly struct Job<TLoop>(TLoop loop, int length) : ILaneJob where TLoop : struct, IValueLoop
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            TLoop here = loop; // a copy, so that its pointers can stay in registers
            (int i, int end) = ThreadTeam.Range(length, part, parts);
            for (; i + L.Count <= end; i += L.Count) here.Apply<L>(i);
            for (; i < end; i++) here.Apply<Lanes1>(i);
        }
    }
}
