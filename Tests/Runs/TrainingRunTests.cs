using EmotionMLNet.Layers;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Tests.Runs;

public sealed class TrainingRunTests
{
    [Fact]
    public void A_network_learns_what_can_be_learnt()
    {
        using TrainingRun run = TinyData.Run(TinyData.Options with { Optimisation = TinyData.Options.Optimisation with { Epochs = 20 } });
        run.Train(CancellationToken.None);
        Assert.Equal(20, run.Progress.History.Count);
        Assert.True(run.Progress.Best!.ValidationAccuracy > 0.9, $"best validation accuracy {run.Progress.Best}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_and_another_seed_others()
    {
        float[] first = Weights(1), second = Weights(1), other = Weights(2);
        Assert.Equal(first, second);
        Assert.NotEqual(first, other);

        static float[] Weights(int seed)
        {
            using TrainingRun run = TinyData.Run(
                TinyData.Options with
                {
                    Optimisation = TinyData.Options.Optimisation with { Epochs = 2 },
                    Seed = seed,
                }
            );
            run.Train(CancellationToken.None);
            return TinyData.Weights(run.Network);
        }
    }

    [Fact]
    public void A_step_allocates_nothing() =>
        Assert.Equal(
            0,
            StepAllocation.Of(
                TinyData.Options with
                {
                    Optimisation = TinyData.Options.Optimisation with
                    {
                        ClipNorm = 1,
                        WeightAverage = 0.9f,
                        Optimiser = OptimiserKind.Sgd,
                        Sharpness = 0.1f,
                    },
                }
            )
        );

    [Fact]
    public void A_rate_falls_between_epochs_and_the_last_step_still_learns()
    {
        Assert.Equal(
            [1, 0.5, 0.25, 0.125],
            Rates(
                TinyData.Options with
                {
                    Optimisation = TinyData.Options.Optimisation with
                    {
                        LearningRate = 1e-3f,
                        Schedule = ScheduleKind.Step,
                        GammaEvery = 1,
                    },
                }
            ),
            (a, b) => Math.Abs(a - b) < 1e-6
        );
        Assert.InRange(
            Rates(
                TinyData.Options with
                {
                    Optimisation = TinyData.Options.Optimisation with { LearningRate = 1e-3f, Schedule = ScheduleKind.Cosine },
                }
            )[^1],
            1e-4,
            1e-2
        ); // one part in 48 before the end

        static double[] Rates(TrainingOptions options)
        {
            using TrainingRun run = TinyData.Run(options);
            run.Train(CancellationToken.None);
            return [.. run.Progress.History.Select(e => e.LearningRate / options.Optimisation.LearningRate)];
        }
    }

    [Fact]
    public void Patience_ends_a_run_that_gets_no_better_and_says_so()
    {
        var watcher = new Watcher();
        // No epoch can improve on the first by a whole accuracy.
        using TrainingRun run = TinyData.Run(
            TinyData.Options with
            {
                Optimisation = TinyData.Options.Optimisation with { Epochs = 9, Patience = 3, MinDelta = 1 },
            },
            null,
            watcher
        );
        string why = run.Train(CancellationToken.None);
        Assert.Equal(4, run.Progress.History.Count);
        Assert.Equal(1, run.Progress.BestEpoch);
        Assert.Contains("early stopping", why, StringComparison.Ordinal);
        Assert.Equal(why, watcher.Why);
    }

    [Fact]
    public void Epochs_are_compared_by_the_chosen_metric()
    {
        foreach (SelectionMetric metric in Enum.GetValues<SelectionMetric>())
        {
            using TrainingRun run = TinyData.Run(
                TinyData.Options with
                {
                    Optimisation = TinyData.Options.Optimisation with { Epochs = 6, Metric = metric },
                }
            );
            run.Train(CancellationToken.None);
            double best = run.Progress.History.Max(r => r.Score(metric));
            Assert.Equal(best, run.Progress.Best!.Score(metric));
            Assert.Equal(run.Progress.History.First(r => r.Score(metric) == best).Epoch, run.Progress.BestEpoch);
            Assert.Equal(run.Progress.BestEpoch, run.Progress.History.Last(r => r.Improved).Epoch);
        }
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_the_run_in_one_line_before_the_checkpoint()
    {
        using TrainingRun run = TinyData.Run(TinyData.Options);
        run.Network.Parameters.First().Parameter.Values[0] = float.NaN;
        var e = Assert.ThrowsAny<TrainingException>(() => run.Train(CancellationToken.None));
        Assert.IsType<TrainingFailedException>(e);
        Assert.Contains("epoch 1, batch 1", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        Assert.Empty(run.Progress.History);
    }

    [Fact]
    public void Weights_that_break_in_the_last_step_of_an_epoch_are_caught_by_the_validation()
    {
        int batches = 0;
        var breaker = new Watcher
        {
            OnBatch = (run, _, _) =>
            {
                if (++batches == 6) run.Network.Parameters.First().Parameter.Values[0] = float.NaN; // 45 images in batches of 8
            },
        };
        using TrainingRun run = TinyData.Run(TinyData.Options, null, breaker);
        var e = Assert.ThrowsAny<TrainingException>(() => run.Train(CancellationToken.None));
        Assert.Contains("validation of epoch 1", e.Message, StringComparison.Ordinal);
        Assert.Empty(run.Progress.History);
    }

    [Fact]
    public void Validation_uses_the_average_of_weights_and_statistics_and_training_does_not()
    {
        using TrainingRun averaged = TinyData.Run(
                TinyData.Options with
                {
                    Optimisation = TinyData.Options.Optimisation with { WeightAverage = 0.9f },
                }
            ),
            plain = TinyData.Run(TinyData.Options);
        averaged.Train(CancellationToken.None);
        plain.Train(CancellationToken.None);
        Assert.Equal(TinyData.Weights(plain.Network), TinyData.Weights(averaged.Network));
        Assert.Equal(TinyData.Weights(plain.Network), TinyData.Weights(plain.ValidatedNetwork));
        foreach (
            ((string name, Parameter live), (_, Parameter shown)) in averaged.Network.Parameters.Zip(averaged.ValidatedNetwork.Parameters)
        )
            Assert.True(live.Values.Zip(shown.Values).Any(v => v.First != v.Second), $"{name} is not averaged");
    }

    [Fact]
    public void Training_on_windows_is_training_at_their_size_and_validation_sees_whole_pictures()
    {
        // Flat pictures look the same through any window: the weights must be those of a network that was small from the start.
        (float[] windows, Shape validated) = Flat(side: 12, crop: 0.75f);
        (float[] small, _) = Flat(side: 9, crop: 1);
        Assert.Equal(small, windows);
        Assert.Equal(new Shape(12, 12, 1), validated);

        static (float[] Weights, Shape Validated) Flat(int side, float crop) =>
            TinyData.FlatRun(
                TinyData.Options with
                {
                    Network = TinyData.Options.Network with { Architecture = "emotion-cnn", Widths = [4, 6], Width = side, Height = side },
                    Optimisation = TinyData.Options.Optimisation with { Epochs = 2 },
                    Augmentation = new AugmentationOptions { Crop = crop },
                }
            );
    }

    [Fact]
    public void A_network_with_a_dense_layer_cannot_be_trained_on_windows_and_says_so()
    {
        TrainingOptions options = TinyData.Options with
        {
            Network = TinyData.Options.Network with { Width = 24, Height = 24 },
            Augmentation = new AugmentationOptions { Crop = 0.75f },
        };
        ImagePreprocessing preprocessing = RunFactory.CreatePreprocessing(options);
        var e = Assert.ThrowsAny<TrainingException>(() =>
            new TrainingRun(
                options,
                RunFactory.CreateNetwork(options, preprocessing, 3, new SilentReporter()),
                preprocessing,
                TinyData.Make(),
                null,
                [],
                TimeProvider.System
            )
        );
        Assert.StartsWith("augmentation.crop: the network cannot be trained on pictures of ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_test_split_is_never_looked_at()
    {
        // An image without pixels cannot be read by anybody.
        ImageSet test = TinyData.Set(Split.Test, 9, seed: 3) with { Pixels = null! };
        Dataset data = TinyData.Make() with { Sets = [.. TinyData.Make().Sets, test] };
        TrainingOptions options = TinyData.Options with { Optimisation = TinyData.Options.Optimisation with { Epochs = 1 } };
        var preprocessing = RunFactory.CreatePreprocessing(options);
        using var run = new TrainingRun(
            options,
            RunFactory.CreateNetwork(options, preprocessing, 3, new SilentReporter()),
            preprocessing,
            data,
            null,
            [],
            TimeProvider.System
        );
        Assert.Contains("its only epoch done", run.Train(CancellationToken.None), StringComparison.Ordinal);
    }
}
