using EmotionMLNet.Imaging.Jpeg.Huffman;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>The tables in force at a place of the file: quantisation, Huffman, restart interval.</summary>
internal sealed class JpegTables
{
    private readonly short[]?[] ownQuantisation = new short[]?[4];
    private readonly HuffmanTable?[] ownDc = new HuffmanTable?[4];
    private readonly HuffmanTable?[] ownAc = new HuffmanTable?[4];

    /// <summary>Step sizes in row-major order, 16 bits each; null where none was defined.</summary>
    public short[]?[] Quantisation { get; } = new short[]?[4];

    public HuffmanTable[] Dc { get; } = new HuffmanTable[4];

    public HuffmanTable[] Ac { get; } = new HuffmanTable[4];

    /// <summary>MCUs from one restart marker to the next; 0 without.</summary>
    public int RestartInterval { get; set; }

    /// <summary>
    /// As a file finds them. Tables that the file before has defined stay as memory, and serve again if they are defined the same.
    /// </summary>
    public void Begin()
    {
        for (int i = 0; i < 4; i++)
        {
            Quantisation[i] = null;
            Dc[i] = i % 2 == 0 ? StandardHuffmanTables.LumaDc : StandardHuffmanTables.ChromaDc;
            Ac[i] = i % 2 == 0 ? StandardHuffmanTables.LumaAc : StandardHuffmanTables.ChromaAc;
        }
        RestartInterval = 0;
    }

    /// <summary>DQT (T.81, B.2.4.1).</summary>
    public void ReadQuantisation(ReadOnlySpan<byte> payload, int offset)
    {
        while (payload.Length > 0)
        {
            (int precision, int index) = (payload[0] >> 4, payload[0] & 15);
            int length = precision == 0 ? 65 : 129;
            if (precision > 1 || index > 3 || payload.Length < length) throw JpegDecoder.Error(offset, "the quantisation table is damaged");
            short[] table = ownQuantisation[index] ??= new short[64];
            for (int k = 0; k < 64; k++)
                table[ZigZag.ToNatural[k]] = (short)(precision == 0 ? payload[1 + k] : (payload[1 + 2 * k] << 8) | payload[2 + 2 * k]);
            Quantisation[index] = table;
            payload = payload[length..];
        }
    }

    /// <summary>DHT (T.81, B.2.4.2).</summary>
    public void ReadHuffman(ReadOnlySpan<byte> payload, int offset)
    {
        while (payload.Length > 0)
        {
            (int kind, int index) = (payload[0] >> 4, payload[0] & 15);
            int count = 0;
            for (int i = 1; i <= 16 && i < payload.Length; i++) count += payload[i];
            if (kind > 1 || index > 3 || count > 256 || payload.Length < 17 + count)
                throw JpegDecoder.Error(offset, "the Huffman table is damaged");
            HuffmanTable table = (kind == 0 ? ownDc : ownAc)[index] ??= new HuffmanTable();
            if (!table.TryDefine(payload.Slice(1, 16), payload.Slice(17, count), isDc: kind == 0))
                throw JpegDecoder.Error(offset, "the Huffman table is no prefix code");
            (kind == 0 ? Dc : Ac)[index] = table;
            payload = payload[(17 + count)..];
        }
    }

    /// <summary>DRI (T.81, B.2.4.4).</summary>
    public void ReadRestartInterval(ReadOnlySpan<byte> payload, int offset)
    {
        if (payload.Length < 2) throw JpegDecoder.Error(offset, "the restart interval is damaged");
        RestartInterval = (payload[0] << 8) | payload[1];
    }
}
