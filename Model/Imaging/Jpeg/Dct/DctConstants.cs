namespace EmotionMLNet.Imaging.Jpeg.Dct;

/// <summary>The factors of the inverse DCT in integers, in units of 2^-13: a name holds the first four digits of the number.</summary>
/// <remarks>
/// Those of eight samples are sums and differences of √2 cos(kπ/16), in the order of Loeffler, Ligtenberg and Moschytz, as
/// libjpeg's accurate transform has them. Those of four and two samples are means of two, or four, neighbouring cosines.
/// </remarks>
internal static class DctConstants
{
    public const int Bits = 13;

    // What a line of eight samples multiplies by.
    public const int C0298 = (int)(0.298631336 * One + Half);
    public const int C0390 = (int)(0.390180644 * One + Half);
    public const int C0541 = (int)(0.541196100 * One + Half);
    public const int C0765 = (int)(0.765366865 * One + Half);
    public const int C0899 = (int)(0.899976223 * One + Half);
    public const int C1175 = (int)(1.175875602 * One + Half);
    public const int C1501 = (int)(1.501321110 * One + Half);
    public const int C1847 = (int)(1.847759065 * One + Half);
    public const int C1961 = (int)(1.961570560 * One + Half);
    public const int C2053 = (int)(2.053119869 * One + Half);
    public const int C2562 = (int)(2.562915447 * One + Half);
    public const int C3072 = (int)(3.072711026 * One + Half);

    // What a line of four samples multiplies by besides.
    public const int C0211 = (int)(0.211164243 * One + Half);
    public const int C0509 = (int)(0.509795579 * One + Half);
    public const int C0601 = (int)(0.601344887 * One + Half);
    public const int C1061 = (int)(1.061594337 * One + Half);
    public const int C1451 = (int)(1.451774981 * One + Half);
    public const int C2172 = (int)(2.172734803 * One + Half);

    // What a line of two samples multiplies by.
    public const int C0720 = (int)(0.720959822 * One + Half);
    public const int C0850 = (int)(0.850430095 * One + Half);
    public const int C1272 = (int)(1.272758580 * One + Half);
    public const int C3624 = (int)(3.624509785 * One + Half);

    private const double One = 1 << Bits, Half = 0.5;
}
