using EmotionMLNet.Trainer;
using EmotionMLNet.Trainer.Augmentation;

namespace EmotionMLNet.Tests.Augmentation;

public sealed class AugmentationTextTests
{
    [Fact]
    public void Augmentation_is_read_as_it_is_written()
    {
        Assert.Equal(new AugmentationOptions { Flip = true, Rotate = 12, Shift = 0.1f }, AugmentationText.Parse("flip, rotate=12,shift"));
        Assert.Equal(AugmentationOptions.None, AugmentationText.Parse("none"));
        Assert.Throws<UserException>(() => AugmentationText.Parse("twirl"));
        Assert.Throws<UserException>(() => AugmentationText.Parse("rotate=much"));
    }
}
