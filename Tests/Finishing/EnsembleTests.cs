using EmotionMLNet.Imaging;
using EmotionMLNet.Layers;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Tests.Onnx;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Finishing;

namespace EmotionMLNet.Tests.Finishing;

public sealed class EnsembleTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(OutputHead.Softmax, OutputHead.Softmax)]
    [InlineData(OutputHead.Sigmoid, OutputHead.Softmax)]
    [InlineData(OutputHead.Sigmoid, OutputHead.Sigmoid)]
    internal void Its_probabilities_are_the_weighted_mean_of_the_members(OutputHead first, OutputHead second)
    {
        Save("a.zip", first, seed: 1);
        Save("b.zip", second, seed: 2);
        Ensemble.Join([folder["a.zip"], folder["b.zip"]], [3, 1], TimeProvider.System).Save(folder["both.zip"]);
        EmotionClassifier a = EmotionClassifier.Load(folder["a.zip"]),
            b = EmotionClassifier.Load(folder["b.zip"]),
            both = EmotionClassifier.Load(folder["both.zip"]);
        for (int seed = 0; seed < 8; seed++)
        {
            Image picture = Picture(seed);
            Prediction pa = a.Classify(picture), pb = b.Classify(picture), mean = both.Classify(picture);
            for (int c = 0; c < 2; c++)
                Assert.Equal(0.75 * pa.Scores[c].Probability + 0.25 * pb.Scores[c].Probability, mean.Scores[c].Probability, 1e-6);
        }
        ModelManifest manifest = ModelZip.Load(folder["both.zip"]).Manifest;
        Assert.Equal([0.75, 0.25], manifest.Members!.Select(m => m.Weight));
        Assert.Equal(["a.zip", "b.zip"], manifest.Members!.Select(m => m.File));
        Assert.All(manifest.Members!, m => Assert.Equal(64, m.Sha256.Length));
    }

    [Fact]
    public void Members_that_are_certain_of_different_labels_still_give_numbers()
    {
        Save("a.zip", OutputHead.Softmax, seed: 1, loud: 1e4f);
        Save("b.zip", OutputHead.Sigmoid, seed: 2, loud: 1e4f);
        Ensemble.Join([folder["a.zip"], folder["b.zip"]], null, TimeProvider.System).Save(folder["both.zip"]);
        EmotionClassifier both = EmotionClassifier.Load(folder["both.zip"]);
        for (int seed = 0; seed < 8; seed++)
        {
            Prediction p = both.Classify(Picture(seed));
            Assert.Equal(1, p.Scores.Sum(s => s.Probability), 1e-5);
            Assert.All(p.Scores, s => Assert.Contains(MathF.Round(s.Probability, 4), new[] { 0, 0.5f, 1 }));
        }
    }

    [Fact]
    public void The_graph_survives_ONNX_and_compressed_weights()
    {
        Save("a.zip", OutputHead.Softmax, seed: 1);
        Save("b.zip", OutputHead.Sigmoid, seed: 2);
        ModelZip both = Ensemble.Join([folder["a.zip"], folder["b.zip"]], null, TimeProvider.System);
        OnnxRoundTripTests.AssertComesBack(both.Network, both.Manifest.Preprocessing);
        foreach (OnnxWeights weights in new[] { OnnxWeights.Half, OnnxWeights.Quantised })
        {
            both.ExportOnnx(folder["small.onnx"], OnnxInput.Prepared, weights);
            EmotionClassifier small = EmotionClassifier.From(new OnnxSource().Read(folder["small.onnx"])),
                whole = EmotionClassifier.From(both);
            Assert.Equal(whole.Classify(Picture(1)).Scores[0].Probability, small.Classify(Picture(1)).Scores[0].Probability, 0.02);
        }
    }

    [Theory]
    [InlineData(OnnxWeights.Half, OnnxWeights.Half, OnnxWeights.Half)]
    [InlineData(OnnxWeights.Quantised, OnnxWeights.Quantised, OnnxWeights.Quantised)]
    [InlineData(OnnxWeights.Half, OnnxWeights.Quantised, OnnxWeights.Full)]
    internal void It_holds_its_weights_as_all_its_members_do(OnnxWeights first, OnnxWeights second, OnnxWeights expected)
    {
        foreach ((string name, OnnxWeights weights, int seed) in new[] { ("a.zip", first, 1), ("b.zip", second, 2) })
        {
            Save(name, OutputHead.Softmax, seed);
            ModelZip member = ModelZip.Load(folder[name]);
            (member with { Manifest = member.Manifest with { Weights = weights } }).Save(folder[name]);
        }
        ModelZip both = Ensemble.Join([folder["a.zip"], folder["b.zip"]], null, TimeProvider.System);
        Assert.Equal(expected, both.Manifest.Weights);
        both.Save(folder["both.zip"]);
        ModelZip read = ModelZip.Load(folder["both.zip"]);
        // Rounded once, they are not rounded again.
        foreach (((_, Parameter written), (_, Parameter again)) in both.Network.Parameters.Zip(read.Network.Parameters))
            for (int i = 0; i < written.Values.Length; i++)
                Assert.Equal(written.Values[i], again.Values[i], 1e-6f * MathF.Abs(written.Values[i]));
    }

    [Fact]
    public void Members_that_differ_are_refused_in_one_line_that_says_how()
    {
        Save("a.zip", OutputHead.Softmax, seed: 1);
        ModelZip a = ModelZip.Load(folder["a.zip"]);
        (a with { Manifest = a.Manifest with { Labels = ["sad", "happy"] } }).Save(folder["labels.zip"]);
        (a with { Manifest = a.Manifest with { Preprocessing = a.Manifest.Preprocessing with { Mean = [0.1f] } } }).Save(
            folder["mean.zip"]
        );
        Assert.Contains("its labels are sad, happy, not happy, sad", Refusal("a.zip", "labels.zip"), StringComparison.Ordinal);
        Assert.Contains("prepares pictures differently", Refusal("a.zip", "mean.zip"), StringComparison.Ordinal);
        foreach (FacePictures pictures in Enum.GetValues<FacePictures>())
            (a with { Manifest = a.Manifest with { Faces = new FaceTreatment { Pictures = pictures } } }).Save(folder[$"{pictures}.zip"]);
        Assert.Contains("labels faces", Refusal("Crops.zip", "Off.zip"), StringComparison.Ordinal);
        Assert.Contains("two or more", Refusal("a.zip"), StringComparison.Ordinal);
        Assert.Contains(
            "1 for 2 members",
            Assert.ThrowsAny<TrainingException>(() => Ensemble.Join([folder["a.zip"], folder["a.zip"]], [1], TimeProvider.System)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_ensemble_can_be_calibrated_and_joined_again()
    {
        Save("a.zip", OutputHead.Softmax, seed: 1);
        Save("b.zip", OutputHead.Sigmoid, seed: 2);
        TemperatureScaling
            .Divided(Ensemble.Join([folder["a.zip"], folder["b.zip"]], null, TimeProvider.System), 0.5)
            .Save(folder["both.zip"]);
        Prediction a = EmotionClassifier.Load(folder["a.zip"]).Classify(Picture(1)),
            b = EmotionClassifier.Load(folder["b.zip"]).Classify(Picture(1)),
            both = EmotionClassifier.Load(folder["both.zip"]).Classify(Picture(1));
        double[] mean = [.. Enumerable.Range(0, 2).Select(c => (a.Scores[c].Probability + b.Scores[c].Probability) / 2.0)];
        Assert.Equal(mean[0] * mean[0] / (mean[0] * mean[0] + mean[1] * mean[1]), both.Scores[0].Probability, 1e-5); // twice the log-odds
        Ensemble.Join([folder["both.zip"], folder["a.zip"]], null, TimeProvider.System).Save(folder["again.zip"]);
        Assert.Equal(
            (both.Scores[0].Probability + a.Scores[0].Probability) / 2.0,
            EmotionClassifier.Load(folder["again.zip"]).Classify(Picture(1)).Scores[0].Probability,
            1e-5
        );
    }

    [Fact]
    public void The_division_of_the_data_is_kept_where_all_members_share_it()
    {
        Save("a.zip", OutputHead.Softmax, seed: 1);
        ModelZip a = ModelZip.Load(folder["a.zip"]);
        foreach ((string name, long seed) in new[] { ("b.zip", 3L), ("c.zip", 3L), ("d.zip", 4L) })
            (a with { Manifest = a.Manifest with { Division = new DataDivision { Seed = seed } } }).Save(folder[name]);
        Assert.Equal(3ul, EmotionMLNet.Training.Runs.RecordedDivision.CreateOptions(Join("b.zip", "c.zip").Manifest, "", null).Seed);
        Assert.Null(Join("c.zip", "d.zip").Manifest.Division);
        Assert.Null(Join("a.zip", "c.zip").Manifest.Division);

        ModelZip Join(params string[] names) => Ensemble.Join([.. names.Select(n => folder[n])], null, TimeProvider.System);
    }

    private string Refusal(params string[] names) =>
        Assert.ThrowsAny<TrainingException>(() => Ensemble.Join([.. names.Select(n => folder[n])], null, TimeProvider.System)).Message;

    private void Save(string name, OutputHead head, int seed, float loud = 20)
    {
        var builder = new NetworkBuilder(new Shape(8, 8, 1));
        builder.Add("conv", new Conv2D(1, 16, kernel: 3, padding: 1));
        builder.Add("relu", new ReLU());
        builder.Add("pool", new GlobalAveragePool());
        builder.Add("out", new Linear(16, head == OutputHead.Sigmoid ? 1 : 2));
        Network network = builder.Build(head);
        network.Initialise(seed);
        foreach (Parameter p in network.Nodes[^1].Layer.Parameters)
            for (int i = 0; i < p.Length; i++) p.Values[i] *= loud;
        new ModelZip(network, new ModelManifest
        {
            CreatedBy = "tests",
            Architecture = $"tiny-{head}",
            Labels = ["happy", "sad"],
            Head = head,
            Preprocessing = new ImagePreprocessing { Width = 8, Height = 8, Channels = 1, Mean = [0.5f], StandardDeviation = [0.25f] },
        }).Save(folder[name]);
    }

    private static Image Picture(int seed)
    {
        var bytes = new byte[64];
        new Random(seed).NextBytes(bytes);
        return new Image(8, 8, 1, bytes);
    }
}
