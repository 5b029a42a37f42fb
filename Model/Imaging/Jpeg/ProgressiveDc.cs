namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>First scan of DC values (T.81, G.1.2.1).</summary>
internal readonly unsafe struct DcFirstCoder(int low) : IBlockCoder
{
    public void Restart()
    {
    }

    public bool TryDecode(ref JpegBitReader bits, in ScanComponent part, short* block)
    {
        bool valid = SequentialBlock.TryReadDc(ref bits, part.Dc, out int difference);
        block[0] = (short)((part.Component.DcPredictor += difference) << low);
        return valid;
    }
}

/// <summary>A further bit of every DC value.</summary>
internal readonly unsafe struct DcRefinementCoder(int low) : IBlockCoder
{
    public void Restart()
    {
    }

    public bool TryDecode(ref JpegBitReader bits, in ScanComponent part, short* block)
    {
        block[0] |= (short)(bits.Take(1) << low);
        return true;
    }
}
