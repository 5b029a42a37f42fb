using System.Text;

namespace EmotionMLNet.Imaging.Pnm;

/// <summary>Size, samples a pixel and the value that stands for white.</summary>
internal readonly record struct PnmHeader(int Width, int Height, int Depth, int Largest)
{
    /// <summary>P1 to P6: numbers between blanks and comments, one blank before the pixels.</summary>
    public static PnmHeader ReadClassic(ref PnmTokens reader, char kind)
    {
        int width = reader.ReadNumber(), height = reader.ReadNumber();
        int largest = kind is '1' or '4' ? 1 : reader.ReadNumber();
        if (kind is '4' or '5' or '6') reader.SkipOneBlank();
        return new PnmHeader(width, height, kind is '3' or '6' ? 3 : 1, largest);
    }

    /// <summary>P7: lines of a name and a value up to ENDHDR. The tuple type says nothing that the depth does not.</summary>
    public static PnmHeader ReadPam(ref PnmTokens reader)
    {
        var header = new PnmHeader(0, 0, 0, 0);
        while (true)
        {
            string name = Encoding.Latin1.GetString(reader.ReadWord());
            switch (name)
            {
                case "WIDTH": header = header with { Width = reader.ReadNumber() }; break;
                case "HEIGHT": header = header with { Height = reader.ReadNumber() }; break;
                case "DEPTH": header = header with { Depth = reader.ReadNumber() }; break;
                case "MAXVAL": header = header with { Largest = reader.ReadNumber() }; break;
                case "TUPLTYPE": reader.ReadWord(); break;
                case "ENDHDR": reader.SkipOneBlank(); return header;
                default: throw reader.Error("an unknown line in the header of a PAM file");
            }
        }
    }
}
