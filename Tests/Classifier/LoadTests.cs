using EmotionMLNet.MLNetZip;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Classifier;

public sealed class LoadTests
{
    [Fact]
    public async Task A_model_is_the_same_from_a_path_a_stream_and_memory()
    {
        using var folder = new TemporaryFolder();
        TinyModel.Make().Save(folder["model.zip"]);
        byte[] zip = await File.ReadAllBytesAsync(folder["model.zip"]), picture = Pictures.Png(3);
        float[] expected = Scores(EmotionClassifier.Load(folder["model.zip"]));
        Assert.Equal(expected, Scores(EmotionClassifier.Load(zip)));
        Assert.Equal(expected, Scores(EmotionClassifier.Load(new Forward(zip))));
        Assert.Equal(expected, Scores(await EmotionClassifier.LoadAsync(folder["model.zip"])));
        Assert.Equal(expected, Scores(await EmotionClassifier.LoadAsync(new Forward(zip))));

        float[] Scores(EmotionClassifier classifier) => [.. classifier.Classify(picture).Scores.Select(s => s.Probability)];
    }

    [Fact]
    public async Task What_is_no_model_is_told_in_one_line_from_everywhere()
    {
        byte[] content = [.. "no zip at all"u8];
        ModelFormatException[] all =
        [
            Assert.Throws<ModelFormatException>(() => EmotionClassifier.Load(content)),
            Assert.Throws<ModelFormatException>(() => EmotionClassifier.Load(new Forward(content))),
            await Assert.ThrowsAsync<ModelFormatException>(() => EmotionClassifier.LoadAsync(new Forward(content))),
        ];
        Assert.All(all, e => Assert.Contains("is not a readable model", e.Message, StringComparison.Ordinal));
        Assert.Throws<ArgumentNullException>(() => EmotionClassifier.Load((Stream)null!));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => EmotionClassifier.LoadAsync(""));
        await Assert.ThrowsAsync<FileNotFoundException>(() => EmotionClassifier.LoadAsync("no-such-model.zip"));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            EmotionClassifier.LoadAsync(new Forward(content), cancellationToken: cancelled.Token)
        );
    }

    [Fact]
    public void A_prediction_can_be_made_and_refuses_what_is_none()
    {
        LabelScore[] scores = [new("sad", 0.25f), new("happy", 0.5f), new("neutral", 0.25f)];
        var prediction = new Prediction(scores);
        scores[1] = new("sad", 1);
        Assert.Equal(("happy", 0.5f, "happy 50 %"), (prediction.Label, prediction.Confidence, prediction.ToString()));
        Assert.Equal(["sad", "happy", "neutral"], prediction.Scores.Select(s => s.Label));
        Assert.Throws<ArgumentNullException>(() => new Prediction(null!));
        Assert.Throws<ArgumentException>(() => new Prediction([]));
        Assert.Throws<ArgumentException>(() => new Prediction([new("happy", float.NaN)]));
        Assert.Throws<ArgumentException>(() => new Prediction([new("happy", 1.5f)]));
        Assert.Throws<ArgumentException>(() => new Prediction([new(null!, 1)]));
        Assert.True(new FileResult("a", prediction).IsClassified);
        Assert.Equal("two lines", new NamedResult("a", new IOException("two\nlines")).Error);
    }

    [Fact]
    public void Views_are_parsed_as_dotnet_parses()
    {
        Assert.Equal(TestTimeAugmentation.FlipAndCrops, Parsed<TestTimeAugmentation>(" Flip+Crops "));
        Assert.False(TestTimeAugmentation.TryParse(null, out _));
        Assert.Throws<ArgumentNullException>(() => TestTimeAugmentation.Parse(null!));

        static T Parsed<T>(string text) where T : ISpanParsable<T> => T.Parse(text.AsSpan(), null);
    }

    /// <summary>A stream that neither seeks nor tells its length.</summary>
    private sealed class Forward(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    }
}
