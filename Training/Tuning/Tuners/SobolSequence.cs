namespace EmotionMLNet.Training.Tuning.Tuners;

/// <summary>
/// Sobol's low-discrepancy sequence in Gray-code order (Antonov and Saleev 1979) with the direction numbers of Joe and Kuo 2008,
/// "Constructing Sobol sequences with better two-dimensional projections" (new-joe-kuo-6).
/// </summary>
internal static class SobolSequence
{
    private const int Bits = 32;

    // A primitive polynomial over GF(2), highest power first, and the first numbers m; the first dimension needs none.
    private static readonly Dimension[] Dimensions =
    [
        new(0b11, [1]), // 2
        new(0b111, [1, 3]), // 3
        new(0b1011, [1, 3, 1]), // 4
        new(0b1101, [1, 1, 1]), // 5
        new(0b10011, [1, 1, 3, 3]), // 6
        new(0b11001, [1, 3, 5, 13]), // 7
        new(0b100101, [1, 1, 5, 5, 17]), // 8
        new(0b101001, [1, 1, 5, 5, 5]), // 9
        new(0b101111, [1, 1, 7, 11, 19]), // 10
        new(0b110111, [1, 1, 5, 1, 1]), // 11
        new(0b111011, [1, 1, 1, 3, 11]), // 12
        new(0b111101, [1, 3, 5, 5, 31]), // 13
        new(0b1000011, [1, 3, 3, 9, 7, 49]), // 14
        new(0b1011011, [1, 1, 1, 15, 21, 21]), // 15
        new(0b1100001, [1, 3, 1, 13, 27, 49]), // 16
        new(0b1100111, [1, 1, 1, 15, 7, 5]), // 17
        new(0b1101101, [1, 3, 1, 15, 13, 25]), // 18
        new(0b1110011, [1, 1, 5, 5, 19, 61]), // 19
        new(0b10000011, [1, 3, 7, 11, 23, 15, 103]), // 20
        new(0b10001001, [1, 3, 7, 13, 13, 15, 69]), // 21
        new(0b10001111, [1, 1, 3, 13, 7, 35, 63]), // 22
        new(0b10010001, [1, 3, 5, 9, 1, 25, 53]), // 23
        new(0b10011101, [1, 3, 1, 13, 9, 35, 107]), // 24
        new(0b10100111, [1, 3, 1, 5, 27, 61, 31]), // 25
        new(0b10101011, [1, 1, 5, 11, 19, 41, 61]), // 26
        new(0b10111001, [1, 3, 5, 3, 3, 13, 69]), // 27
        new(0b10111111, [1, 1, 7, 13, 1, 19, 1]), // 28
        new(0b11000001, [1, 3, 7, 5, 13, 19, 59]), // 29
        new(0b11001011, [1, 1, 3, 9, 25, 29, 41]), // 30
        new(0b11010011, [1, 3, 5, 13, 23, 1, 55]), // 31
        new(0b11010101, [1, 3, 7, 3, 13, 59, 17]), // 32
        new(0b11100101, [1, 3, 1, 3, 5, 53, 69]), // 33
        new(0b11101111, [1, 1, 5, 5, 23, 33, 13]), // 34
        new(0b11110001, [1, 1, 7, 7, 1, 61, 123]), // 35
        new(0b11110111, [1, 1, 7, 9, 13, 61, 49]), // 36
        new(0b11111101, [1, 3, 3, 5, 3, 55, 33]), // 37
        new(0b100011101, [1, 3, 1, 15, 31, 13, 49, 245]), // 38
        new(0b100101011, [1, 3, 5, 15, 31, 59, 63, 97]), // 39
        new(0b100101101, [1, 3, 1, 11, 11, 11, 77, 249]), // 40
    ];

    private static readonly uint[][] Directions = [Halves(), .. Dimensions.Select(ToDirections)];

    /// <summary>Dimensions for which there are numbers.</summary>
    public static int MostDimensions => Directions.Length;

    /// <summary>A coordinate as a fraction of 2³².</summary>
    /// <param name="dimension">From 0, below <see cref="MostDimensions"/>.</param>
    /// <param name="index">Which point, from 0: that one is the origin.</param>
    public static uint Coordinate(int dimension, uint index)
    {
        uint x = 0;
        uint gray = index ^ (index >> 1);
        for (int bit = 0; gray != 0; bit++, gray >>= 1)
            if ((gray & 1) != 0) x ^= Directions[dimension][bit];
        return x;
    }

    private static uint[] Halves() => [.. Enumerable.Range(0, Bits).Select(i => 1u << (Bits - 1 - i))];

    // v[i] = v[i-s] >> s, xor v[i-k] for each term k of the polynomial but the first.
    private static uint[] ToDirections(Dimension dimension)
    {
        int degree = dimension.First.Length;
        var v = new uint[Bits];
        for (int i = 0; i < Bits; i++)
        {
            if (i < degree)
            {
                v[i] = dimension.First[i] << (Bits - 1 - i);
                continue;
            }
            v[i] = v[i - degree] ^ (v[i - degree] >> degree);
            for (int k = 1; k < degree; k++)
                if ((dimension.Polynomial >> (degree - k) & 1) != 0) v[i] ^= v[i - k];
        }
        return v;
    }

    private readonly record struct Dimension(uint Polynomial, uint[] First);
}
