using System.Globalization;
using EmotionMLNet.Terminal;

namespace EmotionMLNet.Predictor;

/// <summary>How many files got which label.</summary>
internal sealed class LabelCounts(IReadOnlyList<string> labels)
{
    // A model of a thousand classes must not push everything else off the screen.
    private const int MostLines = 20, Columns = 79;

    private readonly long[] counts = new long[labels.Count + 1];

    /// <summary>Files with a label, "uncertain" included.</summary>
    public long Labelled { get; private set; }

    /// <summary>Files without one.</summary>
    public long Unreadable { get; private set; }

    /// <param name="label">See <see cref="Row.Class"/>.</param>
    /// <returns>False for a class that the model hasn't.</returns>
    public bool Add(int label)
    {
        if (label < -1 || label >= counts.Length) return false;
        if (label < 0)
        {
            Unreadable++;
            return true;
        }
        counts[label]++;
        Labelled++;
        return true;
    }

    /// <summary>
    /// A small table: count, share of the labelled files, label. Labels stand last, where their width, in whatever script, moves nothing.
    /// </summary>
    /// <param name="skipped">Files that are no images.</param>
    public IEnumerable<string> Table(long skipped)
    {
        (string Name, long Count)[] found =
        [
            .. counts.Select((n, i) => (i < labels.Count ? labels[i] : Row.Uncertain, n)).Where(l => l.n > 0).OrderByDescending(l => l.n),
        ];
        int width = Math.Max(
            "files".Length,
            new[] { Labelled, Unreadable, skipped }.Max(n => n.ToString("N0", CultureInfo.InvariantCulture).Length)
        );
        yield return $"{"files".PadLeft(width)}    share  label";
        foreach ((string name, long count) in found.Take(MostLines))
            yield return Line(count, string.Create(CultureInfo.InvariantCulture, $"{100.0 * count / Labelled:F1} %"), name);
        if (found.Length > MostLines)
            yield return Line(
                found.Skip(MostLines).Sum(l => l.Count),
                "",
                $"in {ConsoleText.Count(found.Length - MostLines, "more label")}"
            );
        if (Unreadable > 0) yield return Line(Unreadable, "", "could not be read: see the errors in their rows");
        if (skipped > 0) yield return Line(skipped, "", "skipped: no images by name or content");

        string Line(long count, string share, string name) =>
            Cut(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{count.ToString("N0", CultureInfo.InvariantCulture).PadLeft(width)}  {share, 7}  {ConsoleText.Line(name)}"
                )
            );
    }

    // Characters of East Asia and emoji take two columns each.
    private static string Cut(string line)
    {
        int columns = 0, length = 0;
        foreach (System.Text.Rune rune in line.EnumerateRunes())
        {
            columns += rune.Value < 0x1100 ? 1 : 2;
            if (columns > Columns) return line[..length];
            length += rune.Utf16SequenceLength;
        }
        return line;
    }
}
