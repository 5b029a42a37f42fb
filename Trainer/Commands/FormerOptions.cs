namespace EmotionMLNet.Trainer.Commands;

/// <summary>Options under the names that they had in earlier versions: still taken, with a note.</summary>
internal static class FormerOptions
{
    private static readonly Dictionary<string, string> Names = new()
    {
        ["--arch"] = "--architecture",
        ["--augment"] = "--augmentation",
        ["--batch"] = "--batch-size",
        ["--clip"] = "--clip-norm",
        ["--depth"] = "--depths",
        ["--ema"] = "--weight-average",
        ["--lr"] = "--learning-rate",
        ["--sam"] = "--sharpness",
        ["--se"] = "--squeeze-reduction",
        ["--teacher"] = "--teachers",
        ["--warmup"] = "--warm-up",
    };

    /// <summary>A command line with the names of today.</summary>
    /// <param name="arguments">The arguments as they were typed.</param>
    /// <param name="notes">Receives a note on each name that changed, once.</param>
    public static string[] Rename(IReadOnlyList<string> arguments, TextWriter notes)
    {
        string[] renamed = [.. arguments];
        var told = new HashSet<string>();
        for (int i = 0; i < renamed.Length && renamed[i] != "--"; i++)
        {
            int end = renamed[i].IndexOfAny(['=', ':']);
            string name = end < 0 ? renamed[i] : renamed[i][..end];
            if (!Names.TryGetValue(name, out string? now)) continue;
            renamed[i] = now + renamed[i][name.Length..];
            if (told.Add(name)) notes.WriteLine($"note: {name} is called {now} now");
        }
        return renamed;
    }
}
