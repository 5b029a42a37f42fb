using EmotionMLNet.Training;
using EmotionMLNet.Training.Data;
using Microsoft.ML;

namespace EmotionMLNet.MLNet.Data;

/// <summary>The pictures of class folders as rows.</summary>
internal static class ImageFolder
{
    public static IDataView Load(DataOperationsCatalog catalog, string folder, ImageSourceContent content)
    {
        if (!Directory.Exists(folder)) throw new TrainingException($"{folder}: there is no such folder.");
        string root = Path.GetFullPath(folder);
        (string Label, string Path)[] files =
        [
            .. FolderSource.List(root).Images.Select(i => (i.Label, Path.Combine(root, i.Name.Replace('/', Path.DirectorySeparatorChar)))),
        ];
        if (files.Length == 0)
            throw new TrainingException($"{folder}: there are no pictures in folders of their labels: give a folder with one for each.");
        return content == ImageSourceContent.Path
            ? catalog.LoadFromEnumerable(files.Select(f => new PathRow { Label = f.Label, ImageSource = f.Path }))
            : catalog.LoadFromEnumerable(files.Select(f => new BytesRow { Label = f.Label, ImageSource = File.ReadAllBytes(f.Path) }));
    }

    /// <summary>A row of paths.</summary>
    internal sealed class PathRow
    {
        public string Label { get; set; } = "";

        public string ImageSource { get; set; } = "";
    }

    /// <summary>A row of files.</summary>
    internal sealed class BytesRow
    {
        public string Label { get; set; } = "";

        public byte[] ImageSource { get; set; } = [];
    }
}
