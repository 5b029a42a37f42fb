using EmotionMLNet.Files;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Commands;

/// <summary>quantise as scripts see it, and what its zip does afterwards.</summary>
public sealed class QuantiseCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public QuantiseCommandTests() => TinyModel.Make("residual").Save(folder["model.zip"]);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_cost_is_measured_and_the_classifier_runs_the_new_zip_in_integers()
    {
        string[] labels = ["angry", "happy", "sad"];
        foreach ((string split, int count) in new[] { ("train", 9), ("validation", 12) })
        {
            for (int i = 0; i < count; i++)
            {
                string file = folder[$"data/{split}/{labels[i % 3]}/{i}.png"];
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                AtomicFile.Write(file, stream => stream.Write(TinyData.Png(i % 3, i)));
            }
        }
        ProcessResult result = TrainerProcess.Run(
            "quantise",
            "--model",
            folder["model.zip"],
            "--data",
            folder["data"],
            "--out",
            folder["small.zip"],
            "--images",
            "6"
        );
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.Equal(folder["small.zip"] + Environment.NewLine, result.Output);
        Assert.Matches("12 pictures, one forward pass: .* with float32, .* with int8 .*; same label for .* %", result.Error);
        Assert.Contains("ranges on 6 pictures of the training split", result.Error, StringComparison.Ordinal);
        Assert.Matches("times as many images a second one by one", result.Error);

        ModelZip small = ModelZip.Load(folder["small.zip"]);
        Assert.Equal(6, small.Manifest.Quantisation!.Images);
        Assert.Contains(EmotionClassifier.Compile(small).Steps, s => s.ToString()!.StartsWith("int8", StringComparison.Ordinal));
        byte[] picture = TinyData.Png(1, 77);
        Prediction before = EmotionClassifier.Load(folder["model.zip"]).Classify(picture),
            after = EmotionClassifier.Load(folder["small.zip"]).Classify(picture);
        foreach (LabelScore score in before.Scores)
            Assert.Equal(score.Probability, after.Scores.Single(s => s.Label == score.Label).Probability, 0.1f);
        Assert.NotEqual(before.Scores.Select(s => s.Probability), after.Scores.Select(s => s.Probability));
    }

    [Theory]
    [InlineData("--images: 'x' is no whole number", "--images", "x")]
    [InlineData("--images is 0: give 1 or more", "--images", "0")]
    [InlineData("--images: '1,5' is no whole number", "--images", "1,5")]
    [InlineData("--threads is -1: give a number from 0 to", "--threads", "-1")]
    [InlineData("--seed: 'x' is no whole number", "--seed", "x")]
    public void A_number_that_is_none_or_out_of_its_range_is_one_line_and_exit_code_2(string message, params string[] more)
    {
        ProcessResult result = TrainerProcess.Run([
            "quantise",
            "--model",
            folder["model.zip"],
            "--data",
            folder.FullName,
            "--out",
            folder["small.zip"],
            .. more,
        ]);
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["small.zip"]));
    }

    [Fact]
    public void Ranges_of_another_network_are_refused()
    {
        ModelZip model = ModelZip.Load(folder["model.zip"]);
        (
            model with
            {
                Manifest = model.Manifest with
                {
                    Quantisation = new ActivationRanges
                    {
                        Least = [0],
                        Largest = [1],
                        Images = 1,
                    },
                },
            }
        ).Save(folder["wrong.zip"]);
        Assert.Contains(
            "do not fit its network",
            Assert.Throws<ModelFormatException>(() => ModelZip.Load(folder["wrong.zip"])).Message,
            StringComparison.Ordinal
        );
    }
}
