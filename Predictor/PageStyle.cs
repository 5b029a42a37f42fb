namespace EmotionMLNet.Predictor;

/// <summary>Style sheets that are in this assembly.</summary>
internal static class PageStyle
{
    /// <summary>That of Training's pages, which Predictor can't see: both have the same file in them.</summary>
    public static string Shared { get; } = Read("page.css");

    /// <summary>What the gallery has besides.</summary>
    public static string Gallery { get; } = Read("gallery.css");

    private static string Read(string name)
    {
        using Stream stream = typeof(PageStyle).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
