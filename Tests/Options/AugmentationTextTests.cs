using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Options;

public sealed class AugmentationTextTests
{
    [Fact]
    public void Augmentation_is_read_as_it_is_written()
    {
        Assert.Equal(new AugmentationOptions { Flip = true, Rotate = 12, Shift = 0.1f }, AugmentationText.Parse("flip, rotate=12,shift"));
        Assert.Equal(AugmentationOptions.None, AugmentationText.Parse("none"));
        Assert.Equal(new AugmentationOptions { Flip = true, Crop = 0.9f }, AugmentationText.Parse("flip,crop=0.9"));
        Assert.Equal(
            new AugmentationOptions
            {
                Mixup = 0.2f,
                CutMix = 1,
                Mix = 0.8f,
                Chance = 0.5f,
                Aspect = 0.2f,
                Sharpness = 0.5f,
            },
            AugmentationText.Parse("mixup,cutmix=1,mix=0.8,chance,aspect=0.2,sharpness")
        );
        Assert.Throws<FormatException>(() => AugmentationText.Parse("twirl"));
        Assert.Throws<FormatException>(() => AugmentationText.Parse("rotate=much"));
    }
}
