using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Data;
using Microsoft.ML;

namespace EmotionMLNet.Trainer.MLNet.Vision;

/// <summary>A stored picture with its label. TensorFlow's decoder takes JPEG and PNG; pictures of other formats become PNG.</summary>
internal sealed class StoredRow
{
    public byte[] Image { get; set; } = [];

    public string Label { get; set; } = "";

    /// <summary>All pictures of a set in its order, read when they are wanted.</summary>
    public static IDataView View(MLContext ml, ImageSet images) =>
        ml.Data.LoadFromEnumerable(
            Enumerable
                .Range(0, images.Count)
                .Select(i => new StoredRow { Image = Read(images.Contents![i]), Label = images.Labels[images.Classes[i]] })
        );

    /// <summary>Samples as a PNG file.</summary>
    public static byte[] Encode(byte[] pixels, int width, int height, int channels) =>
        PngEncoder.Encode(new Image(width, height, channels, pixels));

    private static byte[] Read(ImageContent content)
    {
        byte[] stored = content.Read();
        if (stored is [0xFF, 0xD8, ..] or [0x89, (byte)'P', (byte)'N', (byte)'G', ..]) return stored;
        ImageHeader header = content.Describe(stored)!;
        var size = new ImagePreprocessing
        {
            Width = header.Width,
            Height = header.Height,
            Channels = 3,
            Mean = [0, 0, 0],
            StandardDeviation = [1, 1, 1],
        };
        var pixels = new byte[size.Length];
        content.Decode(stored, size, ImageReaderOptions.Default, pixels);
        return Encode(pixels, size.Width, size.Height, size.Channels);
    }
}
