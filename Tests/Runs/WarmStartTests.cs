using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Tests.Runs;

public sealed class WarmStartTests
{
    private static ModelZip Model()
    {
        var preprocessing = RunFactory.CreatePreprocessing(TinyData.Options);
        Network network = RunFactory.CreateNetwork(TinyData.Options, preprocessing, 3, new SilentReporter());
        return new ModelZip(
            network,
            new ModelManifest
            {
                CreatedBy = "test",
                CreatedAt = "",
                Architecture = "three-block-cnn",
                Labels = ["a", "b", "c"],
                Head = OutputHead.Softmax,
                Preprocessing = preprocessing,
            }
        );
    }

    [Fact]
    public void The_same_labels_keep_every_weight()
    {
        ModelZip model = Model();
        float[] before = TinyData.Weights(model.Network);
        var said = new CollectedMessages();
        Network network = WarmStart.From(model, ["a", "b", "c"], newHead: false, head: null, seed: 5, new SilentReporter(said));
        Assert.Equal(before, TinyData.Weights(network));
        Assert.Contains("all weights", said.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("anew", said.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a,b")]
    [InlineData("a,c,b")]
    [InlineData("a,b,c,d,e")]
    public void Other_labels_keep_all_weights_but_those_of_the_last_layer(string labels)
    {
        ModelZip model = Model();
        Dictionary<string, float[]> before = model.Network.Parameters.ToDictionary(p => p.Name, p => p.Parameter.Values.ToArray());
        var said = new CollectedMessages();
        Network network = WarmStart.From(model, labels.Split(','), newHead: false, head: null, seed: 5, new SilentReporter(said));
        Assert.Equal(labels.Split(',').Length, network.Classes);
        foreach ((string name, var parameter) in network.Parameters)
        {
            if (name == "classifier.weight") Assert.NotEqual(before[name][..8], parameter.Values[..8]);
            else if (name != "classifier.bias") Assert.Equal(before[name], parameter.Values);
        }
        Assert.Contains("'classifier'", said.ToString(), StringComparison.Ordinal);
        Assert.Equal(labels == "a,c,b", said.ToString().Contains("give data.labels as a,b,c", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_fixed_by_the_model_cannot_be_asked_for()
    {
        var model = Model().Manifest.Preprocessing;
        TrainingOptions options = TrainingDefaults.For("three-block-cnn", "data");
        Assert.Null(WarmStart.Conflict(options, model));
        // Networks are taken up at other sizes.
        Assert.Null(WarmStart.Conflict(options with { Network = options.Network with { Width = 48 } }, model));
        Assert.NotNull(WarmStart.Conflict(options with { Network = options.Network with { Channels = 3 } }, model));
        Assert.NotNull(WarmStart.Conflict(options with { Network = options.Network with { Widths = [4, 4, 4] } }, model));
        Assert.NotNull(WarmStart.Conflict(options with { Network = options.Network with { Dropout = 0 } }, model));
    }

    [Fact]
    public void A_network_with_global_pooling_is_taken_up_at_another_input_size()
    {
        var preprocessing = new ImagePreprocessing { Width = 48, Height = 48, Channels = 1, Mean = [0.5f], StandardDeviation = [0.25f] };
        TrainingOptions options = TrainingDefaults.For("emotion-cnn", "data") with
        {
            Network = TrainingDefaults.For("emotion-cnn", "data").Network with { Widths = [4, 4] },
        };
        using var folder = new TemporaryFolder();
        string path = Saved(
            folder,
            RunFactory.CreateNetwork(options, preprocessing, 3, new SilentReporter()),
            preprocessing,
            "emotion-cnn"
        );
        ModelZip larger = WarmStart.Load(
            path,
            TrainingDefaults.For("emotion-cnn", "data") with
            {
                Network = TrainingDefaults.For("emotion-cnn", "data").Network with { Width = 80, Height = 64, Resize = ResizeMode.Pad },
            }
        );
        Assert.Equal(
            (80, 64, ResizeMode.Pad),
            (larger.Manifest.Preprocessing.Width, larger.Manifest.Preprocessing.Height, larger.Manifest.Preprocessing.Resize)
        );
        Assert.Equal(new Shape(64, 80, 1), larger.Network.InputShape);
        Assert.Equal(TinyData.Weights(ModelZip.Load(path).Network), TinyData.Weights(larger.Network));
        Assert.Equal(48, WarmStart.Load(path, TrainingDefaults.For("emotion-cnn", "data")).Manifest.Preprocessing.Width);
    }

    [Fact]
    public void A_network_with_a_dense_layer_over_the_map_says_that_it_has_one_size()
    {
        using var folder = new TemporaryFolder();
        ModelZip model = Model();
        string path = Saved(folder, model.Network, model.Manifest.Preprocessing, "three-block-cnn");
        var e = Assert.ThrowsAny<TrainingException>(() =>
            WarmStart.Load(
                path,
                TinyData.Options with
                {
                    Network = TinyData.Options.Network with { Width = 2 * TinyData.Side, Height = 2 * TinyData.Side },
                }
            )
        );
        Assert.Contains($"only at its own {TinyData.Side} x {TinyData.Side}", e.Message, StringComparison.Ordinal);
    }

    private static string Saved(TemporaryFolder folder, Network network, ImagePreprocessing preprocessing, string architecture)
    {
        string path = folder["model.zip"];
        new ModelZip(
            network,
            new ModelManifest
            {
                CreatedBy = "test",
                CreatedAt = "",
                Architecture = architecture,
                Labels = ["a", "b", "c"],
                Head = OutputHead.Softmax,
                Preprocessing = preprocessing,
            }
        ).Save(path);
        return path;
    }
}
