using System.CommandLine;
using System.Globalization;
using System.Text;
using EmotionMLNet.Files;
using EmotionMLNet.Trainer.Data;
using EmotionMLNet.Trainer.Reports;
using EmotionMLNet.Trainer.Training;
using EmotionMLNet.Trainer.Training.Listeners;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>quickstart: the main job from end to end on the faces that this repository ships.</summary>
internal static class QuickstartCommand
{
    private const string Faces = "data/faces";

    private static readonly Option<string> DataPath = new("--data") { Description = "Class folders to use instead of the drawn faces.", DefaultValueFactory = _ => Faces };
    private static readonly Option<string> Out = new("--out") { Description = "Run folder, replaced if it is there.", DefaultValueFactory = _ => "artifacts/quickstart" };
    private static readonly Option<int> Epochs = new("--epochs") { Description = "Passes over the training images.", DefaultValueFactory = _ => 25 };

    public static Command Create()
    {
        var command = new Command("quickstart", "Trains on the drawn faces, evaluates, saves a zip, classifies a folder with it and says where everything is.") { DataPath, Out, Epochs };
        command.SetAction(parsed => Guard.Run(() => Execute(parsed.GetValue(DataPath)!, parsed.GetValue(Out)!, parsed.GetValue(Epochs))));
        return command;
    }

    private static int Execute(string data, string folder, int epochs)
    {
        if (!Directory.Exists(data)) throw new UserException($"{data} is not here: run quickstart from the root of the repository, or give --data.");
        if (File.Exists(Path.Combine(folder, Checkpoint.FileName))) Directory.Delete(folder, recursive: true); // a run of ours, made anew each time
        // Few images: smaller batches give enough steps, and a shorter average follows them.
        TrainingOptions options = TrainingDefaults.FitWarmUp(TrainingDefaults.For("emotion-cnn", data) with { Epochs = epochs, BatchSize = 32, WeightAverage = 0.98f });
        int code = TrainCommand.Run(options, folder, resume: false);
        if (code != ExitCode.Ok) return code;

        string model = Path.Combine(folder, BestModel.FileName), page = Path.Combine(folder, "test.html"), predictions = Path.Combine(folder, "predictions.csv");
        Evaluation evaluation = EvaluateCommand.Measure(model, data, Split.Test, whole: false, options.Seed, threads: 0, CancellationToken.None);
        TestReadings.Add(evaluation, TimeProvider.System);
        AtomicFile.WriteText(page, EvaluationPage.Render(evaluation));
        Console.Out.Write(EvaluationTable.Render(evaluation));
        string pictures = Directory.GetDirectories(data).Order(StringComparer.Ordinal).First();
        int count = Classify(model, pictures, predictions);

        Console.Out.WriteLine();
        Console.Out.WriteLine($"model        {model}");
        Console.Out.WriteLine($"evaluation   {page}");
        Console.Out.WriteLine($"charts       {Path.Combine(folder, "loss.svg")}, {Path.Combine(folder, "accuracy.svg")}, {Path.Combine(folder, "augmentation.png")}");
        Console.Out.WriteLine($"log          {Path.Combine(folder, "log.jsonl")}, settings.json, and events for tensorboard --logdir {folder}");
        Console.Out.WriteLine($"predictions  {predictions}, {count} pictures of {pictures}");
        Console.Out.WriteLine($"next         dotnet run -c Release --project Predictor.Console -- {model} {data} --recursive --out labels.csv");
        return ExitCode.Ok;
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
