using System.Buffers.Binary;

namespace EmotionMLNet.Imaging;

/// <summary>The one thing that matters here in a camera's metadata: which way up the picture is (Exif 2.32, tag 0x0112).</summary>
internal static class Exif
{
    private const ushort OrientationTag = 0x0112, ShortType = 3;

    /// <summary>Reads the orientation out of a TIFF block (what follows "Exif\0\0").</summary>
    /// <returns>1 to 8; 1, upright, for anything broken.</returns>
    public static int Orientation(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8) return 1;
        bool little = tiff.StartsWith("II*\0"u8);
        if (!little && !tiff.StartsWith("MM\0*"u8)) return 1;
        uint directory = Long(tiff[4..], little);
        if (directory > tiff.Length - 2) return 1;
        ReadOnlySpan<byte> entries = tiff[(int)directory..];
        int count = Word(entries, little);
        for (int i = 0; i < count && 2 + 12 * (i + 1) <= entries.Length; i++)
        {
            ReadOnlySpan<byte> entry = entries.Slice(2 + 12 * i, 12);
            if (Word(entry, little) != OrientationTag) continue;
            int value = Word(entry[2..], little) == ShortType ? Word(entry[8..], little) : 1;
            return value is >= 1 and <= 8 ? value : 1;
        }
        return 1;
    }

    /// <summary>Turns and mirrors a stored picture so that it is upright.</summary>
    /// <param name="image">The picture as it is stored.</param>
    /// <param name="orientation">1 to 8: where the stored first row and column lie; 5 to 8 exchange width and height.</param>
    public static Image Apply(Image image, int orientation) =>
        orientation is <= 1 or > 8 ? image : Apply(Raster.Of(image), orientation, new ImageMemory(forImages: true)).ToImage();

    /// <summary>The same in given memory, which may hold the stored picture.</summary>
    public static Raster Apply(Raster image, int orientation, ImageMemory memory)
    {
        if (orientation is <= 1 or > 8) return image;
        (int width, int height, int channels) = (image.Width, image.Height, image.Channels);
        bool turned = orientation >= 5;
        if (turned) memory.Turn();
        (int newWidth, int newHeight) = turned ? (height, width) : (width, height);
        ReadOnlySpan<byte> stored = image.Samples;
        Raster upright = memory.Turned(newWidth, newHeight, channels);
        Span<byte> pixels = upright.Samples;
        // Upright pixel (x, y) is stored at start + x · stepX + y · stepY.
        (int startX, int startY) = (orientation is 2 or 3 or 7 or 8 ? width - 1 : 0, orientation is 3 or 4 or 6 or 7 ? height - 1 : 0);
        int along = orientation is 2 or 3 or 7 or 8 ? -channels : channels,
            down = (orientation is 3 or 4 or 6 or 7 ? -width : width) * channels;
        (int stepX, int stepY) = turned ? (down, along) : (along, down);
        int to = 0;
        for (int y = 0; y < newHeight; y++)
        {
            int from = (startY * width + startX) * channels + y * stepY;
            for (int x = 0; x < newWidth; x++, from += stepX)
                for (int c = 0; c < channels; c++) pixels[to++] = stored[from + c];
        }
        return upright;
    }

    private static ushort Word(ReadOnlySpan<byte> data, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(data) : BinaryPrimitives.ReadUInt16BigEndian(data);

    private static uint Long(ReadOnlySpan<byte> data, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(data) : BinaryPrimitives.ReadUInt32BigEndian(data);
}
