using System.Numerics;

namespace EmotionMLNet.Imaging.WebP.Lossless;

/// <summary>Red and blue are stored as differences from green.</summary>
internal sealed class SubtractGreenTransform(int width) : Transform
{
    public override int CodedWidth => width;

    public override Span<uint> Invert(Span<uint> row)
    {
        int i = 0;
        for (; i + Vector<uint>.Count <= row.Length; i += Vector<uint>.Count)
        {
            var several = new Vector<uint>(row[i..]);
            Vector<uint> green = (several >> 8) & new Vector<uint>(0xFF);
            // Red and blue are bytes 2 and 0: a sum of bytes adds green to both and carries into neither neighbour.
            (several.As<uint, byte>() + ((green << 16) | green).As<uint, byte>()).As<byte, uint>().CopyTo(row[i..]);
        }
        for (; i < row.Length; i++)
        {
            uint pixel = row[i];
            uint green = (pixel >> 8) & 0xFF;
            row[i] = (pixel & 0xFF00FF00) | (((pixel & 0x00FF00FF) + ((green << 16) | green)) & 0x00FF00FF);
        }
        return row;
    }
}
