using EmotionMLNet.Terminal;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EmotionMLNet.Files;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Onnx.Import;
using EmotionMLNet.Trainer.Data;
using EmotionMLNet.Trainer.Metrics;
using EmotionMLNet.Trainer.ModelBuilder;
using EmotionMLNet.Trainer.Training;
using EmotionMLNet.Trainer.Training.Listeners;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>export: Writes a model for other runtimes: ONNX, ML.NET in another input mode, Model Builder.</summary>
internal static class ExportCommand
{
    private static readonly Option<string> Model = new("--model") { Description = "A model zip.", Required = true };
    private static readonly Option<string> OnnxFile = new("--onnx") { Description = "Write the network as an ONNX file." };
    private static readonly Option<string> Input = new("--input") { Description = "Of the ONNX file: float (NCHW at network size, 0 to 255) or uint8 (NHWC, RGB, any size: resized in the graph).", DefaultValueFactory = _ => "float" };
    private static readonly Option<string> Weights = new("--weights") { Description = "Of the file: float32, float16 or int8 (a scale a channel); by default float32, and a zip as it is." };
    private static readonly Option<string> DataPath = new("--data") { Description = "Measure what compressed weights cost, on the validation split of this data." };
    private static readonly Option<int?> Seed = new OptionalNumberOption<int>("--seed") { Description = "Seed of the division where the data has no split; by default that of the model's training." };
    private static readonly Option<string> Mode = new("--mode") { Description = "Write the zip for another kind of ML.NET application: bytes, path or raw." };
    private static readonly Option<string> ModelBuilder = new("--model-builder") { Description = "Write a Model Builder project of this name." };
    private static readonly Option<string> Namespace = new("--namespace") { Description = "Of the Model Builder project's classes; by default its name." };
    private static readonly Option<string> Out = new("--out") { Description = "The zip of --mode or --weights, or the folder of --model-builder." };

    public static Command Create()
    {
        Input.AcceptOnlyFromAmong("float", "uint8");
        Weights.AcceptOnlyFromAmong([.. TrainSettings.WeightFormats.Keys]);
        Mode.AcceptOnlyFromAmong("bytes", "path", "raw");
        var command = new Command("export", "Writes a model for other runtimes: ONNX, ML.NET in another input mode, or a Model Builder project.") { Model, OnnxFile, Input, Weights, DataPath, Seed, Mode, ModelBuilder, Namespace, Out };
        command.SetAction(parsed => Guard.Run(() => Execute(parsed)));
        return command;
    }

    private static int Execute(ParseResult parsed)
    {
        ModelZip model = ModelZip.Load(parsed.GetValue(Model)!);
        string? onnx = parsed.GetValue(OnnxFile), mode = parsed.GetValue(Mode), name = parsed.GetValue(ModelBuilder), place = parsed.GetValue(Out);
        bool zip = mode is not null || (onnx is null && place is not null && parsed.GetValue(Weights) is not null);
        if (onnx is null && !zip && name is null) throw new UserException("Nothing to write: give --onnx FILE, --mode bytes|path|raw --out ZIP, --weights float16 --out ZIP, or --model-builder NAME --out FOLDER.");
        if ((mode is not null || name is not null) && place is null) throw new UserException(name is null ? "--mode needs --out ZIP." : "--model-builder needs --out FOLDER.");
        if (mode is not null) model = model with { Manifest = model.Manifest with { InputMode = ModeOf(mode) } };
        if (onnx is not null) WriteOnnx(parsed, model, onnx);
        if (name is not null) WriteProject(parsed, model, name, place!);
        else if (zip) WriteZip(parsed, model, place!);
        return ExitCode.Ok;
    }

    private static ModelInputMode ModeOf(string mode) => mode switch { "path" => ModelInputMode.Path, "raw" => ModelInputMode.Raw, _ => ModelInputMode.Bytes };

    private static void WriteOnnx(ParseResult parsed, ModelZip model, string path)
    {
        OnnxInput input = parsed.GetValue(Input) == "uint8" ? OnnxInput.Picture : OnnxInput.Prepared;
        string format = parsed.GetValue(Weights) ?? "float32";
        OnnxModel written = model.Onnx(input, TrainSettings.WeightFormats[format]);
        AtomicFile.Write(path, written.WriteTo);
        foreach (string note in written.Notes) Console.Error.WriteLine($"note: {note}");
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: {written.Length / 1e6:0.00} MB, input {parsed.GetValue(Input)}, weights {format}"));
        Measure(parsed, model, () => OnnxImport.Read(written.ToArray()).Network);
        Console.WriteLine(path);
    }

    private static void WriteZip(ParseResult parsed, ModelZip model, string path)
    {
        ModelZip written = parsed.GetValue(Weights) is { } format ? model with { Manifest = model.Manifest with { Weights = TrainSettings.WeightFormats[format] } } : model;
        foreach (string note in written.Save(path)) Console.Error.WriteLine($"note: {note}");
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: {new FileInfo(path).Length / 1e6:0.00} MB, {model.Network.ParameterCount:N0} parameters"));
        Measure(parsed, model, () => ModelZip.Load(path).Network);
        Console.WriteLine(path);
    }

    private static void Measure(ParseResult parsed, ModelZip model, Func<Network> compressed)
    {
        if (parsed.GetValue(Weights) is null or "float32") return;
        if (parsed.GetValue(DataPath) is { } data) Compare(parsed, model, compressed(), data);
        else Console.Error.WriteLine("note: what the compression costs was not measured: give --data FOLDER");
    }

    // The test split is not for choosing a compression by.
    private static void Compare(ParseResult parsed, ModelZip model, Network compressed, string data)
    {
        using var interruption = new Interruption();
        DataOptions options = TrainingData.For(model.Manifest, data, parsed.GetValue(Seed));
        Dataset dataset;
        using (var decoding = new ConsoleProgress("decoding", "images"))
            (dataset, _) = DataLoader.Load(options, model.Manifest.Preprocessing, [Split.Validation], decoding, interruption.Token);
        ImageSet images = dataset[Split.Validation] ?? throw new UserException($"{data} has no validation split.");
        using var team = new ThreadTeam(Environment.ProcessorCount);
        ScoreComparison cost = ScoreComparison.Of(model.Manifest.Labels, images.Classes, Scores(model.Network), Scores(compressed));
        Console.Error.WriteLine($"accuracy on {images.Name}, {cost.Describe("float32", parsed.GetValue(Weights)!)}");

        float[] Scores(Network network)
        {
            using var progress = new ConsoleProgress("evaluating", "images");
            return new Evaluator(team).Probabilities(InferencePlan.Compile(network), model.Manifest.Preprocessing, images, done => progress.Report(new WorkProgress(done, images.Count)), interruption.Token);
        }
    }

    private static void WriteProject(ParseResult parsed, ModelZip model, string name, string folder)
    {
        ModelBuilderProject project = ModelBuilderProject.Of(name, parsed.GetValue(Namespace), model.Manifest, Seconds(parsed.GetValue(Model)!));
        if (DataOf(parsed.GetValue(Model)!) is { } data) project = project with { Trial = project.Trial with { Data = data } };
        project.Write(folder);
        foreach (string note in model.Save(Path.Combine(folder, project.ModelFile))) Console.Error.WriteLine($"note: {note}");
        Console.WriteLine(folder);
    }

    // The zip has the name of the data alone; the run folder beside it knows where that is.
    private static string? DataOf(string model)
    {
        string settings = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(model))!, SettingsFile.FileName);
        return File.Exists(settings) && SettingsFile.Text(SettingsFile.Read(settings), "data", settings) is { } data ? Path.GetFullPath(data) : null;
    }

    // What the training of a model took stands in the log beside it.
    private static double Seconds(string model)
    {
        string log = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(model))!, JsonLog.FileName);
        if (!File.Exists(log)) return 0;
        try
        {
            return File.ReadLines(log).Where(l => l.Length > 0).Sum(l => JsonDocument.Parse(l).RootElement.GetProperty("seconds").GetDouble());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return 0; // not a log of ours; the figure is for show
        }
    }
}
