using EmotionMLNet.Files;
using EmotionMLNet.Training.Data.TrainingSet;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Runs.Listeners;

namespace EmotionMLNet.Training.Jobs;

/// <summary>
/// The folder of a run, for one process alone while this is open: two that write the same logs and checkpoint would leave neither's.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    public const string LockName = ".lock";

    private static readonly string[] Files =
    [
        SettingsFile.FileName,
        Checkpoint.FileName,
        BestModel.FileName,
        BestDetector.FileName,
        JsonLog.FileName,
        TensorBoardLog.FileName,
        LearningCurves.Loss,
        LearningCurves.Accuracy,
        AugmentationSheet.FileName,
        TrainingSetChanges.FileName,
    ];

    private readonly FileLock held;
    private readonly bool isNew;

    private RunFolder(string path, FileLock held, bool isNew)
    {
        FullName = path;
        this.held = held;
        this.isNew = isNew;
    }

    /// <summary>The path as it was named.</summary>
    public string FullName { get; }

    /// <summary>Opens a folder, made if it is not there.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="mayHoldRun">Whether a run that is there is gone on with, or replaced.</param>
    /// <exception cref="FileLockedException">Another process has it.</exception>
    /// <exception cref="TrainingException">There is a run, or a file of that name.</exception>
    public static RunFolder Open(string path, bool mayHoldRun)
    {
        if (File.Exists(path))
            throw new TrainingException($"{{run.folder}} {path}: that is a file, and a run takes a folder: choose another.");
        bool isNew = !Directory.Exists(path);
        var held = FileLock.Acquire(Path.Combine(path, LockName), path);
        try
        {
            if (!mayHoldRun && Array.Exists(Files, f => File.Exists(Path.Combine(path, f))))
                throw new TrainingException(
                    $"{path} holds a run already: go on with it by {{run.resume}}, choose another {{run.folder}}, or replace it "
                        + $"by {{run.replace}}."
                );
            return new RunFolder(path, held, isNew);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Full path of the data that a model was trained on, where it was not moved since; null where its folder does not tell. The zip itself
    /// has the name of the data alone.
    /// </summary>
    /// <param name="model">The zip.</param>
    public static string? DataOf(string model)
    {
        string settings = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(model))!, SettingsFile.FileName);
        if (!File.Exists(settings)) return null;
        try
        {
            return SettingsFile.Text(SettingsFile.Read(settings, out _), "data.path", settings) is { Length: > 0 } data
                ? Path.GetFullPath(data)
                : null;
        }
        catch (TrainingException)
        {
            return null; // settings of something else: they only help
        }
    }

    /// <summary>Removes what an earlier run left, and nothing else.</summary>
    /// <param name="needed">Files that the new run reads.</param>
    /// <exception cref="TrainingException">One of them would be removed.</exception>
    public void Clear(IEnumerable<string> needed)
    {
        string[] old = [.. Files.Select(f => Path.GetFullPath(Path.Combine(FullName, f))).Where(File.Exists)];
        if (needed.FirstOrDefault(n => old.Contains(Path.GetFullPath(n), StringComparer.Ordinal)) is { } read)
            throw new TrainingException(
                $"{read} is part of the run that is to be replaced, and the new one begins with it: choose another {{run.folder}}."
            );
        foreach (string file in old) File.Delete(file);
    }

    /// <summary>Gives the folder back; one that was made for nothing is gone.</summary>
    public void Dispose()
    {
        held.Dispose();
        if (isNew && Directory.Exists(FullName) && !Directory.EnumerateFileSystemEntries(FullName).Any()) Directory.Delete(FullName);
    }
}
