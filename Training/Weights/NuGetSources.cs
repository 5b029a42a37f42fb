using System.Xml;
using System.Xml.Linq;

namespace EmotionMLNet.Training.Weights;

/// <summary>
/// The package sources that NuGet's own configuration files name: NuGet.Config in a folder and all above it, then the user's. Whoever has a
/// feed of their own has said so there.
/// </summary>
internal static class NuGetSources
{
    // As NuGet spells them, where files are told apart by case.
    private static readonly string[] FileNames = ["nuget.config", "NuGet.config", "NuGet.Config"];

    /// <summary>The user's own configuration file, whether it is there or not.</summary>
    public static string UserFile
    {
        get
        {
            Environment.SpecialFolder root =
                OperatingSystem.IsWindows() ? Environment.SpecialFolder.ApplicationData : Environment.SpecialFolder.UserProfile;
            string folder = Environment.GetFolderPath(root, Environment.SpecialFolderOption.DoNotVerify);
            return Path.Combine(OperatingSystem.IsWindows() ? folder : Path.Combine(folder, ".nuget"), "NuGet", "NuGet.Config");
        }
    }

    /// <summary>Locations of feeds and folders, the nearest file's first.</summary>
    /// <param name="folder">Where the search begins.</param>
    /// <param name="userFile">As <see cref="UserFile"/>.</param>
    /// <returns>Empty where no file names any. A folder's path is a whole one.</returns>
    /// <exception cref="TrainingException">A file is no XML.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static IReadOnlyList<string> Find(string folder, string userFile)
    {
        List<string> files = [];
        for (DirectoryInfo? at = new(folder); at is not null; at = at.Parent)
            if (FileNames.Select(n => Path.Combine(at.FullName, n)).FirstOrDefault(File.Exists) is { } file) files.Add(file);
        if (File.Exists(userFile)) files.Add(userFile);

        var sources = new List<(string Key, string Location)>();
        var disabled = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach ((string file, XElement root) in files.Select(f => (f, Read(f))))
        {
            // What is farther away counts only where no nearer file clears it.
            XElement[] elements = [.. Section(root, "packageSources")];
            int clear = Array.FindLastIndex(elements, e => e.Name.LocalName == "clear");
            foreach (XElement element in elements.Skip(clear + 1).Where(e => e.Name.LocalName == "add"))
            {
                (string? key, string? value) = ((string?)element.Attribute("key"), (string?)element.Attribute("value"));
                if (key is null || value is null) continue;
                if (!sources.Any(s => s.Key.Equals(key, StringComparison.OrdinalIgnoreCase))) sources.Add((key, Whole(value, file)));
            }
            IEnumerable<XElement> off = Section(root, "disabledPackageSources")
                .Where(e => "true".Equals((string?)e.Attribute("value"), StringComparison.OrdinalIgnoreCase));
            disabled.UnionWith(off.Select(e => (string?)e.Attribute("key") ?? ""));
            if (clear >= 0) break;
        }
        return [.. sources.Where(s => !disabled.Contains(s.Key)).Select(s => s.Location)];
    }

    private static XElement Read(string file)
    {
        try
        {
            return XDocument.Load(file).Root!;
        }
        catch (XmlException e)
        {
            throw new TrainingException($"{file}: it is no XML: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static IEnumerable<XElement> Section(XElement root, string name) => root.Elements(name).Elements();

    private static string Whole(string location, string file) =>
        Uri.TryCreate(location, UriKind.Absolute, out Uri? uri) && !uri.IsFile
            ? location
            : Path.GetFullPath(Environment.ExpandEnvironmentVariables(location), Path.GetDirectoryName(file)!);
}
