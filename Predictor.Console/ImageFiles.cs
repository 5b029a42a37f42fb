namespace EmotionMLNet.Predictor;

/// <summary>Files and folders into a stream of files: ordinal order inside each folder, lazily, whatever the number.</summary>
internal static class ImageFiles
{
    private static readonly HashSet<string> ImageExtensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".dib", ".gif", ".webp", ".pnm", ".ppm", ".pgm", ".pbm", ".pam", ".heic", ".heif", ".avif", ".tif", ".tiff", ".svg", ".jxl",
    };

    /// <param name="paths">A file that is named is taken whatever it is; in folders, what looks like an image by name or content.</param>
    /// <param name="recursive">Go into sub-folders; links to folders are not followed, so there are no circles.</param>
    /// <param name="skipped">Told of each file of a folder that is no image.</param>
    public static IEnumerable<string> Enumerate(IEnumerable<string> paths, bool recursive, Action<string> skipped)
        => paths.SelectMany(p => Directory.Exists(p) ? Folder(p, recursive, skipped) : [p]);

    private static IEnumerable<string> Folder(string folder, bool recursive, Action<string> skipped)
    {
        foreach (string file in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
        {
            if (ImageExtensions.Contains(Path.GetExtension(file)) || LooksLikeImage(file)) yield return file;
            else skipped(file);
        }
        if (!recursive) yield break;
        foreach (string inner in Directory.GetDirectories(folder).Order(StringComparer.Ordinal))
        {
            if (new DirectoryInfo(inner).LinkTarget is not null) continue;
            foreach (string file in Folder(inner, recursive, skipped)) yield return file;
        }
    }

    private static bool LooksLikeImage(string file)
    {
        try
        {
            using FileStream stream = File.OpenRead(file);
            Span<byte> start = stackalloc byte[16];
            int count = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            return Imaging.ImageReader.Recognises(start[..count]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
