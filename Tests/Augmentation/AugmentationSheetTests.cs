using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Trainer.Augmentation;
using EmotionMLNet.Trainer.Data;

namespace EmotionMLNet.Tests.Augmentation;

public sealed class AugmentationSheetTests
{
    [Theory]
    [InlineData(1, 40)]
    [InlineData(3, 3)]
    public void The_sheet_shows_stored_images_on_the_left_and_their_draws_beside_them(int channels, int count)
    {
        var preprocessing = new ImagePreprocessing { Width = 48, Height = 40, Channels = channels, Mean = new float[channels], StandardDeviation = [.. Enumerable.Repeat(1f, channels)] };
        byte[][] pixels = [.. Enumerable.Range(0, count).Select(i => Enumerable.Repeat((byte)(i * 3 + 50), preprocessing.Length).ToArray())];
        var set = new ImageSet(Split.Train, "train", ["a", "b"], [.. Enumerable.Range(0, count).Select(i => i % 2)], pixels, [.. Enumerable.Range(0, count).Select(i => $"{i}")]);
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
}
