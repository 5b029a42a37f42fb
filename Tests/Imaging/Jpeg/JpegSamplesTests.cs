using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Jpeg;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Imaging.Jpeg;

/// <summary>The JPEG files of the decoder trials: other decoders' references, hostile files, cameras' orientations.</summary>
public sealed class JpegSamplesTests(OddImages odd) : IClassFixture<OddImages>
{
    [SharedDataFact(OddImages.Archive)]
    public void Reference_decodes_are_met_within_two_levels()
    {
        int compared = 0;
        foreach (string reference in odd.Files("/reftest/images/", "*.png").Where(f => !f.Contains("lossless", StringComparison.Ordinal)))
        {
            string file = Path.ChangeExtension(reference, ".jpg");
            if (!File.Exists(file)) continue;
            Image expected = ImageReader.ReadFile(reference), actual = ImageReader.ReadFile(file);
            Assert.Equal((file, expected.Width, expected.Height), (file, actual.Width, actual.Height));
            for (int i = 0; i < expected.Width * expected.Height; i++)
            {
                for (int c = 0; c < 3; c++)
                {
                    int difference = Sample(expected, i, c) - Sample(actual, i, c);
                    if (Math.Abs(difference) > 2) Assert.Fail($"{Path.GetFileName(file)}: pixel {i}, channel {c} is off by {difference}");
                }
            }
            compared++;
        }
        Assert.True(compared > 30, $"{compared} compared");
    }

    [SharedDataFact(OddImages.Archive)]
    public void Lossless_files_are_refused_by_name()
    {
        string[] files = [.. odd.Files("/reftest/images/lossless/", "*.jpg")];
        Assert.NotEmpty(files);
        Assert.All(
            files,
            f =>
                Assert.Contains(
                    "lossless",
                    Assert.Throws<ImageFormatException>(() => JpegDecoder.Decode(File.ReadAllBytes(f), ImageReaderOptions.Default)).Reason,
                    StringComparison.Ordinal
                )
        );
    }

    [SharedDataFact(OddImages.Archive)]
    public void Hostile_files_are_decoded_or_refused()
    {
        int decoded = 0, refused = 0;
        foreach (string file in odd.Files("/crashtest/images/", "*.jpg"))
        {
            byte[] encoded = File.ReadAllBytes(file);
            foreach ((int, int) size in (ReadOnlySpan<(int, int)>)[(0, 0), (1, 1), (20, 20)])
            {
                try
                {
                    JpegDecoder.Decode(encoded, new ImageReaderOptions { WantedSize = size });
                    decoded++;
                }
                catch (ImageFormatException e)
                {
                    Assert.False(string.IsNullOrWhiteSpace(e.Reason), file);
                    Assert.InRange(e.Offset, 0, encoded.Length);
                    refused++;
                }
            }
        }
        Assert.True(decoded > 0 && refused > 250, $"{decoded} decoded, {refused} refused");
    }

    [SharedDataFact(OddImages.Archive)]
    public void Pictures_of_all_orientations_look_the_same()
    {
        foreach (string name in (string[])["Landscape", "Portrait"])
        {
            Image upright = Read(name, 0);
            for (int orientation = 1; orientation <= 8; orientation++)
            {
                Image turned = Read(name, orientation);
                Assert.Equal((orientation, upright.Width, upright.Height), (orientation, turned.Width, turned.Height));
                // Each was compressed in its own orientation: alike, not equal. A wrong turn is off by tens.
                Assert.InRange(upright.Pixels.Zip(turned.Pixels, (a, b) => Math.Abs(a - b)).Average(), 0, 8);
            }
        }

        Image Read(string name, int orientation) =>
            JpegDecoder.Decode(
                File.ReadAllBytes(odd.Files("/exif-orientation-examples/", $"{name}_{orientation}.jpg").Single()),
                ImageReaderOptions.Default
            );
    }

    private static int Sample(Image image, int pixel, int channel) =>
        image.Pixels[pixel * image.Channels + (image.Channels == 1 ? 0 : channel)];
}
