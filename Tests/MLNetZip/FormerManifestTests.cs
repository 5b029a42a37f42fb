using System.Text.Json;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Data;

namespace EmotionMLNet.Tests.MLNetZip;

/// <summary>Zips of earlier versions say how their data were divided and how they were trained among verbatim settings alone.</summary>
public sealed class FormerManifestTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Division_and_training_are_read_from_settings()
    {
        ModelManifest read = Saved("""
            { "data": "faces", "seed": 7, "splitSeed": 3, "validationFraction": 0.25, "testFraction": 0.15, "similarTogether": true, "epochs": 9, "batchSize": 16,
              "optimiser": "sgd", "learningRate": 0.05, "schedule": "cosine", "exclude": "list.csv",
              "distillation": { "teachers": ["t.zip"], "weight": 0.5, "temperature": 3, "views": "flip" } }
            """);
        Assert.Equal(new DataDivision { Seed = 3, ValidationFraction = 0.25, TestFraction = 0.15, SimilarTogether = true }, read.Division);
        TrainingSummary training = read.Training!;
        Assert.Equal(
            ("faces", 9, 16, "sgd", 0.05f, "cosine", 7, "list.csv"),
            (
                training.Data,
                training.Epochs,
                training.BatchSize,
                training.Optimiser,
                training.LearningRate,
                training.Schedule,
                training.Seed,
                training.Excluded
            )
        );
        Assert.Equal((0.5f, 3f, "flip"), (training.Distillation!.Weight, training.Distillation.Temperature, training.Distillation.Views));
        Assert.Equal(["t.zip"], training.Distillation.Teachers);
    }

    [Fact]
    public void Settings_of_today_are_for_people_alone()
    {
        ModelManifest read = Saved("""{ "data": { "path": "x", "splitSeed": 9 }, "optimisation": { "epochs": 3 }, "seed": 4 }""");
        Assert.Null(read.Division);
        Assert.Null(read.Training);
    }

    [Theory]
    [InlineData("""{ "epochs": 1e300, "seed": 1e300, "distillation": { "teachers": [1, null] } }""")]
    [InlineData("""{ "epochs": "x", "seed": true, "data": 7 }""")]
    [InlineData("[1]")]
    public void Anything_else_is_nothing_or_a_number_in_range(string settings)
    {
        ModelManifest read = Saved(settings);
        Assert.True(read.Training is null or { Epochs: >= 0 });
    }

    [Fact]
    public void The_shipped_models_say_how_they_were_trained()
    {
        foreach (string zip in Directory.GetFiles(Path.Combine(Repository.Root, "artifacts"), "*.zip").Where(z => !ModelFile.IsDetector(z)))
        {
            ModelManifest manifest = ModelZip.Load(zip).Manifest;
            Assert.True(manifest.Members is not null || manifest is { Division: not null, Training.Epochs: > 0 }, zip);
            Assert.All(manifest.Members ?? [], m => Assert.True(m is { Division: not null, Training.Epochs: > 0 }, zip));
        }
    }

    private ModelManifest Saved(string settings)
    {
        ModelZip model = TinyModel.Make();
        (model with { Manifest = model.Manifest with { Settings = JsonDocument.Parse(settings).RootElement } }).Save(folder["m.zip"]);
        return ModelZip.Load(folder["m.zip"]).Manifest;
    }
}
