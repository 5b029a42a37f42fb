using EmotionMLNet.Imaging.Jpeg.Huffman;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>One of the blocks of an MCU in sequential mode: its tables, and where its samples go in the present MCU.</summary>
/// <param name="part">Index of the component in the scan.</param>
/// <param name="component">That component.</param>
/// <param name="skip">The table for passing over its AC coefficients; null where they are read.</param>
/// <param name="pairs">The table for reading them; null where they are passed over, or the picture is small.</param>
/// <param name="steps">64 quantisation steps.</param>
/// <param name="target">Its first sample in the first MCU.</param>
/// <param name="advance">Step from MCU to MCU; 0 for samples that are not wanted.</param>
internal unsafe struct BlockPlace(
    int part,
    in ScanComponent component,
    AcSkipTable? skip,
    AcPairTable? pairs,
    short* steps,
    byte* target,
    nint advance
)
{
    /// <summary>Four components of 4 x 4 blocks: more than T.81 allows, which is 10 together.</summary>
    public const int Most = 64;

    public readonly int Part = part;
    public readonly short* Steps = steps;
    public readonly uint* Dc = component.Dc.LookupPointer;
    public readonly ushort* Skip = skip is null ? null : skip.Pointer;
    public readonly ulong* Pairs = pairs is null ? null : pairs.Pointer;
    public readonly nint Advance = advance;
    public byte* Target = target;
}
