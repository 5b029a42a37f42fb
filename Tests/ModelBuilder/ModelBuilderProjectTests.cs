using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Xml.Linq;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.ModelBuilder;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace EmotionMLNet.Tests.ModelBuilder;

public sealed class ModelBuilderProjectTests
{
    [Theory]
    [InlineData(ModelInputMode.Bytes)]
    [InlineData(ModelInputMode.Path)]
    [InlineData(ModelInputMode.Raw)]
    public void The_generated_class_compiles_with_its_console_and_predicts(ModelInputMode mode)
    {
        Assembly assembly = Compile(Project(mode));
        Type type = assembly.GetType("Mine.Own.Gesichter")!;
        dynamic input = Input(type, mode);
        dynamic output = type.GetMethod("Predict")!.Invoke(null, [(object)input])!;
        Assert.Equal("neutral", (string)output.PredictedLabel);
        Assert.Equal(["neutral 0.5", "悲しい 0.3", "happy 0.2"], All(type, (object)input));
        Assert.EndsWith(
            "Gesichter.mlnet",
            (string)assembly.GetType("Microsoft.ML.ModelOperationsCatalog")!.GetField("Path")!.GetValue(null)!,
            StringComparison.Ordinal
        );
        if (mode == ModelInputMode.Bytes)
        {
            Assert.Equal(4L, (long)input.Image.Bytes);
            Assert.Null(
                ((object)Activator.CreateInstance(type.GetNestedType("ModelInput")!)!)
                    .GetType()
                    .GetProperty("Image")!
                    .GetValue(Activator.CreateInstance(type.GetNestedType("ModelInput")!))
            );
        }
        if (mode == ModelInputMode.Raw)
            Assert.Contains(
                type.GetNestedType("ModelInput")!.GetProperty("ImageSource")!.CustomAttributes,
                a => a.AttributeType.Name == "VectorTypeAttribute" && (int)a.ConstructorArguments[0].Value! == 9 * 7 * 3
            );
    }

    [Fact]
    public void Predict_gives_every_thread_an_engine_of_its_own_over_one_model()
    {
        Assembly assembly = Compile(Project(ModelInputMode.Bytes));
        Type type = assembly.GetType("Mine.Own.Gesichter")!;
        MethodInfo predict = type.GetMethod("Predict")!;
        object input = Input(type, ModelInputMode.Bytes), broken = Activator.CreateInstance(type.GetNestedType("ModelInput")!)!;
        var threads = Enumerable.Range(0, 8).Select(t => new Thread(() =>
        {
            for (int i = 0; i < 40; i++)
            {
                predict.Invoke(null, [input]);
                if (i % 10 == t)
                    // And an engine that threw is not lent again.
                    Assert.Throws<TargetInvocationException>(() => predict.Invoke(null, [broken]));
            }
        })).ToArray();
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Equal(0, Static("Misuse", "Count"));
        Assert.Equal(1, Static("ModelOperationsCatalog", "Loads"));
        Assert.InRange(Static("ModelOperationsCatalog", "Engines"), 2, 8 + 32);

        int Static(string name, string field) => (int)assembly.GetType($"Microsoft.ML.{name}")!.GetField(field)!.GetValue(null)!;
    }

    [Fact]
    public void The_shared_engine_would_have_been_misused()
    {
        // What the test above would miss if the stand-in did not notice.
        Assembly assembly = Compile(Project(ModelInputMode.Bytes));
        Type type = assembly.GetType("Mine.Own.Gesichter")!;
        object lazy = type.GetField("PredictEngine")!.GetValue(null)!,
            engine = lazy.GetType().GetProperty("Value")!.GetValue(lazy)!,
            input = Input(type, ModelInputMode.Bytes);
        MethodInfo predict = engine.GetType().GetMethod("Predict")!;
        using var together = new Barrier(4);
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < 10; i++)
            {
                together.SignalAndWait();
                predict.Invoke(engine, [input]);
            }
        })).ToArray();
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.True((int)assembly.GetType("Microsoft.ML.Misuse")!.GetField("Count")!.GetValue(null)! > 0);
    }

    [Fact]
    public void The_configuration_has_the_shape_of_version_5_and_shows_the_training()
    {
        ModelManifest manifest = TinyModel.Make().Manifest with
        {
            Metrics = new Dictionary<string, double> { ["validationAccuracy"] = 0.75 },
            Training = new TrainingSummary { Data = @"C:\faces", Epochs = 12, BatchSize = 32, Seed = 7 },
        };
        JsonElement config = JsonDocument
            .Parse(MbConfig.Render(ModelBuilderProject.Create("Gesichter", "Mine", manifest, 61.5)))
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
            Assert.ThrowsAny<TrainingException>(() => ModelBuilderProject.Create(name, @namespace, TinyModel.Make().Manifest, 0)).Message,
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
        Assert.Equal(["Microsoft.ML 5.0.0", "Microsoft.ML.OnnxTransformer 5.0.0", "Microsoft.ML.OnnxRuntime 1.23.2"], packages);
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

    private static ModelBuilderProject Project(ModelInputMode mode) =>
        ModelBuilderProject.Create("Gesichter", "Mine.Own", TinyModel.Make().Manifest with { InputMode = mode }, 0);

    // Each compilation has statics of its own.
    private static Assembly Compile(ModelBuilderProject project)
    {
        IEnumerable<string> sources = project
            .Files()
            .Where(f => f.File.EndsWith(".cs", StringComparison.Ordinal))
            .Select(f => f.Text)
            .Append(MLNetStandIns.Source);
        string platform = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var references = Directory
            .GetFiles(platform, "System*.dll")
            .Append(Path.Combine(platform, "netstandard.dll"))
            .Where(IsManaged)
            .Select(f => (MetadataReference)MetadataReference.CreateFromFile(f));
        var compilation = CSharpCompilation.Create(
            $"generated{Guid.NewGuid():N}",
            sources.Select(s => CSharpSyntaxTree.ParseText(s, new CSharpParseOptions(LanguageVersion.CSharp10))),
            references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication)
        );
        using var bytes = new MemoryStream();
        var result = compilation.Emit(bytes);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        return Assembly.Load(bytes.ToArray());
    }

    private static bool IsManaged(string file)
    {
        try
        {
            AssemblyName.GetAssemblyName(file);
            return true;
        }
        catch (BadImageFormatException)
        {
            return false; // System.Native and its like
        }
    }

    private static object Input(Type type, ModelInputMode mode)
    {
        object input = Activator.CreateInstance(type.GetNestedType("ModelInput")!)!;
        input
            .GetType()
            .GetProperty("ImageSource")!
            .SetValue(input, mode == ModelInputMode.Path ? "picture.png" : new byte[] { 1, 2, 3, 4 });
        return input;
    }

    private static string[] All(Type type, object input) =>
        [
            .. ((IEnumerable)type.GetMethod("PredictAllLabels")!.Invoke(null, [input])!)
                .Cast<KeyValuePair<string, float>>()
                .Select(p => FormattableString.Invariant($"{p.Key} {p.Value}")),
        ];
}
