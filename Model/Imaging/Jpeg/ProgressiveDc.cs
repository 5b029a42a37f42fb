using EmotionMLNet.Imaging.Jpeg.Huffman;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>First scan of DC values (T.81, G.1.2.1).</summary>
internal readonly struct DcFirstCoder(int low) : IBlockCoder
{
    public bool TryDecode(ref JpegBitReader bits, in ScanComponent part, int block)
    {
        bool valid = SequentialBlock.TryReadDc(ref bits, part.Dc, out int difference);
        part.Component.Store.Dc[block] = (short)((part.Component.DcPredictor += difference) << low);
        return valid;
    }
}

/// <summary>A further bit of every DC value.</summary>
internal readonly struct DcRefinementCoder(int low) : IBlockCoder
{
    public bool TryDecode(ref JpegBitReader bits, in ScanComponent part, int block)
    {
        part.Component.Store.Dc[block] |= (short)(bits.Take(1) << low);
        return true;
    }
}
