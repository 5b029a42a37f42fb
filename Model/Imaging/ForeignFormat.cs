using System.Text;

namespace EmotionMLNet.Imaging;

/// <summary>Puts a name to content that is not decoded here, so that the user learns what lies under a ".jpg".</summary>
internal static class ForeignFormat
{
    private const string Svg = "SVG";

    // Pictures of formats that other programs convert.
    private static readonly (string Name, byte[] Signature)[] Pictures =
    [
        ("TIFF", [0x49, 0x49, 42, 0]),
        ("TIFF", [0x4D, 0x4D, 0, 42]),
        ("BigTIFF", [0x49, 0x49, 43, 0]),
        ("BigTIFF", [0x4D, 0x4D, 0, 43]),
        ("JPEG XL", [0xFF, 0x0A]),
        ("JPEG XL", [0, 0, 0, 12, (byte)'J', (byte)'X', (byte)'L', (byte)' ', 13, 10, 0x87, 10]),
        ("JPEG 2000", [0, 0, 0, 12, (byte)'j', (byte)'P', (byte)' ', (byte)' ', 13, 10, 0x87, 10]),
        ("JPEG 2000", [0xFF, 0x4F, 0xFF, 0x51]),
        ("OpenEXR", [0x76, 0x2F, 0x31, 0x01]),
        ("Photoshop (PSD)", "8BPS"u8.ToArray()),
        ("QOI", "qoif"u8.ToArray()),
        ("farbfeld", "farbfeld"u8.ToArray()),
        ("Radiance HDR", "#?RADIANCE"u8.ToArray()),
        ("Radiance HDR", "#?RGBE"u8.ToArray()),
        ("DirectDraw surface (DDS)", "DDS "u8.ToArray()),
        ("X pixmap (XPM)", "/* XPM"u8.ToArray()),
    ];

    // Nobody is told to make a PNG of these.
    private static readonly (string Name, byte[] Signature)[] Others =
    [
        ("gzip", [0x1F, 0x8B]),
        ("ZIP archive", [(byte)'P', (byte)'K', 3, 4]),
        ("WebM or Matroska video", [0x1A, 0x45, 0xDF, 0xA3]),
        ("PDF", "%PDF-"u8.ToArray()),
        ("PostScript", "%!PS"u8.ToArray()),
        ("RAR archive", "Rar!"u8.ToArray()),
        ("7-Zip archive", [(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C]),
        ("MPEG video", [0, 0, 1, 0xBA]),
        ("MP3 sound", "ID3"u8.ToArray()),
        ("Ogg sound or video", "OggS"u8.ToArray()),
        ("FLAC sound", "fLaC"u8.ToArray()),
        ("program (ELF)", [0x7F, (byte)'E', (byte)'L', (byte)'F']),
        ("script", "#!"u8.ToArray()),
        ("old Office document", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]),
    ];

    /// <summary>The exception for content that no decoder claims.</summary>
    public static ImageFormatException Explain(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) return new ImageFormatException("unknown", 0, "the file is empty");
        if (Picture(data) is { } picture)
            return new ImageFormatException(picture, 0, $"{picture} is not supported: convert it to PNG or JPEG");
        if (Other(data) is { } other) return new ImageFormatException(other, 0, $"{other}, not a picture");
        string begin = Convert.ToHexString(data[..Math.Min(8, data.Length)]);
        return new ImageFormatException(
            "unknown",
            0,
            $"not a picture of any format known here (it begins with {begin}); if it is one, convert it to PNG or JPEG"
        );
    }

    private static string? Picture(ReadOnlySpan<byte> data)
    {
        if (Signed(data, Pictures) is { } name) return name;
        if (data is [0, 0, 1 or 2, 0, > 0, 0, ..]) return data[2] == 1 ? "Windows icon (ICO)" : "Windows cursor (CUR)";
        if (IsBaseMedia(data)) return BaseMedia(data);
        return Markup(data) is Svg ? Svg : IsTarga(data) ? "Targa (TGA)" : null;
    }

    private static string? Other(ReadOnlySpan<byte> data)
    {
        if (Signed(data, Others) is { } name) return name;
        if (IsBaseMedia(data)) return data[8..].StartsWith("M4A"u8) ? "MP4 sound" : "MP4 or other video";
        if (data.StartsWith("RIFF"u8) && data.Length >= 12)
            return data[8..12].SequenceEqual("AVI "u8) ? "AVI video"
                : data[8..12].SequenceEqual("WAVE"u8) ? "WAV sound"
                : null;
        if (!data.ContainsAnyExcept((byte)0)) return "file of zeros";
        return Markup(data) ?? Text(data);
    }

    private static string? Signed(ReadOnlySpan<byte> data, (string Name, byte[] Signature)[] signatures)
    {
        foreach ((string name, byte[] signature) in signatures)
        {
            if (data.StartsWith(signature)) return name;
        }
        return null;
    }

    private static bool IsBaseMedia(ReadOnlySpan<byte> data) => data.Length >= 12 && data[4..8].SequenceEqual("ftyp"u8);

    /// <summary>Targa has no signature: version 2 has a footer, version 1 only a header with few possible values.</summary>
    private static bool IsTarga(ReadOnlySpan<byte> data) =>
        data.EndsWith("TRUEVISION-XFILE.\0"u8)
        || (
            data.Length > 18
            && data[1] is 0 or 1
            && data[2] is 1 or 2 or 3 or 9 or 10 or 11
            && data[16] is 8 or 15 or 16 or 24 or 32
            && data[7] is 0 or 15 or 16 or 24 or 32
        );

    /// <summary>ISO base media files: major brand, then compatible brands, tell what is inside.</summary>
    private static string? BaseMedia(ReadOnlySpan<byte> data)
    {
        for (int i = 8; i + 4 <= Math.Min(data.Length, 64); i += 4)
        {
            ReadOnlySpan<byte> brand = data.Slice(i, 4);
            if (brand.SequenceEqual("avif"u8) || brand.SequenceEqual("avis"u8)) return "AVIF";
            if (brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8)) return "HEIC";
        }
        return data[8..12].SequenceEqual("mif1"u8) || data[8..12].SequenceEqual("msf1"u8) ? "HEIF" : null;
    }

    /// <summary>Text of any kind: UTF-8 without control characters other than those of text.</summary>
    private static string? Text(ReadOnlySpan<byte> data)
    {
        const int Searched = 4096, LongestCharacter = 4;
        ReadOnlySpan<byte> start = data[..Math.Min(Searched, data.Length)];
        while (!start.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(start, out Rune rune, out int bytes) != System.Buffers.OperationStatus.Done)
                return start.Length < LongestCharacter && data.Length > Searched ? "text" : null; // the search ends within a character
            if (Rune.IsControl(rune) && rune.Value is not ('\t' or '\n' or '\r' or '\f')) return null;
            start = start[bytes..];
        }
        return "text";
    }

    /// <summary>SVG and web pages, wherever comments, declarations and blanks let them begin.</summary>
    private static string? Markup(ReadOnlySpan<byte> data)
    {
        const int Searched = 4096;
        Encoding encoding = data switch
        {
            [0xFF, 0xFE, ..] => Encoding.Unicode,
            [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode,
            _ => Encoding.UTF8,
        };
        string text = encoding.GetString(data[..Math.Min(Searched, data.Length)]).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        if (!text.StartsWith('<')) return null;
        if (
            text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase)
        )
            return "web page (HTML)";
        if (text.Contains("<svg", StringComparison.OrdinalIgnoreCase)) return Svg;
        if (text.Contains("<html", StringComparison.OrdinalIgnoreCase)) return "web page (HTML)";
        return text.StartsWith("<?xml", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<!", StringComparison.Ordinal)
            ? "XML"
            : null;
    }
}
