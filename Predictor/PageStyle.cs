namespace EmotionMLNet.Predictor;

/// <summary>The style sheet of Training's pages, which Predictor can't see: both have the same file in them.</summary>
internal static class PageStyle
{
    public static string Text { get; } = Read();

    private static string Read()
    {
        using Stream stream = typeof(PageStyle).Assembly.GetManifestResourceStream("page.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
