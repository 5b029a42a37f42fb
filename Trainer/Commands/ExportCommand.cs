using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EmotionMLNet.Files;
using EmotionMLNet.Formatting;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Onnx.Import;
using EmotionMLNet.Terminal;
using EmotionMLNet.Trainer.Rendering;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Jobs;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.ModelBuilder;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Runs.Listeners;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>export: Writes a model for other runtimes: ONNX, ML.NET in another input mode, Model Builder.</summary>
internal static class ExportCommand
{
    private static readonly Option<string> Model = new("--model") { HelpName = "MODEL.zip", Description = "A model zip.", Required = true };
    private static readonly Option<string> OnnxFile = new("--onnx")
    {
        HelpName = "FILE.onnx",
        Description = "Write the network as an ONNX file.",
    };
    private static readonly Option<string> Input = new ChoiceOption("--input", "float", "uint8")
    {
        Description = "Of the ONNX file: float (NCHW at network size, 0 to 255) or uint8 (NHWC, RGB, any size: resized in the graph).",
        DefaultValueFactory = _ => "float",
    };
    private static readonly Option<string> Weights = new ChoiceOption("--weights", [.. TrainSettings.WeightFormats.Keys])
    {
        Description = "Of the file: float32, float16 or int8 (a scale a channel); by default float32, and a zip as it is.",
    };
    private static readonly Option<string> DataPath = new("--data")
    {
        HelpName = "PATH",
        Description =
            "Measure what compressed weights cost, on what was held out of the model's training where these are its data, else on "
            + "the validation split, or on all images where the data have no splits.",
    };
    private static readonly Option<int?> Seed = new OptionalNumberOption<int>("--seed")
    {
        Description = "Seed of the division where the data has no split; by default that of the model's training.",
    };
    private static readonly Option<string> Mode = new ChoiceOption("--mode", "bytes", "path", "raw")
    {
        Description = "Write the zip for another kind of ML.NET application: bytes, path or raw.",
    };
    private static readonly Option<string> ModelBuilder = new("--model-builder")
    {
        HelpName = "NAME",
        Description = "Write a Model Builder project of this name.",
    };
    private static readonly Option<string> Namespace = new("--namespace")
    {
        HelpName = "NAME",
        Description = "Of the Model Builder project's classes; by default its name.",
    };
    private static readonly Option<string> Out = new("--out")
    {
        HelpName = "PATH",
        Description = "The zip of --mode or --weights, or the folder of --model-builder.",
    };
    private static readonly Option<string> Detector = SharedOptions.Detector();
    private static readonly Option<bool> Force = SharedOptions.Force();

    public static Command Create()
    {
        var command = new Verb(
            "export",
            "Writes a model for other runtimes: ONNX, ML.NET in another input mode, or a Model Builder project."
        )
            .Add("What", Model, Weights)
            .Add("ONNX", OnnxFile, Input)
            .Add("ML.NET", Mode, ModelBuilder, Namespace, Out)
            .Add("Measurement of compressed weights", DataPath, Seed, Detector)
            .Add("Output", Force)
            .AddExamples(
                "--model model.zip --onnx model.onnx --input uint8",
                "--model model.zip --model-builder Expressions --namespace MyApp --out Expressions"
            );
        command.SetAction(parsed => CommandGuard.Run(() => Execute(parsed)));
        return command;
    }

    // Everything that can be wrong is looked for before anything is written.
    private static int Execute(ParseResult parsed)
    {
        string path = parsed.GetValue(Model)!;
        string? onnx = parsed.GetValue(OnnxFile),
            mode = parsed.GetValue(Mode),
            name = parsed.GetValue(ModelBuilder),
            place = parsed.GetValue(Out),
            weights = parsed.GetValue(Weights);
        bool zip = name is null && (mode is not null || (onnx is null && place is not null && weights is not null));
        if (onnx is null && !zip && name is null)
            throw new UserException(
                "Nothing to write: give --onnx FILE, --mode bytes|path|raw --out ZIP, --weights float16 --out ZIP, or "
                    + "--model-builder NAME --out FOLDER."
            );
        if ((mode is not null || name is not null) && place is null)
            throw new UserException(name is null ? "--mode needs --out ZIP." : "--model-builder needs --out FOLDER.");
        if (place is not null && !zip && name is null)
            throw new UserException($"--out {place}: beside --onnx it is for --mode or --model-builder; leave it away.");
        if (parsed.GetValue(Namespace) is not null && name is null)
            throw new UserException("--namespace is of a --model-builder project: give its name.");
        if (parsed.GetValue(DataPath) is not null && weights is null or "float32")
            throw new UserException("--data measures what compressed weights cost: give --weights float16 or int8, or leave it away.");
        foreach (string file in new[] { onnx, place }.OfType<string>()) OutputFile.Refuse(file, parsed.GetValue(Force));

        ModelZip model = ModelFile.Load(path);
        if (mode is not null) model = model with { Manifest = model.Manifest with { InputMode = ModeOf(mode) } };
        ModelBuilderProject? project = name is null ? null : Project(parsed, model, name);
        Measure(parsed, model);
        if (onnx is not null) WriteOnnx(parsed, model, onnx);
        if (project is not null) WriteProject(model, project, place!);
        else if (zip) WriteZip(parsed, model, place!);
        return ExitCode.Ok;
    }

    private static ModelInputMode ModeOf(string mode) =>
        mode switch
        {
            "path" => ModelInputMode.Path,
            "raw" => ModelInputMode.Raw,
            _ => ModelInputMode.Bytes,
        };

    private static void WriteOnnx(ParseResult parsed, ModelZip model, string path)
    {
        OnnxInput input = parsed.GetValue(Input) == "uint8" ? OnnxInput.Picture : OnnxInput.Prepared;
        string format = parsed.GetValue(Weights) ?? "float32";
        OnnxModel written = model.Onnx(input, TrainSettings.WeightFormats[format]);
        AtomicFile.Write(path, written.WriteTo);
        foreach (string note in written.Notes) Console.Error.WriteLine($"note: {note}");
        PrintFile(
            path,
            string.Create(CultureInfo.InvariantCulture, $"{written.Length / 1e6:0.00} MB, input {parsed.GetValue(Input)}, weights {format}")
        );
    }

    private static void WriteZip(ParseResult parsed, ModelZip model, string path)
    {
        ModelZip written = parsed.GetValue(Weights) is { } format
            ? model with
            {
                Manifest = model.Manifest with { Weights = TrainSettings.WeightFormats[format] },
            }
            : model;
        foreach (string note in written.Save(path)) Console.Error.WriteLine($"note: {note}");
        PrintFile(
            path,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{new FileInfo(path).Length / 1e6:0.00} MB, {model.Network.ParameterCount:N0} parameters"
            )
        );
    }

    private static void PrintFile(string path, string facts)
    {
        Console.Error.WriteLine(PrintableText.Line($"{path}: {facts}"));
        Console.WriteLine(path);
    }

    private static void Measure(ParseResult parsed, ModelZip model)
    {
        if (parsed.GetValue(Weights) is not { } format || format == "float32") return;
        if (parsed.GetValue(DataPath) is { } data)
            Compare(
                parsed,
                model,
                OnnxImport.Read(model.Onnx(OnnxInput.Prepared, TrainSettings.WeightFormats[format]).ToArray()).Network,
                data
            );
        else
            Console.Error.WriteLine("note: what the compression costs was not measured: give --data FOLDER");
    }

    // The test split is not for choosing a compression by.
    private static void Compare(ParseResult parsed, ModelZip model, Network compressed, string data)
    {
        using var interruption = new Interruption();
        ImageSet images = MeasuredData
            .LoadForSelection(
                model.Manifest,
                parsed.GetValue(Model)!,
                data,
                parsed.GetValue(Seed),
                new ConsoleReporter(),
                interruption.Token,
                SharedOptions.DetectorFor(model.Manifest, parsed, Detector)
            )
            .Images;
        using var team = new ThreadTeam(Environment.ProcessorCount);
        ScoreComparison cost = ScoreComparison.Compute(model.Manifest.Labels, images.Classes, Scores(model.Network), Scores(compressed));
        Console.Error.WriteLine(
            $"accuracy, {cost.Describe("float32", parsed.GetValue(Weights)!)}; "
                + $"{BaselineAccuracy.Compute(images.Classes, model.Manifest.Labels.Count).Describe(model.Manifest.Labels)}"
        );

        float[] Scores(Network network)
        {
            using var progress = new ConsoleProgress("evaluating", "images");
            return new Evaluator(team).ComputeProbabilities(
                InferencePlan.Compile(network),
                model.Manifest.Preprocessing,
                images,
                done => progress.Report(new WorkProgress(done, images.Count)),
                interruption.Token
            );
        }
    }

    private static ModelBuilderProject Project(ParseResult parsed, ModelZip model, string name)
    {
        string path = parsed.GetValue(Model)!;
        return ModelBuilderProject.Create(name, parsed.GetValue(Namespace), model.Manifest, RunFolder.DataOf(path), Seconds(path));
    }

    private static void WriteProject(ModelZip model, ModelBuilderProject project, string folder)
    {
        project.Write(folder);
        foreach (string note in model.Save(Path.Combine(folder, project.ModelFile))) Console.Error.WriteLine($"note: {note}");
        Console.WriteLine(folder);
    }

    // What the training of a model took stands in the log beside it.
    private static double? Seconds(string model)
    {
        string log = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(model))!, JsonLog.FileName);
        if (!File.Exists(log)) return null;
        try
        {
            return File.ReadLines(log)
                .Where(l => l.Length > 0)
                .Sum(l => JsonDocument.Parse(l).RootElement.GetProperty("seconds").GetDouble());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null; // not a log of ours; the figure is for show
        }
    }
}
