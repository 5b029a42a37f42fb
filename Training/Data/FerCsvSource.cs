using System.Text;
using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Data;

/// <summary>
/// FER2013 as the contest published it: a row holds a class of 0 to 6, 48 x 48 grey levels between blanks and, in either column
/// order, the usage (Training, PublicTest, PrivateTest). Listing notes where the pixels stand; they are parsed when they are wanted.
/// </summary>
internal static class FerCsvSource
{
    /// <summary>FER2013's dictionary.</summary>
    public static IReadOnlyList<string> Labels { get; } = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"];

    private const int MostColumns = 64;

    public static bool Recognises(string[] columns) => columns.Contains("emotion") && columns.Contains("pixels");

    /// <exception cref="TrainingException">It is no such table after all; the message names the line.</exception>
    public static SourceListing List(string path)
    {
        string table = Path.GetFileName(path);
        List<ListedImage> images = [];
        List<UnusableImage> unusable = [];
        string[]? columns = null;
        using var lines = new ByteLines(path);
        for (int row = 1; lines.MoveNext(); row++)
        {
            if (columns is null)
                columns = Header(path, lines.Current);
            else if (!lines.Current.Trim(" \r\t"u8).IsEmpty)
                ReadRow(path, $"{table}:{row}", columns, lines.Current, lines.Offset, images, unusable);
        }
        return new SourceListing("FER2013 CSV", Labels, images, unusable, []);
    }

    private static string[] Header(string path, ReadOnlySpan<byte> line)
    {
        if (
            line.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])
            || line.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])
            || line.Contains((byte)0)
        )
            throw new TrainingException($"{path}:1: the table is UTF-16: save it as UTF-8.");
        if (line.Count((byte)',') >= MostColumns)
            throw new TrainingException($"{path}:1: more than {MostColumns} columns: this is not FER2013's table.");
        string[] columns = CsvHeader.Columns(Encoding.UTF8.GetString(line));
        return Recognises(columns) ? columns : throw new TrainingException($"{path}:1: a column emotion and a column pixels are wanted.");
    }

    private static void ReadRow(
        string path,
        string name,
        string[] columns,
        ReadOnlySpan<byte> line,
        long offset,
        List<ListedImage> images,
        List<UnusableImage> unusable
    )
    {
        Span<Range> fields = stackalloc Range[columns.Length + 1];
        int count = Split(line, fields);
        string? reason = count == columns.Length ? null : $"{count} columns instead of {columns.Length}", label = null, part = null;
        int usage = CsvHeader.Find(columns, "usage");
        if (reason is null)
        {
            string emotion = Text(line[fields[CsvHeader.Find(columns, "emotion")]]);
            if (emotion.Length == 1 && emotion[0] is >= '0' and <= '6') label = Labels[emotion[0] - '0'];
            else reason = $"emotion is '{emotion}' instead of 0 to 6";
            if (usage >= 0)
            {
                part = Text(line[fields[usage]]);
                if (SplitNames.Parse(part) is null) reason = $"usage '{part}' is none of Training, PublicTest, PrivateTest";
            }
        }
        if (reason is not null)
        {
            unusable.Add(new UnusableImage(part is null ? null : SplitNames.Parse(part), name, reason));
            return;
        }
        (int start, int length) = fields[CsvHeader.Find(columns, "pixels")].GetOffsetAndLength(line.Length);
        images.Add(new ListedImage(name, label!, part, new FerPixels(path, offset + start, length)));
    }

    /// <summary>No field of this table holds a comma, quoted or not.</summary>
    private static int Split(ReadOnlySpan<byte> line, Span<Range> fields)
    {
        int count = 0, start = 0;
        while (count < fields.Length)
        {
            int comma = line[start..].IndexOf((byte)',');
            fields[count++] = comma < 0 ? start..line.Length : start..(start + comma);
            if (comma < 0) break;
            start += comma + 1;
        }
        return count;
    }

    private static string Text(ReadOnlySpan<byte> field) => Encoding.UTF8.GetString(field.Trim(" \t\r\""u8));
}

/// <summary>The pixel column of one row.</summary>
internal sealed class FerPixels(string path, long offset, int length) : ImageContent
{
    /// <summary>Rows and columns of every picture.</summary>
    public const int Side = 48;

    private const string Format = "FER2013 row";

    public override byte[] Read()
    {
        byte[] content = new byte[length];
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = RegularFile.Open(path, long.MaxValue);
        int read = RandomAccess.Read(file, content, offset);
        return read == length ? content : throw new IOException($"{path} has changed while it was read");
    }

    public override ImageHeader Describe(ReadOnlySpan<byte> content) => new(Format, Side, Side);

    public override Image ReadImage(ReadOnlySpan<byte> content, ImageReaderOptions options)
    {
        byte[] grey = new byte[Side * Side];
        Parse(content, grey);
        return new Image(Side, Side, 1, grey);
    }

    public override void Decode(ReadOnlySpan<byte> content, ImagePreprocessing preprocessing, ImageReaderOptions options, Span<byte> pixels)
        => preprocessing.ToPixels(ReadImage(content, options), pixels);

    /// <summary>Decimal numbers of 0 to 255 between blanks.</summary>
    private void Parse(ReadOnlySpan<byte> text, Span<byte> grey)
    {
        int count = 0, value = -1;
        for (int i = 0; i <= text.Length; i++)
        {
            int digit = i < text.Length ? text[i] - '0' : -1;
            if (digit is >= 0 and <= 9)
            {
                value = Math.Max(value, 0) * 10 + digit;
                if (value > 255) throw new ImageFormatException(Format, offset + i, "a pixel is above 255");
                continue;
            }
            if (i < text.Length && text[i] is not ((byte)' ' or (byte)'"' or (byte)'\t' or (byte)'\r'))
                throw new ImageFormatException(Format, offset + i, $"'{(char)text[i]}' is not a digit");
            if (value < 0) continue;
            if (count == grey.Length) throw new ImageFormatException(Format, offset + i, $"more than {grey.Length} pixels");
            grey[count++] = (byte)value;
            value = -1;
        }
        if (count != grey.Length) throw new ImageFormatException(Format, offset + text.Length, $"{count} pixels instead of {grey.Length}");
    }
}
