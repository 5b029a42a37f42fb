using System.CommandLine;
using System.Globalization;
using EmotionMLNet.Formatting;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Terminal;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>quantise: Writes a model that predictors run in 8-bit integers, and says what that costs and gains.</summary>
internal static class QuantiseCommand
{
    private static readonly Option<string> Model = new("--model") { HelpName = "MODEL.zip", Description = "A model zip.", Required = true };
    private static readonly Option<string> DataPath = new("--data")
    {
        HelpName = "PATH",
        Description =
            "Ranges are measured on its training split, the cost on its validation split; images without splits are divided as by "
            + "the model's training.",
        Required = true,
    };
    private static readonly Option<string> Out = new("--out")
    {
        HelpName = "MODEL.zip",
        Description = "The zip to write.",
        Required = true,
    };
    private static readonly Option<int> Images = new NumberOption<int>("--images")
    {
        Least = 1,
        Description = "Training pictures that ranges are measured on.",
        DefaultValueFactory = _ => 512,
    };
    private static readonly Option<int?> Seed = new OptionalNumberOption<int>("--seed")
    {
        Description = "Seed of the division where the data has no split; by default that of the model's training.",
    };
    private static readonly Option<string> Detector = SharedOptions.Detector();
    private static readonly Option<int> Threads = SharedOptions.Threads();
    private static readonly Option<bool> Force = SharedOptions.Force();

    public static Command Create()
    {
        var command = new Verb("quantise", "Writes a model that predictors run in 8-bit integers, and says what that costs and gains.")
            .Add("What", Model, DataPath, Images, Seed, Detector)
            .Add("Output", Out, Force)
            .Add("Machine", Threads)
            .AddExamples("--model model.zip --data FOLDER --out small.zip");
        command.Aliases.Add("quantize");
        command.SetAction(parsed => CommandGuard.Run(() => Execute(parsed)));
        return command;
    }

    private static int Execute(ParseResult parsed)
    {
        string data = parsed.GetValue(DataPath)!, path = parsed.GetValue(Out)!;
        OutputFile.Refuse(path, parsed.GetValue(Force));
        ModelZip model = ModelFile.Load(parsed.GetValue(Model)!);
        int threads = parsed.GetValue(Threads) is > 0 and var given ? given : Environment.ProcessorCount;
        using var interruption = new Interruption();
        DataOptions options = RecordedDivision.CreateOptions(
            model.Manifest,
            data,
            parsed.GetValue(Seed),
            SharedOptions.DetectorFor(model.Manifest, parsed, Detector)
        );
        Dataset dataset;
        using (var decoding = new ConsoleProgress("decoding", "images"))
            (dataset, _) = DataLoader.Load(
                options,
                model.Manifest.Preprocessing,
                [Split.Train, Split.Validation],
                decoding,
                interruption.Token
            );
        ImageSet train =
            dataset[Split.Train] ?? throw new UserException($"{data} has no training split: ranges are not measured on what figures are.");
        bool own = model.Manifest.DataFingerprint == dataset.Fingerprint;
        Console.Error.WriteLine(
            PrintableText.Line(
                $"ranges on {Plural.Format(Math.Min(parsed.GetValue(Images), train.Count), "picture")} of the training split "
                    + $"({train.Name}) of {data}: "
                    + $"{(own ? "the data that this model was trained on" : "not the data that this model was trained on")}"
            )
        );

        using var team = new ThreadTeam(threads);
        ActivationRanges ranges = Ranges(model, train, parsed.GetValue(Images), team, interruption.Token);
        ModelZip small = model with { Manifest = model.Manifest with { Quantisation = ranges } };
        if (dataset[Split.Validation] is { } validation)
            Compare(model with { Manifest = model.Manifest with { Quantisation = null } }, small, validation, team, interruption.Token);
        else
            Console.Error.WriteLine($"note: what int8 costs was not measured: {data} has no validation split");
        foreach (string note in small.Save(path)) Console.Error.WriteLine($"note: {note}");
        Console.WriteLine(path);
        return ExitCode.Ok;
    }

    // Pictures from all over the split, so that every class is seen.
    private static ActivationRanges Ranges(ModelZip model, ImageSet train, int wanted, ThreadTeam team, CancellationToken cancellation)
    {
        int count = Math.Min(wanted, train.Count);
        return Calibration.Measure(
            model.Network,
            count,
            (n, image) => model.Manifest.Preprocessing.Normalise(train.Pixels[(int)((long)n * train.Count / count)], image),
            team,
            cancellation
        );
    }

    private static void Compare(ModelZip model, ModelZip small, ImageSet images, ThreadTeam team, CancellationToken cancellation)
    {
        InferencePlan[] plans = [EmotionClassifier.Compile(model), EmotionClassifier.Compile(small)];
        float[][] scores = [.. plans.Select(Scores)];
        ScoreComparison cost = ScoreComparison.Compute(model.Manifest.Labels, images.Classes, scores[0], scores[1]);
        Console.Error.WriteLine(
            $"accuracy on {PrintableText.Line(images.Name)}, {cost.Describe("float32", "int8")}; "
                + $"{BaselineAccuracy.Compute(images.Classes, model.Manifest.Labels.Count).Describe(model.Manifest.Labels)}"
        );
        (double Singles, double Batched)[] speeds = ThroughputMeter.Measure(plans, team.Threads);
        Console.Error.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"on this machine, {team.Threads} threads: {speeds[1].Singles / speeds[0].Singles:0.00} times as many images a "
                    + $"second one by one ({speeds[1].Singles:N0}), {speeds[1].Batched / speeds[0].Batched:0.00} times in batches of "
                    + $"{ThroughputMeter.Batch} ({speeds[1].Batched:N0})"
            )
        );

        float[] Scores(InferencePlan plan)
        {
            using var progress = new ConsoleProgress("evaluating", "images");
            return new Evaluator(team).ComputeProbabilities(
                plan,
                model.Manifest.Preprocessing,
                images,
                done => progress.Report(new WorkProgress(done, images.Count)),
                cancellation
            );
        }
    }
}
