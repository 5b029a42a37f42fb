using System.Globalization;
using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Training.Data;

namespace EmotionMLNet.Training.Faces;

/// <summary>
/// YOLO's form: a .txt file a picture, a row a box: class, and centre, width and height as shares of the picture. Labels stand beside the
/// pictures, or in a folder labels beside a folder images. Names of classes come from classes.txt; without one, all boxes are faces.
/// </summary>
internal static class YoloAnnotations
{
    private const string Names = "classes.txt";

    /// <summary>Whether a text file has the names of classes, or is about the data.</summary>
    public static bool IsListOfNames(string file) =>
        Path.GetFileName(file).ToLowerInvariant() is Names or "obj.names" or "readme.txt" or "train.txt" or "val.txt" or "test.txt";

    public static IReadOnlyList<AnnotatedPicture> Read(string folder, IReadOnlyList<string> files)
    {
        string list = Path.Combine(folder, Names);
        string[]? names = File.Exists(list)
            ? [.. FaceAnnotations.ReadText(list).Split('\n').Select(n => n.Trim()).Where(n => n.Length > 0)]
            : null;
        HashSet<string>? faces = names is null ? null : FaceAnnotations.ChooseNames(names, list);
        return [.. files.Select(f => ReadFile(f, names, faces))];
    }

    private static AnnotatedPicture ReadFile(string file, string[]? names, HashSet<string>? faces)
    {
        string beside = Path.GetDirectoryName(file)!;
        string images = beside.Replace(
            $"{Path.DirectorySeparatorChar}labels",
            $"{Path.DirectorySeparatorChar}images",
            StringComparison.Ordinal
        );
        string stem = Path.GetFileNameWithoutExtension(file);
        string picture =
            FaceAnnotations.FindPicture(stem, [beside, images])
            ?? throw new TrainingException($"{file}: there is no picture {stem} beside it or in {images}.");
        (int width, int height) = ReadSize(picture);
        List<FaceBox> boxes = [];
        string[] rows = FaceAnnotations.ReadText(file).Split('\n');
        for (int i = 0; i < rows.Length; i++)
        {
            string[] cells = rows[i].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (cells.Length == 0) continue;
            var v = new float[5];
            for (int c = 0; c < v.Length; c++)
                if (
                    c >= cells.Length
                    || !float.TryParse(cells[c], NumberStyles.Float, CultureInfo.InvariantCulture, out v[c])
                    || !float.IsFinite(v[c])
                )
                    throw new TrainingException($"{file}:{i + 1}: a row is class, centre x, centre y, width, height.");
            if (!(v[3] > 0 && v[4] > 0)) throw new TrainingException($"{file}:{i + 1}: a box has no width or height.");
            if (names is not null && !(v[0] >= 0 && v[0] < names.Length))
                throw new TrainingException($"{file}:{i + 1}: class {cells[0]} is not in {Names}.");
            if (faces is not null && !faces.Contains(names![(int)v[0]])) continue;
            boxes.Add(new FaceBox((v[1] - v[3] / 2) * width, (v[2] - v[4] / 2) * height, v[3] * width, v[4] * height));
        }
        return new AnnotatedPicture(picture, boxes, []);
    }

    // As the reader gives it: a JPEG that is stored on its side has its rows and columns exchanged.
    private static (int Width, int Height) ReadSize(string picture)
    {
        byte[] start = new byte[1 << 16];
        using FileStream file = File.OpenRead(picture);
        int read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (ImageHeader.Read(start.AsSpan(0, read)) is { Width: > 0, Height: > 0, Format: not "JPEG" } header)
            return (header.Width, header.Height);
        try
        {
            Image image = ImageReader.ReadFile(picture);
            return (image.Width, image.Height);
        }
        catch (Exception e) when (e is ImageFormatException or UnusableFileException)
        {
            throw new TrainingException($"{picture}: its size is wanted, and it can't be read: {e.Message}");
        }
    }
}
