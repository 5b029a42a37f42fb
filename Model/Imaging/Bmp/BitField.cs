using System.Numerics;

namespace EmotionMLNet.Imaging.Bmp;

/// <summary>One sample of a pixel of 16 or 32 bits: round((pixel &amp; mask) >> shift, stretched to 0 ... 255).</summary>
internal readonly struct BitField
{
    private readonly uint mask;
    private readonly int shift;
    private readonly uint largest;

    /// <param name="mask">Neighbouring bits, or 0 for a sample that is always 0.</param>
    /// <exception cref="ImageFormatException">The mask has gaps.</exception>
    public BitField(uint mask)
    {
        this.mask = mask;
        shift = mask == 0 ? 0 : BitOperations.TrailingZeroCount(mask);
        largest = mask >> shift;
        if ((largest & (largest + 1)) != 0) throw new ImageFormatException(BmpDecoder.Format, 54, $"bit mask {mask:X8} has gaps");
    }

    public byte Extract(uint pixel)
    {
        uint sample = (pixel & mask) >> shift;
        return largest switch
        {
            255 => (byte)sample,
            0 => 0,
            _ => (byte)((sample * 255UL + largest / 2) / largest),
        };
    }
}
