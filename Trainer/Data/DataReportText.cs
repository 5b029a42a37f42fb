using System.Globalization;

namespace EmotionMLNet.Trainer.Data;

/// <summary>A data report as plain text: aligned columns, the same on a terminal and in a file.</summary>
internal static class DataReportText
{
    // Unusable files are all listed, whatever their number; of twins the console shows the first only.
    private const int TwinsShown = 20;

    public static void Write(DataReport report, TextWriter writer)
    {
        writer.WriteLine(Text($"{report.Path}: {report.Source}, {report.Splits.Sum(s => s.Listed.Sum()):N0} images, {report.Labels.Count} classes"));
        foreach (string note in report.Notes) writer.WriteLine($"  {note}");
        writer.WriteLine();
        foreach (string line in Counts(report)) writer.WriteLine(line);
        writer.WriteLine();
        foreach (SplitCount split in report.Splits) writer.WriteLine($"{SplitNames.Of(split.Split)}: {split.Name}{(split.Read ? "" : " (not read)")}");
        if (report.Sizes is { } s)
        {
            writer.WriteLine(s.DistinctSizes == 1
                ? $"sizes: {s.MinimumWidth} x {s.MinimumHeight}"
                : $"sizes: {s.MinimumWidth} x {s.MinimumHeight} to {s.MaximumWidth} x {s.MaximumHeight}, median {s.MedianWidth} x {s.MedianHeight}, {s.DistinctSizes} different");
        }
        if (report.Formats.Count > 0) writer.WriteLine("formats: " + string.Join(", ", report.Formats.Select(f => Text($"{f.Format} {f.Images:N0}"))));
        writer.WriteLine($"byte-identical: {Twins(report.ByteIdentical)}");
        writer.WriteLine($"pixel-identical at network size: {Twins(report.PixelIdentical)}");
        WriteFindings(report, writer);
    }

    private static void WriteFindings(DataReport report, TextWriter writer)
    {
        Section(writer, "unusable", report.Unusable.Count, report.Unusable.Select(u => $"{u.Name}: {u.Reason}"));
        Section(writer, "blank (one grey level or colour)", report.Blank.Count, report.Blank.Select(b => b.Name));
        IReadOnlyList<DuplicateGroup> worst = report.PixelIdentical.Worst;
        Section(writer, "identical across splits or labels", worst.Count, worst.Take(TwinsShown).Select(g => string.Join(" = ", g.Images.Zip(g.Labels, (image, label) => $"{image} [{label}]"))));
        if (worst.Count > TwinsShown) writer.WriteLine(Text($"  and {worst.Count - TwinsShown:N0} more: --json lists them"));
        writer.WriteLine();
        writer.WriteLine(report.HasFindings ? $"findings: {report.Findings()}" : "no findings");
    }

    private static void Section(TextWriter writer, string title, int count, IEnumerable<string> lines)
    {
        if (count == 0) return;
        writer.WriteLine();
        writer.WriteLine(Text($"{title} ({count:N0}):"));
        foreach (string line in lines) writer.WriteLine($"  {line}");
    }

    private static string Twins(DuplicateCount c)
        => c.Groups == 0 ? "none" : Text($"{c.Groups:N0} groups, {c.Copies:N0} copies, {c.AcrossSplits:N0} also in another split, {c.ConflictingGroups:N0} groups under different labels");

    /// <summary>A row a class, a column a split: usable images, and last what is unusable.</summary>
    private static IEnumerable<string> Counts(DataReport report)
    {
        List<string[]> rows = [["", .. report.Splits.Select(s => SplitNames.Of(s.Split)), "all"]];
        for (int c = 0; c < report.Labels.Count; c++) rows.Add(Row(report.Labels[c], [.. report.Splits.Select(s => s.Usable[c])]));
        rows.Add(Row("all", [.. report.Splits.Select(s => s.Usable.Sum())]));
        int[] unusable = [.. report.Splits.Select(s => s.Listed.Sum() - s.Usable.Sum())];
        if (unusable.Sum() > 0) rows.Add(Row("unusable", unusable));
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(c => rows.Max(r => r[c].Length))];
        return rows.Select(r => r[0].PadRight(widths[0]) + string.Concat(r.Skip(1).Select((cell, i) => "  " + cell.PadLeft(widths[i + 1]))));
    }

    private static string[] Row(string name, int[] counts) => [name, .. counts.Append(counts.Sum()).Select(n => Text($"{n:N0}"))];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
