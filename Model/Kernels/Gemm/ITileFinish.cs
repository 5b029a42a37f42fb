namespace EmotionMLNet.Kernels.Gemm;

/// <summary>
/// What happens to the sums of a register tile on their way to memory; a type of its own each, so that the tile has no branch for it.
/// </summary>
internal unsafe interface ITileFinish
{
    /// <param name="value">A vector of sums.</param>
    /// <param name="column">Its first column in the panel.</param>
    /// <param name="c">Where the tile will be stored.</param>
    L Apply<L>(L value, int column, float* c) where L : struct, ILanes<L>;

    /// <summary>Called for each row before the sums are made: time to bring in what <see cref="Apply"/> will read.</summary>
    void Prefetch(float* c);
}
