using System.Runtime.InteropServices;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>
/// The coefficients of a component that several scans gather. They stand in the order of coding, and only those count whose bit is set:
/// so nothing needs to be cleared, and a refining scan finds with two instructions what it has to correct.
/// </summary>
internal sealed class CoefficientStore
{
    // A store of usual pictures on the web; of larger ones, the memory goes back.
    private const int MostKept = 1 << 20;

    private readonly WorkingBuffer dc = new(MostKept), ac = new(MostKept), nonZero = new(MostKept);

    public bool IsHeld { get; private set; }

    /// <summary>The DC value of each block.</summary>
    public Span<short> Dc => MemoryMarshal.Cast<byte, short>(dc.Bytes);

    /// <summary>64 a block, in zigzag order; the first of them is not used. Empty if AC coefficients are not wanted.</summary>
    public Span<short> Ac => MemoryMarshal.Cast<byte, short>(ac.Bytes);

    /// <summary>
    /// For each block the coefficients that are not 0: bit 63 - k for zigzag index k, so that the next one coded is the highest.
    /// </summary>
    public Span<ulong> NonZero => MemoryMarshal.Cast<byte, ulong>(nonZero.Bytes);

    /// <summary>Bytes that so many blocks take.</summary>
    public static long BytesFor(long blocks, bool wantsAc) => blocks * (sizeof(short) + (wantsAc ? 64 * sizeof(short) + sizeof(ulong) : 0));

    /// <summary>Takes memory for blocks that are all 0.</summary>
    /// <param name="blocks">How many; 64 times so many fit into an array.</param>
    /// <param name="wantsAc">Whether more is kept than the DC values.</param>
    public void Hold(int blocks, bool wantsAc)
    {
        IsHeld = true;
        dc.TakeZeros<short>(blocks);
        if (!wantsAc) return;
        ac.Take(checked(64 * sizeof(short) * blocks));
        nonZero.TakeZeros<ulong>(blocks);
    }

    /// <summary>Gives it back.</summary>
    public void Release()
    {
        IsHeld = false;
        dc.Release();
        ac.Release();
        nonZero.Release();
    }
}
