using EmotionMLNet.Terminal;
using System.CommandLine;
using EmotionMLNet.Files;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Trainer.Data;
using EmotionMLNet.Trainer.Finishing;
using EmotionMLNet.Trainer.Jobs;
using EmotionMLNet.Trainer.Reports;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>evaluate: Measures a saved model on one split of a data set.</summary>
internal static class EvaluateCommand
{
    private static readonly Option<string> Model = new("--model") { Description = "A model zip.", Required = true };
    private static readonly Option<string> DataPath = new("--data") { Description = "Class folders, split folders, or a CSV file.", Required = true };
    private static readonly Option<string> SplitName = new("--split") { Description = "train, validation, test, or all (every image, whatever its split).", DefaultValueFactory = _ => "validation" };
    private static readonly Option<string> Tta = new("--tta") { Description = $"Measure test-time augmentation too, beside the single pass: {TestTimeAugmentation.Forms}.", DefaultValueFactory = _ => "none" };
    private static readonly Option<string> Json = new("--json") { Description = "Write the figures as JSON to this file; - is stdout, and then nothing else is." };
    private static readonly Option<string> Html = new("--html") { Description = "Write a self-contained page with plots and mistakes." };
    private static readonly Option<bool> Record = new("--record") { Description = "Put the figures into the zip's manifest and model card." };
    private static readonly Option<int?> Seed = new OptionalNumberOption<int>("--seed") { Description = "Seed of the division where the data has no split; by default that of the model's training." };
    private static readonly Option<int> Threads = new NumberOption<int>("--threads") { Description = "Threads; 0 is all cores." };

    public static Command Create()
    {
        var command = new Command("evaluate", "Measures a saved model on one split of a data set.") { Model, DataPath, SplitName, Tta, Json, Html, Record, Seed, Threads };
        command.SetAction(parsed => Guard.Run(() => Execute(parsed)));
        return command;
    }

    private static int Execute(ParseResult parsed)
    {
        string model = parsed.GetValue(Model)!, splitName = parsed.GetValue(SplitName)!;
        bool whole = splitName.Equals("all", StringComparison.OrdinalIgnoreCase);
        Split split = whole ? Split.Test : SplitNames.Parse(splitName) ?? throw new UserException($"--split {splitName}: give train, validation, test or all.");
        TestTimeAugmentation tta = TestTimeAugmentation.Parse(parsed.GetValue(Tta)!) ?? throw new UserException($"--tta {parsed.GetValue(Tta)}: give {TestTimeAugmentation.Forms}.");
        using var interruption = new Interruption();
        Evaluation evaluation = EvaluationJob.Measure(model, parsed.GetValue(DataPath)!, split, whole, parsed.GetValue(Seed), parsed.GetValue(Threads), tta, interruption.Token);

        if (split == Split.Test)
        {
            int readings = TestReadings.Add(evaluation, TimeProvider.System);
            Console.Error.WriteLine($"note: reading {readings} of this test split by this model, recorded in {TestReadings.PathFor(model)}");
        }
        if (parsed.GetValue(Record)) Measurements.Record(evaluation);
        string? json = parsed.GetValue(Json), html = parsed.GetValue(Html);
        if (html is not null)
        {
            AtomicFile.WriteText(html, EvaluationPage.Render(evaluation));
            Console.Error.WriteLine($"page: {html}");
        }
        if (json == "-") Console.Out.Write(EvaluationJson.Render(evaluation));
        else
        {
            Console.Out.Write(EvaluationTable.Render(evaluation));
            if (json is not null) AtomicFile.WriteText(json, EvaluationJson.Render(evaluation));
        }
        return ExitCode.Ok;
    }
}
