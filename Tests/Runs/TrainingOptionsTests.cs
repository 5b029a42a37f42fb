using EmotionMLNet.Training.Augmentation;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Runs.Distillation;

namespace EmotionMLNet.Tests.Runs;

public sealed class TrainingOptionsTests
{
    [Fact]
    public void Every_problem_is_found_at_once_and_names_its_option()
    {
        string[] problems = [.. new TrainingOptions
        {
            Data = "faces",
            Architecture = "vgg",
            Epochs = 0,
            Time = TimeSpan.Zero,
            BatchSize = 1,
            LearningRate = float.NaN,
            Momentum = 1,
            WeightDecay = -1,
            WarmUp = -1,
            Gamma = 1,
            GammaEvery = 0,
            ClipNorm = -1,
            Sharpness = -1,
            WeightAverage = 1,
            LabelSmoothing = 1,
            Dropout = 1,
            Width = -1,
            Channels = 2,
            Widths = [0],
            Patience = -1,
            MinDelta = float.NaN,
            Threads = -1,
            From = "missing.zip",
            Labels = "missing.txt",
            Distillation = new DistillationOptions { Teachers = ["missing.zip"], Weight = 0, Temperature = 0 },
            Loss = "gce=2",
            Balance = 2,
            SoftLabels = "missing.csv",
            SoftWeight = 0,
            Auxiliary = "missing.csv",
            AuxiliaryWeight = 0,
            Exclude = "missing.csv",
            Augmentation = new AugmentationOptions { Rotate = -1 },
        }.Problems()];
        Assert.Equal(
            ["--arch", "--epochs", "--time", "--batch", "--lr", "--momentum", "--weight-decay", "--warmup", "--gamma", "--gamma-every", "--clip", "--sam", "--ema", "--label-smoothing",
                "--dropout", "--width", "--channels", "--widths", "--patience", "--min-delta", "--threads", "--from", "--labels", "--teacher", "--teacher-weight", "--teacher-temperature", "--loss", "--balance", "--soft-labels", "--soft-weight", "--auxiliary", "--auxiliary-weight", "--exclude", "--augment:"],
            problems.Select(p => p.Split(' ')[0]));
    }

    [Fact]
    public void A_second_task_needs_features_that_learn()
    {
        var options = new TrainingOptions { Data = "faces", Architecture = "emotion-cnn", From = typeof(TrainingOptionsTests).Assembly.Location, Freeze = "all", Auxiliary = typeof(TrainingOptionsTests).Assembly.Location };
        Assert.Equal(["--auxiliary"], options.Problems().Select(p => p.Split(' ')[0]));
        Assert.Empty((options with { Freeze = "none" }).Problems());
    }

    [Theory]
    [InlineData(float.NaN), InlineData(float.PositiveInfinity), InlineData(-1)]
    public void The_weight_of_a_second_task_is_a_positive_number(float weight)
        => Assert.Equal(["--auxiliary-weight"], new TrainingOptions { Data = "faces", Architecture = "emotion-cnn", AuxiliaryWeight = weight }.Problems().Select(p => p.Split(' ')[0]));
}
