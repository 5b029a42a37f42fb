using System.Text.Json;
using System.Xml.Linq;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.ModelBuilder;

namespace EmotionMLNet.Tests.ModelBuilder;

public sealed class ModelBuilderProjectTests
{
    [Fact]
    public void The_configuration_has_the_shape_of_version_5_and_shows_the_training()
    {
        ModelManifest manifest = TinyModel.Make().Manifest with
        {
            Metrics = new Dictionary<string, double> { ["validationAccuracy"] = 0.75 },
            Architecture = "mobilenet-v2",
            Training = new TrainingSummary { Data = "faces", Epochs = 12, BatchSize = 32, Seed = 7, Seconds = 61.5 },
        };
        JsonElement config = JsonDocument
            .Parse(MbConfig.Render(ModelBuilderProject.Create("Gesichter", "Mine", manifest, @"C:\faces")))
            .RootElement;
        Assert.Equal(
            ["Scenario", "DataSource", "Environment", "RunHistory", "Type", "Version", "TrainingOption"],
            config.EnumerateObject().Select(p => p.Name)
        );
        Assert.Equal(
            ("ImageClassification", "TrainingConfig", 5),
            (Text(config, "Scenario"), Text(config, "Type"), config.GetProperty("Version").GetInt32())
        );
        Assert.Equal(
            "Folder 1 C:\\faces",
            string.Join(' ', config.GetProperty("DataSource").EnumerateObject().Select(p => p.Value.ToString()))
        );
        JsonElement history = config.GetProperty("RunHistory"), trial = history.GetProperty("Trials").EnumerateArray().Single();
        Assert.Equal(
            ["Version", "Type", "Trials", "Estimators", "Schema", "MetricName", "ModelFilePath"],
            history.EnumerateObject().Select(p => p.Name)
        );
        Assert.Equal(
            ("MicroAccuracy", "Gesichter.mlnet", "e0 * e1 * e2"),
            (Text(history, "MetricName"), Text(history, "ModelFilePath"), Text(history, "Schema"))
        );
        Assert.Equal(
            ["Version", "Type", "TrainerName", "Score", "RuntimeInSeconds", "Parameter"],
            trial.EnumerateObject().Select(p => p.Name)
        );
        Assert.Equal((0.75, 61.5), (trial.GetProperty("Score").GetDouble(), trial.GetProperty("RuntimeInSeconds").GetDouble()));
        JsonElement e1 = trial.GetProperty("Parameter").GetProperty("e1");
        Assert.Equal(
            ["LabelColumnName", "ScoreColumnName", "FeatureColumnName", "Arch", "BatchSize", "Epoch"],
            e1.EnumerateObject().Select(p => p.Name)
        );
        Assert.Equal("MobilenetV2", Text(e1, "Arch"));
        Assert.Equal((32, 12), (e1.GetProperty("BatchSize").GetInt32(), e1.GetProperty("Epoch").GetInt32()));
        Assert.Equal(7, config.GetProperty("TrainingOption").GetProperty("Seed").GetInt32());
        Assert.Equal(int.MaxValue, config.GetProperty("TrainingOption").GetProperty("TrainingTime").GetInt32());

        static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
    }

    [Theory]
    [InlineData("2faces", null)]
    [InlineData("my-faces", null)]
    [InlineData("class", null)]
    [InlineData("../Faces", null)]
    [InlineData("Faces", "My.App.")]
    [InlineData("Faces", "My.new.App")]
    [InlineData("", null)]
    public void Names_that_are_no_identifiers_are_refused(string name, string? @namespace) =>
        Assert.Contains(
            "'",
            Assert.ThrowsAny<TrainingException>(() => ModelBuilderProject.Create(name, @namespace, TinyModel.Make().Manifest)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void The_verb_writes_a_project_whose_model_is_in_its_mode_and_whose_packages_are_fixed()
    {
        using var folder = new TemporaryFolder();
        TinyModel.Make().Save(folder["model.zip"]);
        ProcessResult result = TrainerProcess.Run(
            "export",
            "--model",
            folder["model.zip"],
            "--model-builder",
            "Faces",
            "--namespace",
            "App",
            "--mode",
            "raw",
            "--out",
            folder["project"]
        );
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.Equal(
            [
                "Directory.Build.props",
                "Directory.Build.targets",
                "Directory.Packages.props",
                "Faces.Consumer.csproj",
                "Faces.consumption.cs",
                "Faces.mbconfig",
                "Faces.mlnet",
                "Program.cs",
                "README.md",
            ],
            Directory.GetFiles(folder["project"]).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        Assert.Equal(ModelInputMode.Raw, ModelZip.Load(Path.Combine(folder["project"], "Faces.mlnet")).Manifest.InputMode);
        var packages = XDocument
            .Load(Path.Combine(folder["project"], "Faces.Consumer.csproj"))
            .Descendants("PackageReference")
            .Select(p => $"{p.Attribute("Include")!.Value} {p.Attribute("Version")!.Value}");
        Assert.Equal(["Microsoft.ML 5.0.1", "Microsoft.ML.OnnxTransformer 5.0.1", "Microsoft.ML.OnnxRuntime 1.31.1"], packages);
    }

    [Fact]
    public void The_packages_are_those_that_this_repository_tests_with()
    {
        var ours = XDocument
            .Load(Path.Combine(Repository.Root, "Directory.Packages.props"))
            .Descendants("PackageVersion")
            .Select(p => (p.Attribute("Include")!.Value, p.Attribute("Version")!.Value));
        Assert.Equal(6, ConsumerProject.Packages(Sample).Count());
        Assert.Subset(ours.ToHashSet(), ConsumerProject.Packages(Sample).ToHashSet());
    }

    [Theory]
    [InlineData("resnet50", "ResnetV250")]
    [InlineData("mobilenet-v2", "MobilenetV2")]
    [InlineData("emotion-cnn", null)] // Model Builder would not read a name that it does not know
    public void A_network_is_named_where_Model_Builder_has_such_a_one(string architecture, string? expected)
    {
        ModelManifest manifest = TinyModel.Make().Manifest with { Architecture = architecture };
        JsonElement e1 = JsonDocument
            .Parse(MbConfig.Render(ModelBuilderProject.Create("Faces", null, manifest)))
            .RootElement.GetProperty("RunHistory")
            .GetProperty("Trials")[0]
            .GetProperty("Parameter")
            .GetProperty("e1");
        Assert.Equal(expected, e1.TryGetProperty("Arch", out JsonElement arch) ? arch.GetString() : null);
    }

    [Theory]
    [InlineData("/data/faces", "/data/faces")]
    [InlineData("/data/fer2013.csv", "/data")]
    [InlineData(null, "faces")] // what the manifest names
    public void The_data_are_a_folder(string? data, string expected)
    {
        ModelManifest manifest = TinyModel.Make().Manifest with { Training = new TrainingSummary { Data = "faces" } };
        Assert.Equal(expected, ModelBuilderProject.Create("Faces", null, manifest, data).Trial.Folder);
    }

    [Fact]
    public void A_trained_model_brings_its_folder_and_its_time()
    {
        using var folder = new TemporaryFolder();
        string[] faces = ["--out", folder["data"], "--per-class", "4", "--size", "24", "--seed", "1"];
        Succeed("faces", faces);
        string[] small = ["--architecture", "three-block-cnn", "--width", "12", "--height", "12", "--widths", "4,6,8"];
        Succeed("train", ["--data", folder["data"], .. small, "--epochs", "1", "--threads", "1", "--out", folder["run"]]);
        string model = folder["run/model.zip"];
        Assert.True(ModelZip.Load(model).Manifest.Training!.Seconds > 0);
        Succeed("export", ["--model", model, "--model-builder", "Faces", "--out", folder["project"]]);
        JsonElement config = JsonDocument.Parse(File.ReadAllText(folder["project/Faces.mbconfig"])).RootElement;
        Assert.Equal(folder["data"], config.GetProperty("DataSource").GetProperty("FolderPath").GetString());
        Assert.True(config.GetProperty("RunHistory").GetProperty("Trials")[0].GetProperty("RuntimeInSeconds").GetDouble() > 0);
        // And from a model that was handed on, as far as the zip knows.
        File.Move(model, folder["model.zip"]);
        Succeed("export", ["--model", folder["model.zip"], "--model-builder", "Faces", "--out", folder["other"]]);
        config = JsonDocument.Parse(File.ReadAllText(folder["other/Faces.mbconfig"])).RootElement;
        Assert.Equal("data", config.GetProperty("DataSource").GetProperty("FolderPath").GetString());
        Assert.True(config.GetProperty("RunHistory").GetProperty("Trials")[0].GetProperty("RuntimeInSeconds").GetDouble() > 0);

        static void Succeed(string verb, string[] arguments)
        {
            ProcessResult result = TrainerProcess.Run([verb, .. arguments]);
            Assert.True(result.Code == ExitCode.Ok, result.Error);
        }
    }

    [Fact]
    public void The_sample_in_the_repository_is_what_the_generator_writes_today()
    {
        string folder = Path.Combine(Repository.Root, "samples", "ModelBuilderConsumer");
        foreach ((string file, string text) in Sample.Files())
            Assert.Equal(text, File.ReadAllText(Path.Combine(folder, file)).ReplaceLineEndings("\n"));
        Assert.Equal(
            Sample.Files().Select(f => f.File).Order(StringComparer.Ordinal),
            Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    /// <summary>The project in samples/ModelBuilderConsumer: of a model of three labels, without the model itself.</summary>
    internal static ModelBuilderProject Sample { get; } = new()
    {
        Name = "Expressions",
        Namespace = "ModelBuilderConsumer",
        Mode = ModelInputMode.Bytes,
        Width = 48,
        Height = 48,
        Trial = new Trial("emotion-cnn", 0.952, 51, 32, 25, 1, "data/faces"),
    };
}
