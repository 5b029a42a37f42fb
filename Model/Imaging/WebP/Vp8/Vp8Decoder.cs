namespace EmotionMLNet.Imaging.WebP.Vp8;

/// <summary>A VP8 key frame (RFC 6386): modes, coefficients, prediction and the loop filter, a row of macroblocks at a time.</summary>
/// <param name="data">Begins with the payload of the VP8 chunk.</param>
/// <param name="length">Its bytes.</param>
/// <param name="origin">Its position in the file, for messages.</param>
/// <param name="header">Its header.</param>
internal sealed class Vp8Decoder(byte[] data, int length, int origin, FrameHeader header)
{
    private const int LumaSize = 16;
    private const int ChromaSize = 8;
    private const int SubblockSize = 4;

    private readonly YuvPicture picture = new(header.MacroblocksAcross);

    /// <summary>Bytes of working memory.</summary>
    public static long BytesFor(FrameHeader header) => header.MacroblocksAcross * (16 * 16 * 2 * 3 / 2 + 256L);

    /// <param name="alpha">Rows of alpha, or null.</param>
    /// <param name="add">Takes the rows of the picture.</param>
    /// <param name="watch">Looked at once a row of macroblocks.</param>
    public void Decode(AlphaPlane? alpha, RowReceiver add, DecodingWatch watch)
    {
        var first = new BoolDecoder(data, FrameHeader.Bytes, header.FirstPartitionLength);
        // The colour space bit and the promise that no clamping is needed: the former has no meaning, the latter is not relied on.
        first.ReadNumber(2);
        Segmentation segmentation = Segmentation.Read(ref first);
        FilterSettings filter = FilterSettings.Read(ref first);
        BoolDecoder[] partitions = Partitions(1 << first.ReadNumber(2));
        Dequantisation[] factors = Dequantisation.Read(ref first, segmentation);
        // Whether probabilities outlive the frame matters to the next one only.
        first.ReadFlag();
        byte[] probabilities = CoefficientProbabilities.Read(ref first);
        int skipProbability = first.ReadFlag() ? first.ReadNumber(8) : -1;
        if (first.PastEnd) throw CutOff(first);

        var modes = new IntraModes(header.MacroblocksAcross, segmentation, skipProbability);
        var residuals = new Residuals(header.MacroblocksAcross, probabilities);
        FilterStrength[] table = FilterStrength.Table(filter, segmentation);
        var strengths = new FilterStrength[header.MacroblocksAcross];
        var rows = new FrameRows(picture, header, alpha, add);
        for (int row = 0; row < header.MacroblocksDown; row++)
        {
            ref BoolDecoder tokens = ref partitions[row % partitions.Length];
            watch.Check();
            picture.Advance();
            picture.ExchangeLinesAbove();
            modes.BeginRow();
            residuals.BeginRow();
            for (int column = 0; column < header.MacroblocksAcross; column++)
            {
                modes.Read(ref first, column);
                if (modes.Skipped) residuals.Skip(column, !modes.BySubblocks);
                else residuals.Read(ref tokens, column, !modes.BySubblocks, factors[modes.Segment]);
                if (tokens.PastEnd) throw CutOff(tokens);
                Reconstruct(modes, residuals, column, row);
                FilterStrength strength = table[2 * modes.Segment + (modes.BySubblocks ? 1 : 0)];
                strengths[column] = strength with { InnerEdges = strength.InnerEdges || residuals.NonZero != 0 };
            }
            if (first.PastEnd) throw CutOff(first);
            picture.Y.ExtendRight();
            picture.ExchangeLinesAbove();
            picture.KeepLastLines();
            if (filter.Level > 0) LoopFilter.Apply(picture, strengths, hasAbove: row > 0, filter.Simple);
            rows.Emit(row);
        }
    }

    /// <summary>The coefficient partitions (RFC 6386, section 9.5); macroblock rows take turns among them.</summary>
    private BoolDecoder[] Partitions(int count)
    {
        const int sizeBytes = 3;
        int sizes = FrameHeader.Bytes + header.FirstPartitionLength;
        int start = sizes + sizeBytes * (count - 1);
        if (start > length) throw NoRoom(origin + sizes, count);
        var partitions = new BoolDecoder[count];
        for (int i = 0; i < count; i++)
        {
            int left = length - start;
            // As in libwebp: a partition may be cut short by the end of the data, unless nothing is left for the last.
            if (i == count - 1 && left == 0) throw NoRoom(origin + sizes, count);
            int bytes = left;
            if (i < count - 1)
            {
                ReadOnlySpan<byte> size = data.AsSpan(sizes + sizeBytes * i, sizeBytes);
                bytes = Math.Min(size[0] | (size[1] << 8) | (size[2] << 16), left);
            }
            partitions[i] = new BoolDecoder(data, start, bytes);
            start += bytes;
        }
        return partitions;
    }

    private static ImageFormatException NoRoom(int offset, int count) =>
        new(WebPDecoder.Format, offset, $"no room for {count} partitions of coefficients: the file is cut off");

    private void Reconstruct(IntraModes modes, Residuals residuals, int column, int row)
    {
        int x = column * LumaSize;
        int y = LumaSize;
        if (modes.BySubblocks)
        {
            ReconstructSubblocks(modes, residuals, x, y);
        }
        else
        {
            BlockPrediction.Predict(picture.Y, x, y, row > 0, LumaSize, modes.Luma);
            AddResiduals(residuals, picture.Y, x, y, LumaSize, 0);
        }
        x = column * ChromaSize;
        y = ChromaSize;
        BlockPrediction.Predict(picture.U, x, y, row > 0, ChromaSize, modes.Chroma);
        AddResiduals(residuals, picture.U, x, y, ChromaSize, Residuals.LumaBlocks);
        BlockPrediction.Predict(picture.V, x, y, row > 0, ChromaSize, modes.Chroma);
        AddResiduals(residuals, picture.V, x, y, ChromaSize, Residuals.LumaBlocks + 4);
    }

    private void ReconstructSubblocks(IntraModes modes, Residuals residuals, int x, int y)
    {
        Plane plane = picture.Y;
        // What lies to the right is not decoded yet: below the first row the right column looks at the macroblock above once more.
        ReadOnlySpan<byte> besideMacroblock = plane.Samples.AsSpan(plane.At(x + LumaSize, y - 1), SubblockSize);
        for (int block = 0; block < Residuals.LumaBlocks; block++)
        {
            int start = plane.At(x + (block & 3) * SubblockSize, y + (block >> 2) * SubblockSize);
            ReadOnlySpan<byte> aboveRight =
                (block & 3) == 3 ? besideMacroblock : plane.Samples.AsSpan(start - plane.Stride + SubblockSize, SubblockSize);
            SubblockPrediction.Predict(plane.Samples, start, plane.Stride, modes.Subblocks[block], aboveRight);
            AddResidual(residuals, block, plane, start);
        }
    }

    private static void AddResiduals(Residuals residuals, Plane plane, int x, int y, int size, int block)
    {
        for (int dy = 0; dy < size; dy += SubblockSize)
        {
            for (int dx = 0; dx < size; dx += SubblockSize, block++) AddResidual(residuals, block, plane, plane.At(x + dx, y + dy));
        }
    }

    private static void AddResidual(Residuals residuals, int block, Plane plane, int start)
    {
        uint bit = 1u << block;
        if ((residuals.NonZero & bit) == 0) return;
        ReadOnlySpan<short> coefficients = residuals.Coefficients.AsSpan(Residuals.BlockLength * block, Residuals.BlockLength);
        Span<byte> target = plane.Samples.AsSpan(start);
        if ((residuals.NonZeroAc & bit) != 0) InverseTransform.AddDct(coefficients, target, plane.Stride);
        else InverseTransform.AddDc(coefficients[0], target, plane.Stride);
    }

    private ImageFormatException CutOff(in BoolDecoder partition) =>
        new(WebPDecoder.Format, origin + partition.Position, "the lossy data end in mid-picture: the file is cut off or damaged");
}
