using System.Globalization;
using EmotionMLNet.Terminal;

namespace EmotionMLNet.Predictor;

/// <summary>How many files, or faces in them, got which label.</summary>
/// <param name="labels">The model's, in order.</param>
/// <param name="countsFaces">A file has a row for each face in it.</param>
internal sealed class LabelCounts(IReadOnlyList<string> labels, bool countsFaces = false)
{
    // A model of a thousand classes must not push everything else off the screen.
    private const int MostLines = 20, Columns = 79;

    private readonly long[] counts = new long[labels.Count + 1];

    /// <summary>Files, or faces, with a label, "uncertain" included.</summary>
    public long Labelled { get; private set; }

    /// <summary>Files that could not be read.</summary>
    public long Unreadable { get; private set; }

    /// <summary>Files in which faces were looked for and none was found.</summary>
    public long WithoutFace { get; private set; }

    /// <summary>Counts the rows of one file.</summary>
    /// <param name="classes">See <see cref="Row.Class"/>.</param>
    /// <returns>False, and nothing is counted, for a class that the model hasn't.</returns>
    public bool Add(IReadOnlyList<int> classes)
    {
        if (classes.Any(c => c < Row.WithoutFace || c >= counts.Length)) return false;
        foreach (int label in classes)
        {
            if (label == Row.Unread) Unreadable++;
            else if (label == Row.WithoutFace) WithoutFace++;
            else
            {
                counts[label]++;
                Labelled++;
            }
        }
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
        string heading = countsFaces ? "faces" : "files";
        int width = Math.Max(
            heading.Length,
            new[] { Labelled, Unreadable, WithoutFace, skipped }.Max(n => n.ToString("N0", CultureInfo.InvariantCulture).Length)
        );
        yield return $"{heading.PadLeft(width)}    share  label";
        foreach ((string name, long count) in found.Take(MostLines))
            yield return Line(count, string.Create(CultureInfo.InvariantCulture, $"{100.0 * count / Labelled:F1} %"), name);
        if (found.Length > MostLines)
            yield return Line(
                found.Skip(MostLines).Sum(l => l.Count),
                "",
                $"in {ConsoleText.Count(found.Length - MostLines, "more label")}"
            );
        if (WithoutFace > 0) yield return Line(WithoutFace, "", countsFaces ? "files without a face" : "without a face");
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
