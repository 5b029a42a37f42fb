using EmotionMLNet.MLNet;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace EmotionMLNet.Tests.MLNet;

/// <summary>The service for ASP.NET and workers.</summary>
public sealed class ExpressionPredictorTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly List<ModelReload> told = [];

    public void Dispose() => folder.Dispose();

    private string Zip => folder["model.zip"];

    [Fact]
    public void A_service_is_made_once_and_predicts_as_the_classifier_does()
    {
        TinyZip.Make("a", "b", "c").Save(Zip);
        using ServiceProvider services = new ServiceCollection()
            .AddExpressionPredictor(Zip, o => o.ReloadOnChange = false).BuildServiceProvider();
        var predictor = services.GetRequiredService<ExpressionPredictor>();
        Assert.Same(predictor, services.GetRequiredService<ExpressionPredictor>());
        byte[] picture = TinyData.Png(1, seed: 4);
        Prediction expected = EmotionClassifier.Load(Zip).Classify(picture);
        Assert.Equal(expected.Scores, predictor.Predict(picture).Scores);
        Assert.Equal(expected.Scores, predictor.Predict(new MemoryStream(picture)).Scores);
        Assert.Equal(["a", "b", "c"], predictor.Labels);
    }

    [Fact]
    public void A_replaced_file_is_loaded_when_it_has_come_to_rest()
    {
        using ExpressionPredictor predictor = Start();
        EmotionClassifier before = predictor.Classifier;
        predictor.Poll();
        Assert.Same(before, predictor.Classifier);
        Replace(TinyZip.Make("x", "y", "z"));
        predictor.Poll(); // seen for the first time
        Assert.Same(before, predictor.Classifier);
        predictor.Poll();
        Assert.Equal(["x", "y", "z"], predictor.Labels);
        Assert.Equal(["a", "b", "c"], before.Labels); // who holds it keeps it
        Assert.True(Assert.Single(told).Succeeded);
        predictor.Poll();
        Assert.Single(told);
    }

    [Fact]
    public void A_broken_file_leaves_the_model_is_told_once_and_the_next_one_is_taken()
    {
        using ExpressionPredictor predictor = Start();
        EmotionMLNet.Files.AtomicFile.WriteText(Zip, "half a zip");
        for (int i = 0; i < 4; i++) predictor.Poll();
        Assert.Equal(["a", "b", "c"], predictor.Labels);
        ModelReload broken = Assert.Single(told);
        Assert.IsType<ModelFormatException>(broken.Error);
        Assert.Contains("former model", broken.ToString());
        Assert.Equal(3, predictor.Predict(TinyData.Png(0, 1)).Scores.Count);
        File.Delete(Zip);
        predictor.Poll();
        Replace(TinyZip.Make("x", "y", "z"));
        for (int i = 0; i < 3; i++) predictor.Poll();
        Assert.Equal(["x", "y", "z"], predictor.Labels);
        Assert.Equal([false, true], told.Select(t => t.Succeeded));
    }

    [Fact]
    public void A_callback_that_throws_does_not_end_the_looks()
    {
        using ExpressionPredictor predictor = Start(o => o.Reloaded = _ => throw new InvalidOperationException("a logger that is gone"));
        Replace(TinyZip.Make("x", "y", "z"));
        for (int i = 0; i < 3; i++) predictor.Poll();
        Replace(TinyZip.Make("p", "q", "longer name"));
        for (int i = 0; i < 3; i++) predictor.Poll();
        Assert.Equal(["p", "q", "longer name"], predictor.Labels);
    }

    [Fact]
    public async Task The_timer_looks_by_itself_while_threads_predict()
    {
        var exchanged = new TaskCompletionSource();
        using ExpressionPredictor predictor = Start(o =>
        {
            (o.ReloadOnChange, o.ReloadInterval) = (true, TimeSpan.FromMilliseconds(10));
            o.Reloaded = _ => exchanged.TrySetResult();
        });
        using var stop = new CancellationTokenSource();
        Task[] callers =
        [
            .. Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                byte[] picture = TinyData.Png(1, 1);
                while (!stop.IsCancellationRequested) Assert.Equal(3, predictor.Predict(picture).Scores.Count);
            })),
        ];
        Replace(TinyZip.Make("x", "y", "longer"));
        await exchanged.Task;
        await stop.CancelAsync();
        await Task.WhenAll(callers);
        Assert.Equal(["x", "y", "longer"], predictor.Labels);
    }

    [Fact]
    public void Mistakes_are_said_at_once()
    {
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddExpressionPredictor(""));
        using ServiceProvider missing = new ServiceCollection().AddExpressionPredictor(folder["none.zip"]).BuildServiceProvider();
        Assert.ThrowsAny<IOException>(missing.GetRequiredService<ExpressionPredictor>);
        TinyZip.Make("a", "b", "c").Save(Zip);
        using ServiceProvider quick = new ServiceCollection()
            .AddExpressionPredictor(Zip, o => o.ReloadInterval = TimeSpan.Zero).BuildServiceProvider();
        Assert.Throws<ArgumentOutOfRangeException>(quick.GetRequiredService<ExpressionPredictor>);
    }

    // Another length or time: the file system's clock may not have moved between two writes.
    private void Replace(ModelZip model)
    {
        string beside = folder["new.zip"];
        model.Save(beside);
        File.SetLastWriteTimeUtc(beside, new DateTime(2031, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(told.Count + beside.Length));
        File.Move(beside, Zip, overwrite: true);
    }

    private ExpressionPredictor Start(Action<ExpressionPredictorOptions>? configure = null)
    {
        TinyZip.Make("a", "b", "c").Save(Zip);
        var options = new ExpressionPredictorOptions { ModelPath = Zip, ReloadOnChange = false, Reloaded = told.Add };
        configure?.Invoke(options);
        return new ExpressionPredictor(Microsoft.Extensions.Options.Options.Create(options));
    }
}
