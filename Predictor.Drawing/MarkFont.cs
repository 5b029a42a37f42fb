using System.Text;
using SkiaSharp;

namespace EmotionMLNet.Predictor.Drawing;

/// <summary>
/// Letters for a machine without any font: DejaVu Sans Bold in Latin, Greek and Cyrillic is part of this assembly. Other scripts are drawn
/// by a font of the system, where it has one; else as boxes.
/// </summary>
internal static class MarkFont
{
    private const string Resource = "DejaVuSans-Bold.ttf";

    private static readonly SKTypeface? Own = Load();

    /// <summary>Why it can't be used, in one line; null where it can.</summary>
    public static string? Problem =>
        Own is null ? "pictures can't be drawn on this machine: SkiaSharp can't read the font of this program" : null;

    /// <summary>Cuts a text where the font changes.</summary>
    public static IEnumerable<(string Text, SKTypeface Font)> Runs(string text)
    {
        var run = new StringBuilder();
        SKTypeface current = Own!;
        foreach (Rune rune in text.EnumerateRunes())
        {
            SKTypeface font = For(rune);
            if (font != current && run.Length > 0)
            {
                yield return (run.ToString(), current);
                run.Clear();
            }
            current = font;
            run.Append(rune.ToString());
        }
        if (run.Length > 0) yield return (run.ToString(), current);
    }

    private static SKTypeface For(Rune rune)
    {
        if (Own!.ContainsGlyph(rune.Value)) return Own;
        return SKFontManager.Default.MatchCharacter(rune.Value) is { } other && other.ContainsGlyph(rune.Value) ? other : Own;
    }

    private static SKTypeface? Load()
    {
        using Stream stream = typeof(MarkFont).Assembly.GetManifestResourceStream(Resource)!;
        return SKTypeface.FromStream(stream);
    }
}
