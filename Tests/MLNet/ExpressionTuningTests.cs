using EmotionMLNet.MLNet;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Tuning;
using EmotionMLNet.Training.Tuning.Space;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace EmotionMLNet.Tests.MLNet;

/// <summary>A search over a view, and what it leaves in a pipeline.</summary>
public sealed class ExpressionTuningTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly MLContext context = new(seed: 1);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("bytes")]
    [InlineData("path")]
    [InlineData("image")]
    public void The_steps_of_a_search_score_as_its_model_does(string kind)
    {
        TuningExperimentResult? told = null;
        var options = Options();
        options.TunedCallback = r => told = r;
        if (kind == "bytes") options.Checkpoint = folder["search"];
        IDataView view = View(kind);
        var pipeline = context.Transforms.Conversion.MapValueToKey("Label").Append(context.ExpressionTuning(options))
            .Append(context.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        var transformer = pipeline.Fit(view);

        Assert.Equal(2, told!.Trials.Count);
        Assert.Equal(TinyData.Labels, told.Model!.Labels);
        Assert.Equal("", told.Options.Data.Path);
        (float[] Score, string Label)[] scored = TinyRows.Scores(context, transformer.Transform(view));
        Assert.Equal(45, scored.Length);
        IEnumerable<(float[], string)> expected = TinyRows.Bytes().Select(r => told.Model.Classifier.Classify(r.ImageSource!))
            .Select(p => (p.Scores.Select(s => s.Probability).ToArray(), p.Label));
        Assert.True(TinyRows.Difference(scored, expected) < 1e-5f);
        Assert.Equal(kind == "bytes", File.Exists(folder["search/report.html"]));
        // Files stay where they are.
        if (kind == "bytes") Assert.NotEmpty(Directory.GetFiles(folder["search/pictures"], "*.png", SearchOption.AllDirectories));
    }

    [Fact]
    public void The_result_stands_beside_the_steps_and_a_cancelled_search_is_none()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        IDataView view = Keyed("bytes");
        ExpressionTuningOptions options = Options();
        options.Network.CancellationToken = cancellation.Token;
        Assert.ThrowsAny<OperationCanceledException>(() => context.ExpressionTuning(options).Tune(view));

        options = Options();
        options.MaxModelToExplore = 1;
        TunedExpressionNetwork tuned = context.ExpressionTuning(options).Tune(view, view);
        Assert.Equal(45, tuned.Result.Model!.Validation.Count);
        Assert.False(tuned.Result.IsGainShown);
        Assert.Equal(45, tuned.Transformer.Transform(view).GetColumn<float[]>("Score").Count());
    }

    [Fact]
    public void What_cannot_be_searched_is_refused_before_anything_is_trained()
    {
        IDataView view = Keyed("bytes");
        Says<ArgumentException>("validation", o => o.Network.ValidationSetFraction = null);
        Says<ArgumentException>("no column 'Photo'", o => o.Network.FeatureColumnName = "Photo");
        Says<InvalidOperationException>("SetTrainingTimeInSeconds", o => o.MaxModelToExplore = null);
        Says<ArgumentOutOfRangeException>("seconds", o => o.TrainingTimeInSeconds = 0);
        Says<ArgumentException>("'lr'", o => o.Configure = e => e.AddSearchSpace("lr", new SearchSpace { { "a", ChoiceOption.Of("b") } }));
        Assert.Throws<ArgumentException>(() => context.ExpressionTuning(new() { Network = new() { Arch = "no-such-network" } }));

        void Says<T>(string text, Action<ExpressionTuningOptions> change) where T : Exception
        {
            ExpressionTuningOptions options = Options();
            change(options);
            Assert.Contains(text, Assert.Throws<T>(() => context.ExpressionTuning(options).Tune(view)).Message, StringComparison.Ordinal);
        }
    }

    private static ExpressionTuningOptions Options()
    {
        ExpressionNetworkOptions network = TinyRows.Options();
        network.Epoch = 1;
        network.UseOwnEngine = true;
        return new()
        {
            Network = network,
            MaxModelToExplore = 2,
            Configure = e => e.SetConfirmationSeeds(1).SetRandomSearchTuner(),
        };
    }

    private IDataView Keyed(string kind) => context.Transforms.Conversion.MapValueToKey("Label").Fit(View(kind)).Transform(View(kind));

    private IDataView View(string kind) => kind switch
    {
        "path" => context.Data.LoadFromEnumerable(TinyRows.Files(folder.FullName)),
        "image" => context.Data.LoadFromEnumerable(TinyRows.Images()),
        _ => context.Data.LoadFromEnumerable(TinyRows.Bytes()),
    };
}
