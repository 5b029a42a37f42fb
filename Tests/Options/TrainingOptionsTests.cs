using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Options;

public sealed class TrainingOptionsTests
{
    [Fact]
    public void Every_problem_is_found_at_once_and_names_its_setting()
    {
        var options = new TrainingOptions
        {
            Data = new() { Path = "faces", Labels = [] },
            TrainingSet = new()
            {
                Balance = 2,
                SoftLabels = "missing.csv",
                SoftWeight = 0,
                Auxiliary = "missing.csv",
                AuxiliaryWeight = 0,
                Exclude = "missing.csv",
            },
            Network = new() { Architecture = "vgg", Dropout = 1, Width = -1, Channels = 2, Widths = [0] },
            Optimisation = new()
            {
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
                Patience = -1,
                MinDelta = float.NaN,
            },
            Augmentation = new() { Rotate = -1 },
            Loss = new() { LabelSmoothing = 1 },
            Distillation = new() { Teachers = ["missing.zip"], TeacherWeight = 0, TeacherTemperature = 0 },
            FineTuning = new() { From = "missing.zip" },
            Threads = -1,
        };
        Assert.Equal(
            [
                "data.labels",
                "trainingSet.balance",
                "trainingSet.softLabels",
                "trainingSet.softWeight",
                "trainingSet.auxiliary",
                "trainingSet.auxiliaryWeight",
                "trainingSet.exclude",
                "network.architecture",
                "network.dropout",
                "network.width",
                "network.channels",
                "network.widths",
                "optimisation.epochs",
                "optimisation.time",
                "optimisation.batchSize",
                "optimisation.learningRate",
                "optimisation.momentum",
                "optimisation.weightDecay",
                "optimisation.warmUp",
                "optimisation.gamma",
                "optimisation.gammaEvery",
                "optimisation.clipNorm",
                "optimisation.sharpness",
                "optimisation.weightAverage",
                "optimisation.patience",
                "optimisation.minDelta",
                "augmentation.rotate",
                "loss.labelSmoothing",
                "distillation.teachers",
                "distillation.teacherWeight",
                "distillation.teacherTemperature",
                "fineTuning.from",
                "threads",
            ],
            options.FindProblems().Select(p => p.Path)
        );
        Assert.All(options.FindProblems(), p => Assert.DoesNotContain("--", p.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void A_second_task_needs_features_that_learn()
    {
        string file = typeof(TrainingOptionsTests).Assembly.Location;
        var options = new TrainingOptions
        {
            Data = new() { Path = "faces" },
            FineTuning = new() { From = file, Freeze = Freezing.All },
            TrainingSet = new() { Auxiliary = file },
        };
        Assert.Equal(["trainingSet.auxiliary"], options.FindProblems().Select(p => p.Path));
        Assert.Empty((options with { FineTuning = options.FineTuning with { Freeze = Freezing.None } }).FindProblems());
    }

    [Theory]
    [InlineData(float.NaN), InlineData(float.PositiveInfinity), InlineData(-1)]
    public void The_weight_of_a_second_task_is_a_positive_number(float weight) =>
        Assert.Equal(
            ["trainingSet.auxiliaryWeight"],
            new TrainingOptions { TrainingSet = new() { AuxiliaryWeight = weight } }
                .FindProblems()
                .Select(p => p.Path)
        );
}
