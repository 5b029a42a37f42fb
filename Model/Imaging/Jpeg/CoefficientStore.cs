using System.Buffers;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>
/// The coefficients of a component that several scans gather. They stand in the order of coding, and only those count whose bit is set:
/// so nothing needs to be cleared, and a refining scan finds with two instructions what it has to correct.
/// </summary>
internal sealed class CoefficientStore
{
    private short[] dc = [], ac = [];
    private ulong[] nonZero = [];

    public bool IsHeld => dc.Length > 0;

    /// <summary>The DC value of each block.</summary>
    public Span<short> Dc => dc;

    /// <summary>64 a block, in zigzag order; the first of them is not used. Empty if AC coefficients are not wanted.</summary>
    public Span<short> Ac => ac;

    /// <summary>For each block the coefficients that are not 0: bit 63 - k for zigzag index k, so that the next one coded is the highest.</summary>
    public Span<ulong> NonZero => nonZero;

    /// <summary>Takes memory for blocks that are all 0.</summary>
    /// <param name="blocks">How many; 64 times so many fit into an array.</param>
    /// <param name="wantsAc">Whether more is kept than the DC values.</param>
    public void Hold(int blocks, bool wantsAc)
    {
        dc = ArrayPool<short>.Shared.Rent(blocks);
        dc.AsSpan(0, blocks).Clear();
        if (!wantsAc) return;
        ac = ArrayPool<short>.Shared.Rent(64 * blocks);
        nonZero = ArrayPool<ulong>.Shared.Rent(blocks);
        nonZero.AsSpan(0, blocks).Clear();
    }

    /// <summary>Gives it back.</summary>
    public void Release()
    {
        if (dc.Length > 0) ArrayPool<short>.Shared.Return(dc);
        if (ac.Length > 0) ArrayPool<short>.Shared.Return(ac);
        if (nonZero.Length > 0) ArrayPool<ulong>.Shared.Return(nonZero);
        (dc, ac, nonZero) = ([], [], []);
    }
}
