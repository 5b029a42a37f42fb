using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Trainer.Training;

namespace EmotionMLNet.Tests.Training;

public sealed class WarmStartTests
{
    private static ModelZip Model()
    {
        var preprocessing = TrainingParts.Preprocessing(TinyData.Options);
        Network network = TrainingParts.Network(TinyData.Options, preprocessing, 3);
        return new ModelZip(network, new ModelManifest { CreatedBy = "test", CreatedAt = "", Architecture = "three-block-cnn", Labels = ["a", "b", "c"], Head = OutputHead.Softmax, Preprocessing = preprocessing });
    }

    [Fact]
    public void The_same_labels_keep_every_weight()
    {
        ModelZip model = Model();
        float[] before = TinyData.Weights(model.Network);
        using var said = new StringWriter();
        Network network = WarmStart.From(model, ["a", "b", "c"], newHead: false, seed: 5, said);
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
        Dictionary<string, float[]> before = model.Network.Parameters.ToDictionary(p => p.Name, p => p.Parameter.Value.ToArray());
        using var said = new StringWriter();
        Network network = WarmStart.From(model, labels.Split(','), newHead: false, seed: 5, said);
        Assert.Equal(labels.Split(',').Length, network.Classes);
        foreach ((string name, var parameter) in network.Parameters)
        {
            if (name == "classifier.weight") Assert.NotEqual(before[name][..8], parameter.Value[..8]);
            else if (name != "classifier.bias") Assert.Equal(before[name], parameter.Value);
        }
        Assert.Contains("'classifier'", said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_fixed_by_the_model_cannot_be_asked_for()
    {
        var model = Model().Manifest.Preprocessing;
        TrainingOptions options = TrainingDefaults.For("three-block-cnn", "data");
        Assert.Null(WarmStart.Conflict(options, model));
        Assert.Null(WarmStart.Conflict(options with { Width = TinyData.Side }, model));
        Assert.NotNull(WarmStart.Conflict(options with { Width = 48 }, model));
        Assert.NotNull(WarmStart.Conflict(options with { Channels = 3 }, model));
        Assert.NotNull(WarmStart.Conflict(options with { Widths = [4, 4, 4] }, model));
        Assert.NotNull(WarmStart.Conflict(options with { Dropout = 0 }, model));
    }
}
