using EmotionMLNet.Terminal;
using System.CommandLine;
using System.Globalization;
using System.Text;
using EmotionMLNet.Files;
using EmotionMLNet.Trainer.Compare;
using EmotionMLNet.Trainer.Compare.Reports;
using EmotionMLNet.Trainer.Training;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>quickstart: the main job from end to end on the faces that this repository ships: networks compared, the best saved, a folder classified.</summary>
internal static class QuickstartCommand
{
    private const string Faces = "data/faces";

    private static readonly Option<string> DataPath = new("--data") { Description = "Class folders to use instead of the drawn faces.", DefaultValueFactory = _ => Faces };
    private static readonly Option<string> Out = new("--out") { Description = "Folder of the comparison, replaced if it is there.", DefaultValueFactory = _ => "artifacts/quickstart" };
    private static readonly Option<int> Epochs = new NumberOption<int>("--epochs") { Description = "Passes over the training images, of each network.", DefaultValueFactory = _ => 25 };

    public static Command Create()
    {
        var command = new Command("quickstart", "Compares our network with a narrow MobileNetV2 and ResNet18 on the drawn faces, saves the best as a zip, classifies a folder with it and says where everything is.") { DataPath, Out, Epochs };
        command.SetAction(parsed => Guard.Run(() => Execute(parsed.GetValue(DataPath)!, parsed.GetValue(Out)!, parsed.GetValue(Epochs))));
        return command;
    }

    private static int Execute(string data, string folder, int epochs)
    {
        if (!Directory.Exists(data)) throw new UserException($"{data} is not here: run quickstart from the root of the repository, or give --data.");
        if (Comparer.IsComparison(folder)) Directory.Delete(folder, recursive: true); // one of ours, made anew each time
        var options = new ComparisonOptions { Data = data, Out = folder, Candidates = Candidates(data, epochs) };
        string[] problems = [.. options.Problems()];
        foreach (string problem in problems) Console.Error.WriteLine(problem);
        if (problems.Length > 0) return ExitCode.Usage;
        using var interruption = new Interruption();
        Comparison comparison = new Comparer(options, $"quickstart --data {data} --out {folder} --epochs {epochs}", TimeProvider.System, interruption.Token).Run()!;

        string model = Path.Combine(folder, Comparer.BestName), predictions = Path.Combine(folder, "predictions.csv");
        string pictures = Directory.GetDirectories(data).Order(StringComparer.Ordinal).First();
        int count = Classify(model, pictures, predictions);
        Console.Out.Write(ComparisonMarkdown.Render(comparison));
        Console.Out.WriteLine();
        Console.Out.WriteLine($"report       {Path.Combine(folder, ComparisonFiles.Page)}, and {ComparisonFiles.Csv}, {ComparisonFiles.Json}, {ComparisonFiles.Markdown}");
        Console.Out.WriteLine($"model        {model}");
        Console.Out.WriteLine($"runs         {Path.Combine(folder, "runs")}: settings, logs, charts, and events for tensorboard --logdir {folder}");
        Console.Out.WriteLine($"predictions  {predictions}, {count} pictures of {pictures}");
        Console.Out.WriteLine($"next         dotnet run -c Release --project Predictor.Console -- {model} {data} --recursive --out labels.csv");
        return ExitCode.Ok;
    }

    // At 48 x 48 in grey, so that two cores need less than three minutes for all; otherwise each with its own recommended settings.
    private static Candidate[] Candidates(string data, int epochs)
    {
        return
        [
            new("emotion-cnn", Small("emotion-cnn") with { WeightAverage = 0.98f }), // few steps: a shorter average follows them
            new("mobilenet-v2, half width", Small("mobilenet-v2") with { WidthMultiplier = 0.5f }),
            new("resnet18, quarter width", Small("resnet18") with { WidthMultiplier = 0.25f }),
        ];

        TrainingOptions Small(string architecture)
            => TrainingDefaults.FitWarmUp(TrainingDefaults.For(architecture, data) with { Epochs = epochs, BatchSize = 32, Width = 48, Height = 48, Channels = 1, Schedule = ScheduleKind.Cosine });
    }

    private static int Classify(string model, string pictures, string csv)
    {
        EmotionClassifier classifier = EmotionClassifier.Load(model);
        var text = new StringBuilder("path,label,confidence\n");
        int count = 0;
        foreach (FileResult result in classifier.ClassifyMany(Directory.GetFiles(pictures).Order(StringComparer.Ordinal)))
        {
            text.Append(CultureInfo.InvariantCulture, $"{result.Path},{result.Prediction?.Label},{result.Prediction?.Confidence:0.000000}\n");
            count++;
        }
        AtomicFile.WriteText(csv, text.ToString());
        return count;
    }
}
