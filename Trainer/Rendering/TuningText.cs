using EmotionMLNet.Terminal;
using EmotionMLNet.Training.Tuning;
using EmotionMLNet.Training.Tuning.Reports;
using EmotionMLNet.Training.Tuning.Results;

namespace EmotionMLNet.Trainer.Rendering;

/// <summary>A finished search for whoever looks at the terminal: the verdict, what is set otherwise, and where the rest is.</summary>
internal static class TuningText
{
    // A search over two networks changes many settings at once; the page has all.
    private const int MostRows = 12;

    /// <summary>Writes it.</summary>
    /// <param name="terminal">The terminal to write to.</param>
    /// <param name="result">The finished search, whose files are written.</param>
    public static void Write(TerminalOutput terminal, TuningResult result)
    {
        foreach (string sentence in TuningSummary.Sentences(result)) terminal.WriteLine(sentence);
        if (result.Layout.Note is { } note) terminal.WriteLine(TuningSummary.Sentence(note));
        Changes(terminal, result);
        terminal.WriteLine("");
        string[] files = [.. TuningFiles.All, .. result.HasModel ? (string[])[TuningJob.BestName] : []];
        foreach (string file in files) terminal.WriteLine(Path.Combine(result.Options.Out, file));
    }

    private static void Changes(TerminalOutput terminal, TuningResult result)
    {
        if (result.Winner == 0 || SettingChange.Read(result) is not { Count: > 0 } changes) return;
        terminal.WriteLine("");
        var table = new TextTable("setting", "default", $"trial {result.Winner}");
        foreach (SettingChange change in changes.Take(MostRows)) table.Add([change.Path, change.Default, change.Found]);
        table.Write(terminal);
        if (changes.Count > MostRows) terminal.WriteLine($"and {changes.Count - MostRows} more, on the page");
    }
}
