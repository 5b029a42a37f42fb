using System.IO.Compression;
using EmotionMLNet.Files;
using EmotionMLNet.MLNetZip;

namespace EmotionMLNet.Training.Data;

/// <summary>Opens the model that somebody named; what is none is told in the same words everywhere.</summary>
internal static class ModelFile
{
    /// <summary>Reads a model zip.</summary>
    /// <param name="path">The path as it was given.</param>
    /// <exception cref="TrainingException">
    /// There is no such file, it is a folder or a device, an ONNX file, or a zip that was cut off.
    /// </exception>
    /// <exception cref="ModelFormatException">It is a zip, but no model of ours.</exception>
    public static ModelZip Load(string path)
    {
        try
        {
            RegularFile.Check(path, long.MaxValue);
        }
        catch (FileNotFoundException)
        {
            throw new TrainingException($"{path}: there is no such model: give the model.zip of a run folder, or another model zip.");
        }
        catch (UnusableFileException e)
        {
            throw new TrainingException(
                $"{e.Message}: give {(Directory.Exists(path) ? "the model.zip in it, or another" : "a")} model zip."
            );
        }
        if (NoZip(path) is { } problem) throw new TrainingFailedException(problem);
        return ModelZip.Load(path);
    }

    /// <summary>Whether a file is a face detector, and not a classifier; false also for what is neither.</summary>
    public static bool IsDetector(string path)
    {
        try
        {
            RegularFile.Check(path, long.MaxValue);
            using ZipArchive zip = ZipFile.OpenRead(path);
            return zip.GetEntry("manifest.json") is not null;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnusableFileException or UnauthorizedAccessException)
        {
            return false; // whoever reads it says why
        }
    }

    private static string? NoZip(string path)
    {
        const int Comment = ushort.MaxValue;
        using FileStream file = File.OpenRead(path);
        var start = new byte[4];
        int read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (read == 0) return $"{path} is not a model zip: it is empty.";
        if (Path.GetExtension(path).Equals(".onnx", StringComparison.OrdinalIgnoreCase))
            return $"{path} is not a model zip but an ONNX file: import it first, which makes a model zip of it.";
        if (!start.AsSpan().StartsWith("PK\x03\x04"u8)) return $"{path} is not a model zip: it does not begin as a zip does.";
        // The list of a zip's entries stands at its end, before a comment of at most that length.
        var end = new byte[Math.Min(file.Length, Comment + 22)];
        file.Seek(-end.Length, SeekOrigin.End);
        file.ReadExactly(end);
        return end.AsSpan().LastIndexOf("PK\x05\x06"u8) < 0
            ? $"{path} is a zip that was cut off, its end is missing: copy or download it again."
            : null;
    }
}
