using System.Globalization;
using EmotionMLNet.Formatting;
using EmotionMLNet.Terminal;
using EmotionMLNet.Trainer.Commands;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Trainer.Rendering;

/// <summary>A data report as plain text of at most 80 columns (file names stay whole), the same on a terminal and in a file.</summary>
internal static class DataReportText
{
    // Unusable files are all listed, whatever their number; of twins the console shows the first only.
    private const int TwinsShown = 20;

    public static void Write(DataReport report, TextWriter writer)
    {
        Lines(
            writer,
            $"{report.Path}: {report.Source}, {Plural.Format(report.Splits.Sum(s => s.Listed.Sum()), "image")}, "
                + $"{Plural.Format(report.Labels.Count, "class", "classes")}",
            2
        );
        foreach (string note in report.Notes) Lines(writer, $"  {SettingFlags.Render(note)}", 4);
        writer.WriteLine();
        Table(writer, Counts(report));
        writer.WriteLine();
        foreach (SplitCount split in report.Splits) Lines(writer, Describe(split, report.Labels), 2);
        writer.WriteLine(Text($"chance: a label drawn at random would be right {100.0 / report.Labels.Count:0.0} % of the time"));
        if (report.Sizes is { } s)
        {
            writer.WriteLine(
                s.DistinctSizes == 1
                    ? $"sizes: {s.MinimumWidth} x {s.MinimumHeight}"
                    : $"sizes: {s.MinimumWidth} x {s.MinimumHeight} to {s.MaximumWidth} x {s.MaximumHeight}, median {s.MedianWidth} "
                        + $"x {s.MedianHeight}, {s.DistinctSizes} different"
            );
        }
        if (report.Formats.Count > 0)
            Lines(writer, "formats: " + string.Join(", ", report.Formats.Select(f => Text($"{f.Format} {f.Images:N0}"))), 2);
        writer.WriteLine();
        Table(
            writer,
            [
                ["identical", "groups", "copies", "in another split", "under other labels"],
                Twins("as stored", report.ByteIdentical),
                Twins("as the network sees it", report.PixelIdentical),
            ]
        );
        if (report.Faces is { } faces)
        {
            writer.WriteLine();
            WriteFaces(faces, writer);
        }
        WriteFindings(report, writer);
    }

    // Pictures that are a face already have a column where there are some.
    private static void WriteFaces(FaceReport faces, TextWriter writer)
    {
        bool hasCut = faces.Classes.Any(c => c.Cut > 0);
        List<string[]> rows = [["pictures with", "one face", "none", "several", .. hasCut ? ["cut already"] : Array.Empty<string>()]];
        List<Func<FaceCount, int>> counts = [c => c.One, c => c.None, c => c.Many];
        if (hasCut) counts.Add(c => c.Cut);
        foreach (FaceCount c in faces.Classes) rows.Add([c.Label, .. counts.Select(count => Text($"{count(c):N0}"))]);
        rows.Add(["all", .. counts.Select(count => Text($"{faces.Classes.Sum(count):N0}"))]);
        Table(writer, rows);
    }

    private static void WriteFindings(DataReport report, TextWriter writer)
    {
        Section(writer, "folders that can't be read", report.Unreadable.Count, report.Unreadable.Select(u => $"{u.Name}: {u.Reason}"));
        Section(writer, "unusable", report.Unusable.Count, report.Unusable.Select(u => $"{u.Name}: {u.Reason}"));
        Section(writer, "blank (one grey level or colour)", report.Blank.Count, report.Blank.Select(b => b.Name));
        if (report.Faces is { } faces)
        {
            Section(writer, "without a face", faces.None.Count, faces.None.Select(p => p.Name));
            Section(writer, "with several faces", faces.Many.Count, faces.Many.Select(p => Text($"{p.Name}: {p.Faces:N0}")));
        }
        IReadOnlyList<DuplicateGroup> worst = report.PixelIdentical.Worst;
        Section(
            writer,
            "identical across splits or labels",
            worst.Count,
            worst.Take(TwinsShown).Select(g => string.Join(" = ", g.Images.Zip(g.Labels, (image, label) => $"{image} [{label}]")))
        );
        if (worst.Count > TwinsShown) writer.WriteLine(Text($"  and {worst.Count - TwinsShown:N0} more: --json lists them"));
        writer.WriteLine();
        Lines(writer, report.HasFindings ? $"findings: {report.Findings()}" : "no findings", 2);
    }

    private static void Section(TextWriter writer, string title, int count, IEnumerable<string> lines)
    {
        if (count == 0) return;
        writer.WriteLine();
        writer.WriteLine(Text($"{title} ({count:N0}):"));
        foreach (string line in lines) Lines(writer, $"  {line}", 4);
    }

    /// <summary>Where a split comes from, and what is right on it without looking.</summary>
    private static string Describe(SplitCount split, IReadOnlyList<string> labels)
    {
        string name = $"{SplitNames.Of(split.Split)}: {split.Name}{(split.Read ? "" : " (not read)")}";
        if (split.Usable.Sum() == 0) return name;
        string majority = labels[split.Baseline.MajorityClass];
        return Text($"{name}; always saying {majority} would be right {100 * split.Baseline.Majority:0.0} % of the time");
    }

    private static string[] Twins(string title, DuplicateCount c) =>
        [title, .. new[] { c.Groups, c.Copies, c.AcrossSplits, c.ConflictingGroups }.Select(n => Text($"{n:N0}"))];

    /// <summary>A row a class, a column a split: usable images, and last what is unusable.</summary>
    private static List<string[]> Counts(DataReport report)
    {
        List<string[]> rows = [["", .. report.Splits.Select(s => SplitNames.Of(s.Split)), "all"]];
        for (int c = 0; c < report.Labels.Count; c++) rows.Add(Row(report.Labels[c], [.. report.Splits.Select(s => s.Usable[c])]));
        rows.Add(Row("all", [.. report.Splits.Select(s => s.Usable.Sum())]));
        int[] unusable = [.. report.Splits.Select(s => s.Listed.Sum() - s.Usable.Sum())];
        if (unusable.Sum() > 0) rows.Add(Row("unusable", unusable));
        return rows;
    }

    private static string[] Row(string name, int[] counts) => [name, .. counts.Append(counts.Sum()).Select(n => Text($"{n:N0}"))];

    private static void Table(TextWriter writer, IReadOnlyList<string[]> rows)
    {
        foreach (string line in TextLayout.Table(rows)) writer.WriteLine(PrintableText.Line(line));
    }

    private static void Lines(TextWriter writer, string text, int hang)
    {
        foreach (string line in TextLayout.Wrap(PrintableText.Line(text), hang)) writer.WriteLine(line);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
