using System.Runtime.Intrinsics;

namespace EmotionMLNet.Imaging.WebP.Lossless;

/// <summary>Red and blue are stored without the share that green (and, for blue, red) predicts; the shares change by tile.</summary>
/// <param name="width">Columns.</param>
/// <param name="bits">Binary logarithm of the tile side.</param>
/// <param name="tiles">Multipliers a tile, in 1/32: bits 0 to 7 green to red, 8 to 15 green to blue, 16 to 23 red to blue.</param>
internal sealed class CrossColourTransform(int width, int bits, uint[] tiles) : Transform
{
    private int y;

    public override int CodedWidth => width;

    public override Span<uint> Invert(Span<uint> row)
    {
        int tilesAcross = EntropyImage.Tiles(width, bits);
        ReadOnlySpan<uint> multipliers = tiles.AsSpan((y++ >> bits) * tilesAcross, tilesAcross);
        for (int x = 0; x < width;)
        {
            int tile = x >> bits, end;
            // Neighbours may have the same.
            do end = ++tile << bits;
            while (end < width && multipliers[tile] == multipliers[x >> bits]);
            end = Math.Min(end, width);
            InvertRun(row[x..end], multipliers[x >> bits]);
            x = end;
        }
        return row;
    }

    private static void InvertRun(Span<uint> run, uint multipliers)
    {
        (int greenToRed, int greenToBlue, int redToBlue) = ((sbyte)multipliers, (sbyte)(multipliers >> 8), (sbyte)(multipliers >> 16));
        int done = 0;
        for (; done + Vector256<int>.Count <= run.Length; done += Vector256<int>.Count)
        {
            ref uint first = ref run[done];
            Vector256<int> pixels = Vector256.LoadUnsafe(ref first).AsInt32();
            Vector256<int> green = SignedByte(pixels, 8);
            Vector256<int> red = (pixels >> 16) + ((green * greenToRed) >> 5);
            Vector256<int> blue = pixels + ((green * greenToBlue) >> 5) + ((SignedByte(red, 0) * redToBlue) >> 5);
            Vector256<int> low = Vector256.Create(0xFF);
            ((pixels & Vector256.Create(unchecked((int)0xFF00FF00))) | ((red & low) << 16) | (blue & low))
                .AsUInt32()
                .StoreUnsafe(ref first);
        }
        for (int i = done; i < run.Length; i++)
        {
            uint pixel = run[i];
            int green = (sbyte)(pixel >> 8);
            int red = (int)(pixel >> 16) + ((greenToRed * green) >> 5);
            int blue = (int)pixel + ((greenToBlue * green) >> 5) + ((redToBlue * (sbyte)red) >> 5);
            run[i] = (pixel & 0xFF00FF00) | ((uint)(red & 0xFF) << 16) | (uint)(blue & 0xFF);
        }
    }

    /// <summary>The byte at a bit position, sign extended.</summary>
    private static Vector256<int> SignedByte(Vector256<int> pixels, int position) => (pixels << (24 - position)) >> 24;
}
