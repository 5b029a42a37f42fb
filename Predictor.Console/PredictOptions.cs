using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Predictor;

/// <summary>What the command line asks for.</summary>
internal sealed record PredictOptions
{
    /// <summary>The zip.</summary>
    public required string Model { get; init; }

    /// <summary>Files and folders.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>Go into sub-folders.</summary>
    public bool Recursive { get; init; }

    /// <summary>.csv, .json or .jsonl; null is CSV on stdout.</summary>
    public string? Out { get; init; }

    /// <summary>Classes that get a column, the most probable first; 0 gives all in the model's order.</summary>
    public int Top { get; init; }

    /// <summary>Below this probability the label is "uncertain".</summary>
    public float Threshold { get; init; }

    /// <summary>Copies images into a folder a class here.</summary>
    public string? SortInto { get; init; }

    /// <summary>See <see cref="TestTimeAugmentation.Parse"/>.</summary>
    public string Tta { get; init; } = "none";

    /// <summary>0 is all cores.</summary>
    public int Threads { get; init; }

    public long MaxPixels { get; init; } = Imaging.ImageReaderOptions.Default.MaxPixels;

    /// <summary>No notice and no progress.</summary>
    public bool Quiet { get; init; }

    /// <summary>Everything that is wrong, each with its remedy.</summary>
    public IEnumerable<string> Problems()
    {
        if (Paths.Count == 0) yield return "nothing to classify: give images or folders behind the model";
        if (TestTimeAugmentation.Parse(Tta) is null) yield return $"--tta {Tta}: give {TestTimeAugmentation.Forms}";
        if (Top < 0) yield return $"--top {Top}: give 1 or more, or 0 for all classes";
        if (!(Threshold is >= 0 and <= 1)) yield return $"--threshold {Threshold}: give a probability from 0 to 1";
        if (Threads < 0) yield return $"--threads {Threads}: give 0 (all cores) or more";
        if (MaxPixels < 1) yield return $"--max-pixels {MaxPixels}: give 1 or more";
        if (Out is not null && Path.GetExtension(Out).ToLowerInvariant() is not (".csv" or ".json" or ".jsonl")) yield return $"--out {Out}: give a name that ends in .csv, .json or .jsonl";
        foreach (string path in Paths)
            if (!File.Exists(path) && !Directory.Exists(path)) yield return $"{path}: there is no such file or folder";
    }
}
