using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Data.TrainingSet;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Runs.Auxiliary;

namespace EmotionMLNet.Tests.Runs.Auxiliary;

public sealed class AuxiliaryTrainingTests
{
    [Fact]
    public void A_widened_network_says_of_the_labels_what_it_said_and_gives_back_what_it_learned()
    {
        Network network = SampleNetworks.Make("plain"), widened = AuxiliaryHead.Widen(network, outputs: 3, seed: 1), back = network.Clone();
        Assert.Equal(network.Classes + 3, widened.Classes);
        float[] before = TinyData.Weights(network);
        AuxiliaryHead.CopyTo(widened.Parameters.Select(p => p.Parameter.Values), back);
        Assert.Equal(before, TinyData.Weights(back));

        foreach ((_, Parameter p) in widened.Parameters) // all learn
            for (int i = 0; i < p.Values.Length; i++) p.Values[i] += 1;
        AuxiliaryHead.CopyTo(widened.Parameters.Select(p => p.Parameter.Values), back);
        Assert.Equal([.. before.Select(w => w + 1)], TinyData.Weights(back));
    }

    [Fact]
    public void A_network_with_one_sigmoid_output_is_refused()
    {
        TrainingOptions options = TinyData.Options with
        {
            Network = TinyData.Options.Network with { Architecture = "happy-sad-cnn", Widths = [4, 4, 4, 4], Width = 64, Height = 64 },
        };
        Network network = RunFactory.CreateNetwork(options, RunFactory.CreatePreprocessing(options), classes: 2, new SilentReporter());
        Assert.Contains("one sigmoid output", Assert.ThrowsAny<TrainingException>(() => AuxiliaryHead.Widen(network, 3, seed: 1)).Message);
    }

    [Fact]
    public void What_the_votes_tell_apart_helps_where_labels_are_few()
    {
        // Labels of nine images, of each class three; votes of all 45, under other names. Without votes nobody learns much of nine noisy
        // pictures.
        double alone = Accuracy(withVotes: false), both = Accuracy(withVotes: true);
        Assert.True(both > alone + 0.1, $"{both:P1} with votes, {alone:P1} without");
    }

    [Fact]
    public void A_run_cut_off_goes_on_to_the_same_bits_second_task_and_all()
    {
        using var folder = new TemporaryFolder();
        TrainingOptions options = TinyData.Options with { Optimisation = TinyData.Options.Optimisation with { WeightAverage = 0.9f } };
        using TrainingRun whole = Run(options, withVotes: true, folder["whole"]);
        whole.Train(CancellationToken.None);
        using (
            TrainingRun cut = Run(
                options,
                withVotes: true,
                folder["parts"],
                new Watcher
                {
                    OnEpoch = result =>
                    {
                        if (result.Epoch == 3)
                            throw new InvalidOperationException("cut off");
                    },
                }
            )
        )
            Assert.Throws<InvalidOperationException>(() => cut.Train(CancellationToken.None));
        using TrainingRun resumed = Run(options, withVotes: true, folder["parts"]);
        resumed.Resume();
        Assert.Equal(2, resumed.Progress.History.Count);
        resumed.Train(CancellationToken.None);
        Assert.Equal(TinyData.Weights(whole.ValidatedNetwork), TinyData.Weights(resumed.ValidatedNetwork));
        using TrainingRun another = Run(options, withVotes: false, folder["parts"]);
        Assert.ThrowsAny<TrainingException>(another.Resume); // other data
    }

    private static double Accuracy(bool withVotes)
    {
        using TrainingRun run = Run(
            TinyData.Options with
            {
                Optimisation = TinyData.Options.Optimisation with { Epochs = 30 },
                TrainingSet = TinyData.Options.TrainingSet with { AuxiliaryWeight = 3 },
                Network = TinyData.Options.Network with { Dropout = 0 },
            },
            withVotes,
            folder: null
        );
        run.Train(CancellationToken.None);
        Assert.Equal(TinyData.Labels.Count, run.ValidatedNetwork.Classes);
        return run.Progress.History.TakeLast(10).Average(h => h.ValidationAccuracy);
    }

    private static TrainingRun Run(TrainingOptions options, bool withVotes, string? folder, params ITrainingListener[] listeners)
    {
        Dataset data = TinyData.Make();
        ImageSet train = data[Split.Train]!;
        int[] shuffled = [.. train.Classes.Select((c, i) => i < 9 ? c : (c + i / 3) % 3)]; // from the tenth on, labels say nothing
        float[][] votes = [.. train.Classes.Select(c => (float[])[c == 0 ? 1 : 0, c == 1 ? 1 : 0, c == 2 ? 1 : 0])];
        train = train with { Classes = shuffled, Auxiliary = withVotes ? new AuxiliaryVotes(["a", "b", "c"], votes) : null };
        var changes = new TrainingSetChanges([], [], withVotes ? "votes" : "");
        Network network = RunFactory.CreateNetwork(options, TinyData.Preprocessing, TinyData.Labels.Count, new SilentReporter());
        return new TrainingRun(
            options,
            network,
            TinyData.Preprocessing,
            data with
            {
                Sets = [train, data[Split.Validation]!],
                Changes = changes,
            },
            folder,
            listeners,
            TimeProvider.System
        );
    }
}
