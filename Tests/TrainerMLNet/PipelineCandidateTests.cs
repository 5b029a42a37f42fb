using System.Net;
using System.Text.Json;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Trainer.MLNet;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Reporting;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace EmotionMLNet.Tests.TrainerMLNet;

/// <summary>ML.NET's pipelines beside a network of ours, by the real ML.NET.</summary>
public sealed class PipelineCandidateTests(FinishedPipelines finished) : IClassFixture<FinishedPipelines>
{
    private static readonly string[] Both = [FinishedPipelines.Pixels, FinishedPipelines.ResNet18];

    [Fact]
    public void All_candidates_are_measured_on_the_same_pictures_and_tested_once()
    {
        Assert.Equal(3, finished.Comparison.Results.Count);
        string[] validation = finished.Result("network").Best.Validation.Images.Sources,
            test = finished.Result("network").Best.Test!.Images.Sources;
        Assert.Equal((15, 12), (validation.Length, test.Length));
        Assert.All(finished.Comparison.Results, r =>
        {
            Assert.Equal(validation, r.Best.Validation.Images.Sources);
            Assert.Equal(test, r.Best.Test!.Images.Sources);
            Assert.All(
                r.Best.Test.Probabilities.Chunk(3),
                p => Assert.Equal(1, p.Sum(), 1e-5)
            );
            string record = Assert.Single(Directory.GetFiles(r.Best.Folder, "*.test-readings.jsonl"));
            Assert.Single(File.ReadAllLines(record));
        });
        Assert.Equal(3, finished.Comparison.Pairs.Count);
    }

    [Fact]
    public void The_zip_of_a_pipeline_gives_the_recorded_probabilities_in_any_ML_NET_application()
    {
        foreach (string name in Both)
        {
            CandidateResult result = finished.Result(name);
            var ml = new MLContext();
            ITransformer model = ml.Model.Load(Path.Combine(result.Best.Folder, "model.zip"), out _);
            using PredictionEngine<Picture, Answer> engine = ml.Model.CreatePredictionEngine<Picture, Answer>(model);
            for (int i = 0; i < 15; i++)
            {
                using MLImage picture = MLImage.CreateFromFile(Path.Combine(finished.Files.Data, result.Best.Validation.Images.Sources[i]));
                Answer answer = engine.Predict(new Picture { Image = picture });
                float[] recorded = result.Best.Validation.Probabilities[(3 * i)..(3 * i + 3)];
                Assert.All(recorded.Zip(answer.Score!), p => Assert.Equal(p.First, p.Second, 1e-6f));
                Assert.Equal(result.Best.Validation.Manifest.Labels[Array.IndexOf(recorded, recorded.Max())], answer.PredictedLabel);
            }
        }
    }

    [Fact]
    public void The_best_zip_is_the_winners_and_a_pipelines_says_how_it_is_used()
    {
        CandidateResult winner = finished.Comparison.Winner;
        byte[] best = File.ReadAllBytes(finished["best.zip"]);
        Assert.Equal(File.ReadAllBytes(Path.Combine(winner.Best.Folder, "model.zip")), best);
        JsonElement json = JsonDocument.Parse(File.ReadAllText(finished["comparison.json"])).RootElement.GetProperty("winner");
        string? usage = json.GetProperty("usage").GetString();
        if (winner.Name == "network")
        {
            Assert.Null(usage);
            Assert.Equal(3, ModelZip.Load(finished["best.zip"]).Manifest.Labels.Count);
        }
        else
        {
            Assert.Contains("mlContext.Model.Load", usage, StringComparison.Ordinal);
            string page = Page();
            Assert.Contains(usage!, page, StringComparison.Ordinal);
            Assert.Contains("is no network of this program", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_report_has_them_with_what_there_is_no_figure_of()
    {
        string page = Page(), table = File.ReadAllText(finished["comparison.md"]);
        foreach (string name in Both)
        {
            Assert.Contains(name, page, StringComparison.Ordinal);
            Assert.Contains(name, table, StringComparison.Ordinal);
        }
        Assert.Contains($"Without epochs, so without a curve: {string.Join(", ", Names())}.", page, StringComparison.Ordinal);
        foreach (string text in new[] { page, table })
        {
            Assert.Contains("Where a dash stands, ML.NET does not tell", text, StringComparison.Ordinal);
            Assert.Contains($"{FinishedPipelines.ResNet18} draws nothing at random", text, StringComparison.Ordinal);
        }
        // 12 x 12 grey samples and a bias, for each of three labels.
        Assert.Equal(3 * (12 * 12 + 1), finished.Result(FinishedPipelines.Pixels).Cost!.Parameters);
        // ResNet18 without its last layer has 11.2 M values; the package's has convolutions on its shortcuts that are larger.
        Assert.InRange(finished.Result(FinishedPipelines.ResNet18).Cost!.Parameters!.Value, 11_000_000, 17_000_000);
        Assert.Null(finished.Result(FinishedPipelines.ResNet18).Cost!.MultiplyAdds);

        IEnumerable<string> Names() => finished.Comparison.Results.Select(r => r.Name).Where(Both.Contains);
    }

    [Fact]
    public void A_broken_off_comparison_goes_on_to_the_figures_of_an_unbroken_one()
    {
        using var files = new PipelineComparison();
        string[] pipelines = ["mlnet:pixels+fastforest", "mlnet:pixels+lightgbm"];
        using var cut = new CancellationTokenSource();
        var reporter = new Cutter(cut, "run 5 of 6");
        Assert.Throws<OperationCanceledException>(
            () => PipelineComparison.Run(files.Plan("parts", seeds: 2, pipelines), reporter, cut.Token)
        );
        Assert.Empty(Directory.GetFiles(files["parts"], "*.test-readings.jsonl", SearchOption.AllDirectories));
        Assert.True(File.Exists(Path.Combine(files["parts"], "runs", "mlnet-pixels-fastforest-seed1", "outcome.json")));
        Assert.False(File.Exists(Path.Combine(files["parts"], "runs", "mlnet-pixels-fastforest-seed2", "outcome.json")));

        Assert.NotNull(PipelineComparison.Run(files.Plan("parts", seeds: 2, pipelines)));
        Assert.NotNull(PipelineComparison.Run(files.Plan("whole", seeds: 2, pipelines)));
        Assert.Equal(files.Figures("whole"), files.Figures("parts"));
        Assert.Null(PipelineComparison.Run(files.Plan("whole", seeds: 2, pipelines))); // nothing is left to do
        Assert.Throws<TrainingException>(() => PipelineComparison.Run(files.Plan("whole", seeds: 2, pipelines[..1])));
    }

    [Fact]
    public void Every_trainer_repeats_its_bits_and_only_those_that_draw_heed_the_seed()
    {
        using var files = new PipelineComparison();
        string[] names = StockTrainer.Names.Split(", ");
        string[] texts = [.. names.Select(n => $"mlnet:pixels+{n}")];
        EmotionMLNet.Training.Comparison.Comparison
            first = PipelineComparison.Run(files.Plan("first", seeds: 2, texts))!,
            second = PipelineComparison.Run(files.Plan("second", seeds: 2, texts))!;
        foreach (string text in texts)
        {
            float[][] once = Probabilities(first, text), again = Probabilities(second, text);
            Assert.Equal(once[0], again[0]);
            Assert.Equal(once[1], again[1]);
            if (first.Remarks.Any(r => r.StartsWith($"{text} draws nothing", StringComparison.Ordinal))) Assert.Equal(once[0], once[1]);
        }
        Assert.NotEqual(Probabilities(first, "mlnet:pixels+sdca")[0], Probabilities(first, "mlnet:pixels+sdca")[1]);

        static float[][] Probabilities(EmotionMLNet.Training.Comparison.Comparison comparison, string name) =>
            [.. comparison.Results.Single(r => r.Name == name).Runs.Select(r => r.Validation.Probabilities)];
    }

    [Theory]
    [InlineData("mlnet:foo+bar", "mlnet:foo+bar: there is no trainer 'bar': give one of lbfgs, sdca, lightgbm")]
    [InlineData("mlnet:foo+lbfgs", "mlnet:foo+lbfgs: there are no features 'foo': give pixels, resnet18, or an ONNX file")]
    [InlineData("mlnet:pixels", "mlnet:pixels: that is no pipeline: give mlnet:FEATURES+TRAINER")]
    [InlineData("mlnet:+lbfgs", "mlnet:+lbfgs: that is no pipeline")]
    [InlineData("mlnet:pixels+", "mlnet:pixels+: that is no pipeline")]
    [InlineData("mlnet:missing.onnx+sdca", "missing.onnx: no such file")]
    public void What_is_no_pipeline_is_said_in_one_line(string text, string message)
    {
        TrainingException refused = Assert.Throws<TrainingException>(
            () => new PipelineSource().Create(text, PipelineComparison.Options("x"))
        );
        Assert.StartsWith(message, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void The_command_line_names_them_in_its_help()
    {
        System.CommandLine.RootCommand root = EmotionMLNet.Trainer.Program.CreateRoot(new PipelineSource());
        var compare = Assert.IsType<EmotionMLNet.Terminal.Verb>(root.Subcommands.Single(c => c.Name == "compare"));
        Assert.Contains(compare.Help.Notes, n => n.Contains("mlnet:FEATURES+TRAINER", StringComparison.Ordinal));
    }

    private string Page() => WebUtility.HtmlDecode(File.ReadAllText(finished["report.html"])).Replace('\u00a0', ' ');

    private sealed class Picture
    {
        [ImageType(48, 48)]
        public MLImage? Image { get; set; }
    }

    private sealed class Answer
    {
        public string? PredictedLabel { get; set; }

        public float[]? Score { get; set; }
    }

    private sealed class Cutter(CancellationTokenSource source, string when) : IReporter
    {
        private readonly SilentReporter silent = new();

        public void Report(TrainingMessage message)
        {
            if (message.Text.StartsWith(when, StringComparison.Ordinal)) source.Cancel();
        }

        public IWork Begin(string title, string unit) => silent.Begin(title, unit);
    }
}
