namespace EmotionMLNet.Imaging.WebP.Lossless;

/// <summary>Arithmetic on the four 8-bit channels of a pixel at once.</summary>
internal static class PixelArithmetic
{
    /// <summary>Sum of each channel modulo 256.</summary>
    public static uint Add(uint a, uint b) =>
        (((a & 0xFF00FF00) + (b & 0xFF00FF00)) & 0xFF00FF00) | (((a & 0x00FF00FF) + (b & 0x00FF00FF)) & 0x00FF00FF);

    /// <summary>Mean of each channel, rounded down.</summary>
    public static uint Average(uint a, uint b) => (((a ^ b) & 0xFEFEFEFE) >> 1) + (a & b);
}
