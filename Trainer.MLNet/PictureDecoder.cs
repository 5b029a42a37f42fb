using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Data;
using Microsoft.ML.Data;

namespace EmotionMLNet.Trainer.MLNet;

/// <summary>
/// Stored pictures as ML.NET reads them. What it cannot read, and what is no file, such as a row of FER2013's CSV, it gets from our
/// decoder, so that all candidates see the same pictures.
/// </summary>
internal static class PictureDecoder
{
    /// <param name="content">The stored bytes.</param>
    /// <param name="source">Decodes them if ML.NET does not.</param>
    /// <returns>To be disposed of by the caller.</returns>
    public static MLImage Decode(byte[] content, ImageContent source)
    {
        if (source is not FerPixels)
        {
            try
            {
                using var stream = new MemoryStream(content, writable: false);
                return MLImage.CreateFromStream(stream);
            }
            catch (ArgumentException)
            {
                // Of a format that ML.NET's decoder does not know.
            }
        }
        ImageHeader header =
            source.Describe(content)
            ?? throw new TrainingFailedException("A picture can't be read any more: it changed since it was checked.");
        var size = new ImagePreprocessing
        {
            Width = header.Width,
            Height = header.Height,
            Channels = 3,
            Mean = [0, 0, 0],
            StandardDeviation = [1, 1, 1],
        };
        var pixels = new byte[size.Length];
        source.Decode(content, size, ImageReaderOptions.Default, pixels);
        return FromPixels(pixels, size.Width, size.Height, size.Channels);
    }

    /// <param name="pixels">[height, width, channels] samples, RGB or grey.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="channels">1 or 3.</param>
    /// <returns>To be disposed of by the caller.</returns>
    public static MLImage FromPixels(ReadOnlySpan<byte> pixels, int width, int height, int channels)
    {
        const int depth = 4;
        var opaque = new byte[depth * width * height];
        for (int i = 0; i < width * height; i++)
        {
            ReadOnlySpan<byte> pixel = pixels.Slice(i * channels, channels);
            opaque[depth * i] = pixel[^1];
            opaque[depth * i + 1] = pixel[channels / 2];
            opaque[depth * i + 2] = pixel[0];
            opaque[depth * i + 3] = byte.MaxValue;
        }
        return MLImage.CreateFromPixels(width, height, MLPixelFormat.Bgra32, opaque);
    }
}
