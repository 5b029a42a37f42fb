namespace EmotionMLNet.Imaging.WebP;

/// <summary>Chunk names as little-endian integers.</summary>
internal static class FourCC
{
    /// <summary>"VP8 ".</summary>
    public const uint Lossy = 0x20385056;

    /// <summary>"VP8L".</summary>
    public const uint Lossless = 0x4C385056;

    /// <summary>"VP8X".</summary>
    public const uint Extended = 0x58385056;

    /// <summary>"ALPH".</summary>
    public const uint Alpha = 0x48504C41;

    /// <summary>"ANMF".</summary>
    public const uint Frame = 0x464D4E41;

    /// <summary>"EXIF".</summary>
    public const uint Exif = 0x46495845;

    /// <summary>The name in quotes, for messages; unprintable characters are '?'.</summary>
    public static string Text(uint name) => string.Create(6, name, static (text, name) =>
    {
        text[0] = text[5] = '\'';
        for (int i = 0; i < 4; i++)
        {
            char c = (char)(name >> (8 * i) & 0xFF);
            text[i + 1] = c is >= ' ' and <= '~' ? c : '?';
        }
    });
}
