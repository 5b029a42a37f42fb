using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Tuning.Experiments;

/// <summary>
/// Pictures of a program as files, split folders over class folders, since a search reads its data by their path: several times, and again
/// after an interruption. A table names their labels, because not every label can be a folder.
/// </summary>
/// <remarks>
/// The table's name is a hash of the pictures and labels. So it is part of the plan of the search, which goes on with the same pictures
/// alone, and it says that all of them are there, as it is written last.
/// </remarks>
internal static class PictureTable
{
    private const string Folder = "pictures";

    private const int NameBytes = 8;

    /// <summary>Writes pictures, if they are not there.</summary>
    /// <param name="folder">Folder of the search.</param>
    /// <param name="images">With their splits; what is a file already stays where it is.</param>
    /// <param name="cancellation">Checked between pictures.</param>
    /// <returns>The table.</returns>
    /// <exception cref="TrainingException">The folder has other pictures.</exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public static string Write(string folder, IReadOnlyList<ListedImage> images, CancellationToken cancellation)
    {
        string pictures = Path.Combine(folder, Folder);
        string table = Path.Combine(pictures, $"{Hash(images, cancellation)}.csv");
        if (File.Exists(table)) return table;
        if (Directory.Exists(pictures) && Directory.EnumerateFiles(pictures, "*.csv").Any())
            throw new TrainingException($"{folder} holds a search with other pictures: choose another {{run.folder}}, or give the same.");
        string[] labels = [.. images.Select(i => i.Label).Distinct()];
        Dictionary<string, string> folders = labels.Zip(SafeFileName.CreateDistinct(labels)).ToDictionary(p => p.First, p => p.Second);
        var text = new StringBuilder(CsvLine.Format(["path", "label", "split"]));
        foreach ((int index, ListedImage image) in images.Index())
        {
            cancellation.ThrowIfCancellationRequested();
            text.Append(CsvLine.Format([Place(index, image), image.Label, image.Part]));
        }
        AtomicFile.WriteText(table, text.ToString());
        return table;

        string Place(int index, ListedImage image)
        {
            if (image.Content is FileContent file) return Path.GetFullPath(file.Path);
            byte[] content = image.Content.Read();
            if (!image.Content.IsFile) content = PngEncoder.Encode(image.Content.ReadImage(content, ImageReaderOptions.Default));
            string ending = (ImageHeader.Read(content)?.Format ?? "bin").ToLowerInvariant();
            string name = string.Create(CultureInfo.InvariantCulture, $"{image.Part}/{folders[image.Label]}/{index + 1:000000}.{ending}");
            AtomicFile.Write(Path.Combine(pictures, name), stream => stream.Write(content));
            return name;
        }
    }

    // Of what is a file already its path counts.
    private static string Hash(IReadOnlyList<ListedImage> images, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ListedImage image in images)
        {
            cancellation.ThrowIfCancellationRequested();
            Append(Encoding.UTF8.GetBytes($"{image.Part}\n{image.Label}\n"));
            if (image.Content is FileContent file)
            {
                Append(Encoding.UTF8.GetBytes(Path.GetFullPath(file.Path)));
                continue;
            }
            byte[] content = image.Content.Read();
            if (!image.Content.IsFile && image.Content.ReadImage(content, ImageReaderOptions.Default) is var decoded)
                Append(MemoryMarshal.AsBytes((ReadOnlySpan<int>)[decoded.Width, decoded.Height, decoded.Channels]));
            Append(content);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, NameBytes));

        // With its length, so that nothing can be moved from one to the next.
        void Append(ReadOnlySpan<byte> bytes)
        {
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }
    }
}
