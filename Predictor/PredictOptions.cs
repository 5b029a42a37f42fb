using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Predictor;

/// <summary>What the command line asks for.</summary>
internal sealed record PredictOptions
{
    /// <summary>As a path: more paths come from stdin. As --out: rows go to stdout.</summary>
    public const string Standard = "-";

    private const int MostThreads = 1024;

    /// <summary>The zip.</summary>
    public required string Model { get; init; }

    /// <summary>Files and folders; <see cref="Standard"/> is a list on stdin.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>Paths on stdin have a NUL behind each, not a line each.</summary>
    public bool NulSeparated { get; init; }

    /// <summary>Go into sub-folders.</summary>
    public bool Recursive { get; init; }

    /// <summary>A file; null and <see cref="Standard"/> are stdout.</summary>
    public string? Out { get; init; }

    /// <summary>One of <see cref="RowFormat.Names"/>; null goes by the ending of <see cref="Out"/>, and is CSV on stdout.</summary>
    public string? Format { get; init; }

    /// <summary>Replaces a finished output.</summary>
    public bool Force { get; init; }

    /// <summary>See <see cref="RowFormat.For"/>.</summary>
    public bool CsvSafe { get; init; } = true;

    /// <summary>Classes that get a column, the most probable first; 0 gives all in the model's order.</summary>
    public int Top { get; init; }

    /// <summary>Below this probability the label is "uncertain".</summary>
    public float Threshold { get; init; }

    /// <summary>Copies images into a folder a class here.</summary>
    public string? SortInto { get; init; }

    /// <summary>Which faces are looked for; null leaves it to the model.</summary>
    public FaceSearch? Faces { get; init; }

    /// <summary>The detector's file; null where there is none.</summary>
    public string? Detector { get; init; }

    /// <summary>Pictures with boxes and labels go here.</summary>
    public string? Annotate { get; init; }

    /// <summary>Faces that were cut out go here.</summary>
    public string? Crops { get; init; }

    /// <summary>The gallery's file.</summary>
    public string? Html { get; init; }

    /// <summary>See <see cref="TestTimeAugmentation.Forms"/>.</summary>
    public string Tta { get; init; } = "none";

    /// <summary>0 is all cores.</summary>
    public int Threads { get; init; }

    public long MaxPixels { get; init; } = Imaging.ImageReaderOptions.Default.MaxPixels;

    /// <summary>No notice, no progress and no summary.</summary>
    public bool Quiet { get; init; }

    /// <summary>The file that rows go to; null is stdout.</summary>
    public string? File => Out == Standard ? null : Out;

    /// <summary>Whether anything is drawn.</summary>
    public bool Draws => Annotate is not null || Crops is not null || Html is not null;

    /// <summary>Folders that the run itself fills, with the options that name them.</summary>
    public IEnumerable<(string Option, string Folder)> OutputFolders =>
        new[] { ("--sort-into", SortInto), ("--annotate", Annotate), ("--crops", Crops) }
            .Where(f => f.Item2 is not null)
            .Select(f => (f.Item1, f.Item2!));

    /// <summary>Whether paths come from stdin.</summary>
    public bool ReadsPaths => Paths.Contains(Standard);

    /// <summary>One of <see cref="RowFormat.Names"/>.</summary>
    public string FormatName => Format?.ToLowerInvariant() ?? (File is null ? RowFormat.Names[0] : Ending(File));

    /// <summary>Everything that is wrong, each with its remedy.</summary>
    public IEnumerable<string> FindProblems()
    {
        if (Paths.Count == 0) yield return "nothing to classify: give images or folders behind the model";
        if (Paths.Count(p => p == Standard) > 1) yield return "- stands twice: stdin can be read once";
        if (NulSeparated && Paths.Count > 0 && !ReadsPaths) yield return "--null says how paths on stdin are separated: add - to read them";
        if (!TestTimeAugmentation.TryParse(Tta, out _)) yield return $"--tta {Tta}: give {TestTimeAugmentation.Forms}";
        if (Top < 0) yield return $"--top {Top}: give 1 or more, or 0 for all classes";
        if (!(Threshold is >= 0 and <= 1))
            yield return FormattableString.Invariant($"--threshold {Threshold}: give a probability from 0 to 1");
        if (Threads is < 0 or > MostThreads) yield return $"--threads {Threads}: give 0 (all cores) to {MostThreads}";
        if (MaxPixels < 1) yield return $"--max-pixels {MaxPixels}: give 1 or more";
        if (Format is not null && !RowFormat.Names.Contains(FormatName)) yield return $"--format {Format}: give csv, json, jsonl or table";
        if (File is not null && !RowFormat.Names.Contains(FormatName))
            yield return $"--out {Out}: give a name that ends in .csv, .json or .jsonl, or say --format";
        if (Format is not null && File is not null && RowFormat.Names.Contains(Ending(File)) && Ending(File) != FormatName)
            yield return $"--out {Out} and --format {Format} contradict each other: leave one of them away";
        if (Crops is not null && Faces == FaceSearch.Off) yield return "--crops wants faces, and --faces is off: leave one of them away";
        foreach ((string option, string folder) in OutputFolders.Where(f => f.Option != "--sort-into" && IsPicture(f.Folder)))
            yield return $"{option} {folder} holds the pictures themselves: name another folder";
        if (Html is { } html && html == File) yield return $"--html and --out are the same file, {html}: name another one";
        foreach (string path in Paths.Where(p => p != Standard && !System.IO.File.Exists(p) && !Directory.Exists(p)))
            yield return path.Contains('\uFFFD', StringComparison.Ordinal)
                ? $"{path}: its name is not UTF-8: rename it"
                : $"{path}: there is no such file or folder";
    }

    // A run must not find its own pictures among those that it labels.
    private bool IsPicture(string folder) => Paths.Any(p => p != Standard && Path.GetFullPath(p) == Path.GetFullPath(folder));

    private static string Ending(string file) => Path.GetExtension(file).TrimStart('.').ToLowerInvariant();
}
