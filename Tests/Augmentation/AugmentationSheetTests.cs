using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Augmentation;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reports;

namespace EmotionMLNet.Tests.Augmentation;

public sealed class AugmentationSheetTests
{
    [Theory]
    [InlineData(1, 40)]
    [InlineData(3, 3)]
    public void The_sheet_shows_stored_images_on_the_left_and_their_draws_beside_them(int channels, int count)
    {
        var preprocessing = new ImagePreprocessing
        {
            Width = 48,
            Height = 40,
            Channels = channels,
            Mean = new float[channels],
            StandardDeviation = [.. Enumerable.Repeat(1f, channels)],
        };
        byte[][] pixels =
        [
            .. Enumerable.Range(0, count).Select(i => Enumerable.Repeat((byte)(i * 3 + 50), preprocessing.Length).ToArray()),
        ];
        var set = new ImageSet(
            Split.Train,
            "train",
            ["a", "b"],
            [.. Enumerable.Range(0, count).Select(i => i % 2)],
            pixels,
            [.. Enumerable.Range(0, count).Select(i => $"{i}")]
        );
        // Flat images stay flat under a warp: each cell tells by its level which image it is.
        var augmenter = new Augmenter(new AugmentationOptions { Flip = true, Rotate = 20 }, preprocessing);
        using var folder = new TemporaryFolder();
        AugmentationSheet.Write(folder["sheet.png"], set, augmenter, seed: 1);
        Image sheet = ImageReader.ReadFile(folder["sheet.png"]);
        int rows = Math.Min(8, count);
        Assert.Equal((10 * 98 + 2, rows * 82 + 2, channels), (sheet.Width, sheet.Height, sheet.Channels));
        for (int row = 0; row < rows; row++)
        {
            int expected = (int)((row + 0.5) * count / rows) * 3 + 50;
            for (int column = 0; column < 10; column++)
                Assert.InRange(sheet.Pixels[((row * 82 + 40) * sheet.Width + column * 98 + 50) * channels] - expected, -1, 1);
        }
    }

    [Fact]
    public void Windows_stand_beside_the_middle_of_the_stored_picture()
    {
        var preprocessing = new ImagePreprocessing { Width = 48, Height = 48, Channels = 1, Mean = [0], StandardDeviation = [1] };
        byte[] picture = [.. Enumerable.Range(0, 48 * 48).Select(i => (byte)(i % 48 * 4))]; // brighter to the right
        var set = new ImageSet(Split.Train, "train", ["a", "b"], [0], [picture], ["0"]);
        Image sheet = AugmentationSheet.Draw(set, new Augmenter(new AugmentationOptions { Crop = 0.5f }, preprocessing), seed: 1);
        Assert.Equal((10 * 98 + 2, 98 + 2), (sheet.Width, sheet.Height)); // 24 pixels, four times enlarged
        Assert.Equal([12 * 4, 13 * 4, 35 * 4], new[] { 0, 1, 23 }.Select(x => (int)sheet.Pixels[10 * sheet.Width + 2 + 4 * x]));
        for (int column = 1; column < 10; column++)
        {
            int At(int x) => sheet.Pixels[10 * sheet.Width + 2 + column * 98 + 4 * x];
            Assert.Equal(23 * 4, At(23) - At(0));
        }
    }
}
