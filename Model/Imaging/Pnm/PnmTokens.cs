namespace EmotionMLNet.Imaging.Pnm;

/// <summary>Words and numbers of a Netpbm file; a comment runs from # to the end of its line.</summary>
internal ref struct PnmTokens(ReadOnlySpan<byte> data, string format, int position)
{
    private ByteReader reader = new(data, format, position);

    public readonly int Position => reader.Position;

    public ReadOnlySpan<byte> ReadWord()
    {
        SkipBlanks();
        ByteReader start = reader;
        int length = 0;
        while (!reader.AtEnd && !PnmDecoder.IsSpace(Peek()) && Peek() != '#')
        {
            reader.Skip(1);
            length++;
        }
        return start.Take(length);
    }

    /// <summary>A decimal number of at most nine digits.</summary>
    public int ReadNumber()
    {
        SkipBlanks();
        int value = 0, digits = 0;
        while (!reader.AtEnd && Peek() is >= (byte)'0' and <= (byte)'9')
        {
            value = value * 10 + (reader.ReadByte() - '0');
            if (++digits > 9) throw Error("a number of more than nine digits");
        }
        return digits > 0 ? value : throw Error("a number is missing");
    }

    /// <summary>One digit 0 or 1; blanks between bits are not needed.</summary>
    public int ReadBit()
    {
        SkipBlanks();
        byte b = reader.ReadByte();
        return b is (byte)'0' or (byte)'1' ? b - '0' : throw Error("a bit is neither 0 nor 1");
    }

    public void SkipOneBlank()
    {
        if (!PnmDecoder.IsSpace(reader.ReadByte())) throw Error("a blank is missing before the pixels");
    }

    public readonly ImageFormatException Error(string reason) => reader.Error(reason);

    private void SkipBlanks()
    {
        while (!reader.AtEnd)
        {
            byte b = Peek();
            if (b == '#')
            {
                while (!reader.AtEnd && reader.ReadByte() is not ((byte)'\n' or (byte)'\r'));
            }
            else if (PnmDecoder.IsSpace(b)) reader.Skip(1);
            else return;
        }
    }

    private readonly byte Peek()
    {
        ByteReader ahead = reader;
        return ahead.ReadByte();
    }
}
