using EmotionMLNet.Imaging.Jpeg.Dct;
using EmotionMLNet.Imaging.Jpeg.Huffman;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>
/// Blocks in sequential mode of which only the mean is wanted, at 1/8 scale, or nothing: what a folder of photographs spends its time on.
/// The reader of the bits stays in registers for a whole row.
/// </summary>
internal static unsafe class SequentialMeans
{
    /// <summary>Decodes MCUs up to the end of a row or restart interval.</summary>
    /// <param name="reader">Stands at the first.</param>
    /// <param name="parts">The scan's components, whose predictions go on.</param>
    /// <param name="places">The blocks of an MCU; their targets are moved on.</param>
    /// <param name="count">How many blocks.</param>
    /// <param name="mcus">How many MCUs.</param>
    public static void Decode(ref ScanReader reader, ReadOnlySpan<ScanComponent> parts, BlockPlace* places, int count, int mcus)
    {
        int* predictors = stackalloc int[4];
        for (int i = 0; i < parts.Length; i++) predictors[i] = parts[i].Component.DcPredictor;
        JpegBitReader bits = reader.Bits;
        bool valid = true;
        BlockPlace* end = places + count;
        for (; mcus > 0 && valid && !bits.IsOverrun; mcus--)
        {
            for (BlockPlace* place = places; place < end && valid; place++)
            {
                ref readonly ScanComponent part = ref parts[place->Part];
                valid = SequentialBlock.TryReadDc(ref bits, place->Dc, part.Dc, out int difference);
                int dc = predictors[place->Part] += difference;
                *place->Target = InverseDct.Mean((short)((short)dc * *place->Steps));
                place->Target += place->Advance;
                valid &= AcReader.Read(ref bits, new SkippedAc(place->Skip), part.Ac) != SequentialBlock.Invalid;
            }
        }
        reader.Bits = bits;
        reader.EndBlock(valid);
        for (int i = 0; i < parts.Length; i++) parts[i].Component.DcPredictor = predictors[i];
    }
}
