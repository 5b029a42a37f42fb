using EmotionMLNet.Imaging;
using EmotionMLNet.Terminal;
using Microsoft.Win32.SafeHandles;

namespace EmotionMLNet.Predictor;

/// <summary>
/// Files and folders into a stream of files: ordinal order inside each folder, lazily, whatever the number. What can't be read is in the
/// stream with its reason: neither a pipe nor a folder that may not be entered ends it.
/// </summary>
/// <param name="paths">A file that is named is taken whatever it is; in folders, what looks like an image by name or content.</param>
/// <param name="recursive">Go into sub-folders; links to folders are not followed, so there are no circles.</param>
/// <param name="excluded">Folders that are not entered: the run's own output.</param>
internal sealed class ImageFiles(IEnumerable<string> paths, bool recursive, params IEnumerable<string> excluded)
{
    private static readonly HashSet<string> ImageExtensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".png",
        ".bmp",
        ".dib",
        ".gif",
        ".webp",
        ".pnm",
        ".ppm",
        ".pgm",
        ".pbm",
        ".pam",
        ".heic",
        ".heif",
        ".avif",
        ".tif",
        ".tiff",
        ".svg",
        ".jxl",
    };

    private readonly HashSet<string> excluded = [.. excluded.Select(Path.GetFullPath)];

    /// <summary>Files of folders that are no images, so far.</summary>
    public int Skipped { get; private set; }

    /// <summary>Sub-folders that were passed over because nobody asked for them, so far.</summary>
    public int NotEntered { get; private set; }

    /// <summary>Links to folders that were not followed, so far.</summary>
    public int LinksPassed { get; private set; }

    /// <summary>The stream.</summary>
    /// <param name="cancellation">Looked at between entries: a folder may hold a million files that are no images.</param>
    public IEnumerable<FoundFile> Enumerate(CancellationToken cancellation)
        => paths.SelectMany(p => Directory.Exists(p) ? Folder(p, cancellation) : [FoundFile.Named(p)]);

    private IEnumerable<FoundFile> Folder(string folder, CancellationToken cancellation)
    {
        if (List(Directory.GetFiles, folder, out FoundFile problem) is not { } files)
        {
            yield return problem;
            yield break;
        }
        foreach (string file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Look(file) is { } found) yield return found;
            else Skipped++;
        }
        if (List(Directory.GetDirectories, folder, out problem) is not { } inner)
        {
            yield return problem;
            yield break;
        }
        foreach (string sub in inner)
        {
            cancellation.ThrowIfCancellationRequested();
            if (excluded.Contains(Path.GetFullPath(sub))) continue;
            if (new DirectoryInfo(sub).LinkTarget is not null) LinksPassed++;
            else if (!recursive) NotEntered++;
            else
            {
                foreach (FoundFile found in Folder(sub, cancellation)) yield return found;
            }
        }
    }

    private static string[]? List(Func<string, string[]> list, string folder, out FoundFile problem)
    {
        problem = default;
        try
        {
            string[] entries = list(folder);
            Array.Sort(entries, StringComparer.Ordinal);
            return entries;
        }
        catch (Exception e) when (FoundFile.IsOfOneFile(e))
        {
            problem = FoundFile.Unusable(folder, e);
            return null;
        }
    }

    // Null if it is no image.
    private static FoundFile? Look(string file)
    {
        if (ImageExtensions.Contains(Path.GetExtension(file))) return FoundFile.Named(file);
        try
        {
            using SafeFileHandle handle = InputFile.Open(file); // a long film is no image, and skipped
            Span<byte> start = stackalloc byte[16];
            int count = RandomAccess.Read(handle, start, 0);
            return ImageReader.Recognises(start[..count]) ? FoundFile.Named(file) : null;
        }
        catch (FileNotFoundException) when (!file.Contains('\uFFFD', StringComparison.Ordinal))
        {
            return null; // a link to nothing, such as editors leave to lock a file
        }
        catch (Exception e) when (FoundFile.IsOfOneFile(e))
        {
            return FoundFile.Unusable(file, e);
        }
    }
}
