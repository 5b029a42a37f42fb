using EmotionMLNet.Tensors;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Tests.Runs.Progressive;

public sealed class ProgressiveTrainingTests
{
    private static readonly TrainingOptions Pooled = TinyData.Options with
    {
        Network = TinyData.Options.Network with { Architecture = "emotion-cnn", Widths = [4, 6] },
    };

    [Theory]
    [InlineData("side=0.5", 0.5f, 0.5f)]
    [InlineData("epochs=0.7, side=0.6667", 0.6667f, 0.7f)]
    public void Text_is_understood(string text, float side, float epochs) =>
        Assert.Equal(new ProgressiveOptions { Side = side, Epochs = epochs }, ProgressiveOptions.Parse(text));

    [Theory]
    [InlineData("0.5")]
    [InlineData("size=0.5")]
    public void Text_that_is_not_understood_is_named(string text) =>
        Assert.Contains(
            ProgressiveOptions.Help,
            Assert.Throws<FormatException>(() => ProgressiveOptions.Parse(text)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Impossible_settings_are_named_each()
    {
        Assert.Empty(Pooled.FindProblems());
        Problem("progressive.side", Pooled with { Progressive = new ProgressiveOptions { Side = 1.2f } });
        Problem("progressive.epochs", Pooled with { Progressive = new ProgressiveOptions { Side = 0.5f, Epochs = 1.5f } });
        Problem(
            "progressive",
            Pooled with
            {
                Progressive = new ProgressiveOptions { Side = 0.5f },
                FineTuning = Pooled.FineTuning with { Freeze = Freezing.Parse("all") },
            }
        );

        static void Problem(string path, TrainingOptions options) =>
            Assert.Equal(path, Assert.Single(options.FindProblems(), p => p.Path.StartsWith("progressive", StringComparison.Ordinal)).Path);
    }

    [Fact]
    public void Small_pictures_train_as_pictures_of_that_size_do_and_validation_sees_whole_ones()
    {
        // Flat pictures look the same at any size: but for rounding the weights must be those of a network that was small from the start.
        (float[] reduced, Shape validated) = Flat(side: 12, share: 0.75f);
        (float[] small, _) = Flat(side: 9, share: 1);
        for (int i = 0; i < small.Length; i++) Assert.Equal(small[i], reduced[i], 1e-4f);
        Assert.Equal(new Shape(12, 12, 1), validated);

        static (float[] Weights, Shape Validated) Flat(int side, float share) =>
            TinyData.FlatRun(
                Pooled with
                {
                    Network = Pooled.Network with { Width = side, Height = side },
                    Optimisation = Pooled.Optimisation with { Epochs = 1 },
                    Augmentation = AugmentationOptions.None,
                    Progressive = new ProgressiveOptions { Side = share, Epochs = 1 },
                }
            );
    }

    [Fact]
    public void Only_the_first_epochs_are_shown_small_pictures()
    {
        float[] whole = After(new ProgressiveOptions(), epochs: 2),
            never = After(new ProgressiveOptions { Side = 0.75f, Epochs = 0 }, epochs: 2);
        Assert.Equal(whole, never);
        // Two epochs small and two whole begin as two of two do, and then go on otherwise than four small ones.
        TrainingOptions half =
                Pooled with
                {
                    Optimisation = Pooled.Optimisation with { Epochs = 4 },
                    Progressive = new ProgressiveOptions { Side = 0.75f },
                },
            all =
                half with
                {
                    Progressive = new ProgressiveOptions { Side = 0.75f, Epochs = 1 },
                };
        using TrainingRun mixed = TinyData.Run(half), small = TinyData.Run(all);
        mixed.Train(CancellationToken.None);
        small.Train(CancellationToken.None);
        double[] a = [.. mixed.Progress.History.Select(e => e.TrainLoss)], b = [.. small.Progress.History.Select(e => e.TrainLoss)];
        Assert.Equal(a[..2], b[..2]);
        Assert.NotEqual(a[2], b[2]);
        Assert.Equal((new Shape(9, 9, 1), 2), mixed.Small);

        static float[] After(ProgressiveOptions progressive, int epochs)
        {
            using TrainingRun run = TinyData.Run(
                Pooled with
                {
                    Optimisation = Pooled.Optimisation with { Epochs = epochs },
                    Progressive = progressive,
                }
            );
            run.Train(CancellationToken.None);
            return TinyData.Weights(run.Network);
        }
    }

    [Fact]
    public void What_is_left_counts_small_epochs_as_the_work_that_they_are()
    {
        TrainingOptions options = Pooled with
        {
            Optimisation = Pooled.Optimisation with { Epochs = 4 },
            Progressive = new ProgressiveOptions { Side = 0.75f },
        };
        using TrainingRun run = TinyData.Run(options);
        run.Train(CancellationToken.None);
        double cost = (double)run.Network.At(run.Small!.Value.Size).MultiplyAdds / run.Network.MultiplyAdds;
        Assert.InRange(cost, 0.5, 0.65);
        double[] expected = [1 + 2 / cost, 2 / cost, 1, 0];
        Assert.Equal(expected, run.Progress.History.Select(run.EstimateEpochsAhead), (x, y) => Math.Abs(x - y) < 1e-12);
    }

    [Fact]
    public void A_network_with_a_dense_layer_says_that_it_cannot()
    {
        var e = Assert.ThrowsAny<TrainingException>(() =>
            TinyData.Run(
                TinyData.Options with
                {
                    Network = TinyData.Options.Network with { Width = 24 },
                    Progressive = new ProgressiveOptions { Side = 0.5f },
                }
            )
        );
        Assert.StartsWith("progressive.side: the network cannot be trained on pictures of ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_with_small_pictures_allocates_nothing()
        => Assert.Equal(0, StepAllocation.Of(Pooled with { Progressive = new ProgressiveOptions { Side = 0.75f, Epochs = 1 } }));
}
