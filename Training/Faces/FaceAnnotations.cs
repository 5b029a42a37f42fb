using EmotionMLNet.Files;
using EmotionMLNet.Training.Data;

namespace EmotionMLNet.Training.Faces;

/// <summary>Reads pictures with boxes in whichever of the usual forms they are.</summary>
/// <remarks>
/// A file .csv is <see cref="FaceCsv"/>, a file .json is COCO's, a folder with .xml files is PASCAL VOC's, one with .txt files is YOLO's.
/// Boxes are in pixels of the upright picture. Where boxes have names, those whose name has "face" in it count, or all if there is one
/// name.
/// </remarks>
internal static class FaceAnnotations
{
    /// <summary>Names of picture files that are looked for beside annotations that do not name them in full.</summary>
    private static readonly string[] PictureEndings = [".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".pgm", ".ppm"];

    /// <summary>Reads the annotations.</summary>
    /// <param name="path">File or folder.</param>
    /// <exception cref="TrainingException">It is none of the forms, or something in it is wrong; the place is named.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static IReadOnlyList<AnnotatedPicture> Read(string path)
    {
        IReadOnlyList<AnnotatedPicture> pictures = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".csv" when File.Exists(path) => FaceCsv.Read(path),
            ".json" when File.Exists(path) => CocoAnnotations.Read(path),
            _ when Directory.Exists(path) => ReadFolder(path),
            _ when File.Exists(path) => throw new TrainingException(
                $"{path}: boxes are read from .csv or .json files, or from folders of .xml (PASCAL VOC) or .txt files (YOLO)."
            ),
            _ => throw new TrainingException($"{path}: there is no such file or folder: give the boxes of faces."),
        };
        return [.. pictures.OrderBy(p => p.Path, StringComparer.Ordinal)];
    }

    /// <summary>Photographs of a folder and those below it, which show no face.</summary>
    /// <exception cref="TrainingException">There is no picture in it.</exception>
    public static IReadOnlyList<AnnotatedPicture> ReadBackground(string folder)
    {
        if (!Directory.Exists(folder)) throw new TrainingException($"{{faces.background}} {folder}: there is no such folder.");
        AnnotatedPicture[] pictures =
        [
            .. Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(IsPicture)
                .Order(StringComparer.Ordinal)
                .Select(f => new AnnotatedPicture(f, [], [])),
        ];
        return pictures.Length > 0
            ? pictures
            : throw new TrainingException($"{{faces.background}} {folder}: there is no picture in it: give photographs without faces.");
    }

    /// <summary>Whether a file's name ends as a picture's does.</summary>
    internal static bool IsPicture(string path) => PictureEndings.Contains(Path.GetExtension(path).ToLowerInvariant());

    /// <summary>
    /// The picture of an annotation: of that name in one of the folders, with any ending where the name has none of a picture.
    /// </summary>
    /// <param name="name">A file name, perhaps without its ending.</param>
    /// <param name="folders">In the order in which they are looked through.</param>
    internal static string? FindPicture(string name, IReadOnlyList<string> folders)
    {
        string[] names = IsPicture(name)
            ? [name]
            : [.. PictureEndings.Select(e => name + e), .. PictureEndings.Select(e => name + e.ToUpperInvariant())];
        return folders.SelectMany(f => names.Select(n => Path.Combine(f, n))).FirstOrDefault(File.Exists);
    }

    /// <summary>Which names of boxes are faces.</summary>
    /// <param name="names">All names that there are.</param>
    /// <param name="path">For the message.</param>
    /// <exception cref="TrainingException">There are several, and none says that it is a face.</exception>
    internal static HashSet<string> ChooseNames(IReadOnlyCollection<string> names, string path)
    {
        HashSet<string> faces = [.. names.Where(n => n.Contains("face", StringComparison.OrdinalIgnoreCase))];
        if (faces.Count > 0) return faces;
        return names.Count <= 1
            ? [.. names]
            : throw new TrainingException(
                $"{path}: boxes are called {string.Join(", ", names.Order(StringComparer.Ordinal).Take(8))}: call those of faces face."
            );
    }

    /// <summary>The whole text of a file of somebody else's.</summary>
    internal static string ReadText(string path)
    {
        const int largest = 1 << 28;
        RegularFile.Check(path, largest);
        return File.ReadAllText(path);
    }

    private static IReadOnlyList<AnnotatedPicture> ReadFolder(string folder)
    {
        if (File.Exists(Path.Combine(folder, "faces.csv"))) return FaceCsv.Read(Path.Combine(folder, "faces.csv"));
        string[] files = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        string[] xml = [.. files.Where(f => HasEnding(f, ".xml"))];
        if (xml.Length > 0) return VocAnnotations.Read(folder, xml);
        string[] txt = [.. files.Where(f => HasEnding(f, ".txt") && !YoloAnnotations.IsListOfNames(f))];
        if (txt.Length > 0) return YoloAnnotations.Read(folder, txt);
        throw new TrainingException($"{folder}: there are no boxes in it: give faces.csv, .xml files (PASCAL VOC) or .txt files (YOLO).");
    }

    private static bool HasEnding(string file, string ending) => Path.GetExtension(file).Equals(ending, StringComparison.OrdinalIgnoreCase);
}
