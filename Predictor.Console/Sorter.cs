namespace EmotionMLNet.Predictor;

/// <summary>Copies classified images into a folder a label. Nothing is moved, overwritten or deleted; an equal name gets a number.</summary>
internal sealed class Sorter(string root)
{
    /// <param name="row">Without a label it is left where it is.</param>
    public void Place(Row row)
    {
        if (row.Error is not null) return;
        string folder = Path.Combine(root, string.Concat(row.Label.Select(c => Path.GetInvalidFileNameChars().Contains(c) ? '_' : c)));
        Directory.CreateDirectory(folder);
        string name = Path.GetFileNameWithoutExtension(row.Path), extension = Path.GetExtension(row.Path);
        for (int i = 1; ; i++)
        {
            string target = Path.Combine(folder, i == 1 ? name + extension : $"{name} ({i}){extension}");
            if (File.Exists(target) && !Same(target, row.Path)) continue;
            if (!File.Exists(target)) File.Copy(row.Path, target);
            return;
        }
    }

    // A continued run finds the copies of the run before.
    private static bool Same(string a, string b)
        => new FileInfo(a).Length == new FileInfo(b).Length && File.ReadAllBytes(a).AsSpan().SequenceEqual(File.ReadAllBytes(b));
}
