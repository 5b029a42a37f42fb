using System.Globalization;
using System.Runtime.InteropServices;
using EmotionMLNet.Files;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>
/// The files of a trial below the folder of its search. Each claim has a folder of its own, so that a worker which was taken for dead
/// and is not cannot write over what its successor makes.
/// </summary>
/// <param name="search">Folder of the search.</param>
/// <param name="trial">Number of the trial.</param>
internal sealed class TrialFolder(string search, int trial)
{
    /// <summary>Folder of the features of frozen backbones, below that of the search.</summary>
    public const string Features = "features";

    private const string ClaimPrefix = "claim-";

    /// <summary>Its path.</summary>
    public string FullName { get; } =
        Path.Combine(search, "runs", string.Create(CultureInfo.InvariantCulture, $"trial-{trial:0000}"));

    /// <summary>Makes the folder of a claim, with what the one before it left of the same training.</summary>
    /// <param name="claim">Number of the claim.</param>
    /// <param name="share">Share of the pictures: another share is another training.</param>
    /// <returns>The path, and whether there is a checkpoint to go on from.</returns>
    public (string Path, bool Resumes) OpenClaim(int claim, double share)
    {
        string folder = ClaimPath(claim, share);
        Directory.CreateDirectory(folder);
        if (!HasCheckpoint(folder))
            for (int before = claim - 1; before > 0; before--)
            {
                string earlier = ClaimPath(before, share);
                if (!HasCheckpoint(earlier)) continue;
                CopyRun(earlier, folder);
                break;
            }
        return (folder, HasCheckpoint(folder));
    }

    // The checkpoint last: where it is, all is. A worker that was taken for dead may still write there, and one that needs the space
    // may remove it at this moment: then there is none.
    private static void CopyRun(string from, string to)
    {
        try
        {
            IEnumerable<string> files = Directory.EnumerateFiles(from)
                .Where(f => !Path.GetFileName(f).StartsWith('.') && !AtomicFile.IsTemporary(f));
            foreach (string file in files.OrderBy(f => Path.GetFileName(f) == Checkpoint.FileName))
                AtomicFile.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // The training begins again, to the same bits.
        }
    }

    /// <summary>Removes what earlier claims left.</summary>
    public void RemoveBefore(int claim)
    {
        foreach (string folder in Claims())
            if (NumberOf(folder) < claim) Remove(folder);
    }

    /// <summary>Removes the checkpoints of a trial that goes no further.</summary>
    public void RemoveCheckpoints()
    {
        foreach (string folder in Claims()) File.Delete(Path.Combine(folder, Checkpoint.FileName));
    }

    /// <summary>Bytes of its checkpoints.</summary>
    public long CountCheckpointBytes() => Claims()
        .Select(c => new FileInfo(Path.Combine(c, Checkpoint.FileName)))
        .Sum(f => f.Exists ? f.Length : 0);

    /// <summary>Removes all that trainings left, but for what they said of the validation pictures.</summary>
    public void RemoveClaims()
    {
        foreach (string claim in Claims()) Remove(claim);
    }

    /// <summary>The folder of the last claim.</summary>
    public string? FindLastClaim() => Claims().MaxBy(NumberOf);

    /// <summary>Keeps what a trial says of the validation pictures after an epoch.</summary>
    /// <param name="epoch">From 1.</param>
    /// <param name="probabilities">[N, K] row-major.</param>
    public void SaveValidation(int epoch, float[] probabilities) =>
        AtomicFile.Write(ValidationPath(epoch), stream => stream.Write(MemoryMarshal.AsBytes(probabilities.AsSpan())));

    /// <summary>What was kept of the last epochs, oldest first; empty where nothing was.</summary>
    public IReadOnlyList<float[]> ReadValidation()
    {
        if (!Directory.Exists(FullName)) return [];
        return
        [
            .. Directory
                .EnumerateFiles(FullName, "validation-*.bin")
                .Order(StringComparer.Ordinal)
                .Select(f => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(f)).ToArray()),
        ];
    }

    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // A worker that was taken for lost writes on until it hears so: what it leaves is in nobody's way.
        }
    }

    private static bool HasCheckpoint(string folder) => File.Exists(Path.Combine(folder, Checkpoint.FileName));

    private static int NumberOf(string folder) =>
        int.Parse(Path.GetFileName(folder)[ClaimPrefix.Length..].Split('-')[0], CultureInfo.InvariantCulture);

    private string[] Claims() => Directory.Exists(FullName) ? Directory.GetDirectories(FullName, ClaimPrefix + "*") : [];

    private string ClaimPath(int claim, double share) =>
        Path.Combine(
            FullName,
            string.Create(CultureInfo.InvariantCulture, $"{ClaimPrefix}{claim:00}{(share < 1 ? $"-share-{share:0.####}" : "")}")
        );

    private string ValidationPath(int epoch) =>
        Path.Combine(FullName, string.Create(CultureInfo.InvariantCulture, $"validation-{epoch:0000}.bin"));
}
