using System.CommandLine;
using System.Globalization;
using System.Text;
using EmotionMLNet.Files;
using EmotionMLNet.Formatting;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Terminal;
using EmotionMLNet.Trainer.Rendering;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Comparison.Reports;
using EmotionMLNet.Training.DrawnFaces;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>
/// quickstart: the main job from end to end on drawn faces: networks compared, the best saved, pictures that none has seen classified.
/// </summary>
internal static class QuickstartCommand
{
    private const string Faces = "data/faces", HeldOut = "held-out", Drawn = "faces", Predictions = "predictions.csv";

    // Epochs of each network where the machine has the time. The command promises three minutes and aims at less: what else a machine does
    // is not known.
    private const int AllEpochs = 25;
    private const string UsualTime = "140s";

    // Where it has not, pictures are smaller and there are more epochs of less work: in the same time the drawn faces are learned better.
    private const int WholeSide = 48, SmallSide = 32, SmallEpochs = 60;

    // Those of data/faces, drawn again where they are not.
    private const int FacesEach = 180, FaceSize = 48;
    private const ulong FacesSeed = 1;

    // Drawn afresh for the classification: other people.
    private const int HeldOutEach = 20;
    private const ulong HeldOutSeed = 2;

    private static readonly Option<string> DataPath = new("--data")
    {
        HelpName = "DIR",
        Description = $"Class folders to use instead of the drawn faces, which are drawn into --out where {Faces} is not.",
        DefaultValueFactory = _ => Faces,
    };
    private static readonly Option<string> Out = new("--out")
    {
        HelpName = "DIR",
        Description = "Folder of the comparison; an earlier quickstart there is replaced.",
        DefaultValueFactory = _ => "artifacts/quickstart",
    };
    private static readonly Option<string> Time = new("--time")
    {
        Description =
            "How long all of it may take: a few steps of each network are timed first, and if their epochs would take longer, each "
            + "gets a time instead.",
        DefaultValueFactory = _ => UsualTime,
        HelpName = "TIME",
    };
    private static readonly Option<int?> Epochs = new OptionalNumberOption<int>("--epochs")
    {
        Description = "Passes over the training images, of each network, however long they take; repeats to the bit on the same machine.",
    };

    public static Command Create()
    {
        var command = new Verb(
            "quickstart",
            "Compares our network with a narrow MobileNetV2 and ResNet18 on the drawn faces, saves the best as a zip, classifies "
                + "pictures that none has seen with it and says where everything is. Takes less than three minutes."
        )
            .Add("Options", DataPath, Out, Time, Epochs)
            .AddExamples("", "--data FOLDER --epochs 5");
        command.SetAction(parsed => CommandGuard.Run(() =>
        {
            string data = parsed.GetValue(DataPath)!, folder = parsed.GetValue(Out)!;
            bool isGiven = parsed.GetResult(DataPath) is { Implicit: false };
            if (isGiven && !Directory.Exists(data))
                throw new UserException($"{data} is not here: leave --data away for drawn faces, or give a folder that is.");
            bool draws = !isGiven && !Directory.Exists(data);
            return Execute(draws ? Path.Combine(folder, Drawn) : data, draws, folder, parsed.GetValue(Time)!, parsed.GetValue(Epochs));
        }));
        return command;
    }

    /// <param name="data">Class folders.</param>
    /// <param name="draws">Whether the faces are to be drawn there first.</param>
    /// <param name="folder">The folder of the comparison.</param>
    /// <param name="time">How long all of it may take.</param>
    /// <param name="epochs">Number of epochs of each network; null fits them to the time.</param>
    private static int Execute(string data, bool draws, string folder, string time, int? epochs)
    {
        TimeProvider clock = TimeProvider.System;
        long began = clock.GetTimestamp();
        TimeSpan limit = SharedOptions.ReadDuration(Time, time);
        var options = new ComparisonOptions { Data = data, Out = folder, Candidates = Whole(data, epochs ?? AllEpochs) };
        if (SettingProblems.Write(options.FindProblems())) return ExitCode.Usage;

        using FileLock held = ComparisonRun.Lock(folder);
        ComparisonRun.Clear(folder, [.. options.Candidates.Select(c => c.Name)]);
        using var interruption = new Interruption();
        if (draws) FacesCommand.Draw(data, FacesEach, FacesSeed, FaceSize, split: false, interruption.Token);
        if (epochs is null) options = Fitted(options, limit, began, clock, interruption.Token);
        string[] length = epochs is { } n ? ["--epochs", n.ToString(CultureInfo.InvariantCulture)] : [Time.Name, time];
        string[] arguments = ["quickstart", .. draws ? (string[])[] : ["--data", data], "--out", folder, .. length];
        Comparison comparison;
        Classified classified;
        double weight = ComparisonRun.ComputeWeight(options);
        using (var job = new JobProgress("quickstart", 1.01 * weight))
        {
            comparison = new ComparisonRun(
                options,
                winner => ComparisonCommands.Write(options, arguments, winner),
                new ConsoleReporter(),
                new JobReport(job),
                () => [ConsoleTable.ForStderr(clock)],
                clock,
                interruption.Token
            ).Run()!;
            job.Begin("classification", 0.01 * weight);
            classified = Classify(
                comparison,
                draws || Path.GetFullPath(data) == Path.GetFullPath(Faces),
                (done, all) => job.Report((double)done / all),
                interruption.Token
            );
        }
        TerminalOutput output = TerminalOutput.Stdout();
        ComparisonText.Write(output, comparison);
        output.WriteLine("");
        classified.Write(output, comparison);
        output.WriteLine("");
        Places(output, comparison, classified, data, clock.GetElapsedTime(began));
        return ExitCode.Ok;
    }

    // Small pictures in grey; otherwise each with its own recommended settings.
    private static Candidate[] Whole(string data, int epochs)
    {
        TrainingOptions ours = With("emotion-cnn", data, epochs, WholeSide);
        ours = ours with { Optimisation = ours.Optimisation with { WeightAverage = 0.98f } }; // few steps: a shorter average follows them
        return Named(ours, With("mobilenet-v2", data, epochs, WholeSide), With("resnet18", data, epochs, WholeSide));
    }

    // Few steps in all: half as many pictures a step are twice as many steps, and Adam needs fewer of them than SGD.
    private static Candidate[] Small(string data)
    {
        TrainingOptions ours = WithHalfBatch("emotion-cnn", data);
        ours = ours with
        {
            Optimisation = ours.Optimisation with
            {
                WeightAverage = 0.98f,
                Optimiser = OptimiserKind.Adam,
                LearningRate = 2e-3f,
                WeightDecay = 0,
            },
            Network = ours.Network with { Dropout = 0.1f, Widths = [16, 32, 64, 128] },
        };
        return Named(ours, WithHalfBatch("mobilenet-v2", data), WithHalfBatch("resnet18", data));
    }

    private static Candidate[] Named(TrainingOptions ours, TrainingOptions mobileNet, TrainingOptions resNet) =>
        [
            new("emotion-cnn", ours),
            new("mobilenet-v2, half width", mobileNet with { Network = mobileNet.Network with { WidthMultiplier = 0.5f } }),
            new("resnet18, quarter width", resNet with { Network = resNet.Network with { WidthMultiplier = 0.25f } }),
        ];

    private static TrainingOptions WithHalfBatch(string architecture, string data)
    {
        TrainingOptions options = With(architecture, data, SmallEpochs, SmallSide);
        return options with { Optimisation = options.Optimisation with { BatchSize = 16 } };
    }

    private static TrainingOptions With(string architecture, string data, int epochs, int side)
    {
        TrainingOptions standard = TrainingDefaults.For(architecture, data);
        return TrainingDefaults.FitWarmUp(
            standard with
            {
                Optimisation = standard.Optimisation with { Epochs = epochs, BatchSize = 32, Schedule = ScheduleKind.Cosine },
                Network = standard.Network with { Width = side, Height = side, Channels = 1 },
            }
        );
    }

    private static ComparisonOptions Fitted(
        ComparisonOptions options,
        TimeSpan limit,
        long began,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        Console.Error.WriteLine("timing a few steps of each network");
        MachineFit.Result fit = MachineFit.Fit(options, limit - clock.GetElapsedTime(began), clock, new ConsoleReporter(), cancellation);
        string all = $"{AllEpochs} epochs of each would take about {DurationText.Format(fit.AllEpochs)} on this machine";
        if (fit.Options.Budget is null)
        {
            Console.Error.WriteLine($"{all}, which there is time for");
            return fit.Options;
        }
        Console.Error.WriteLine($"{all}: pictures of {SmallSide} x {SmallSide} instead, and our network half as wide");
        fit = MachineFit.Fit(
            options with
            {
                Candidates = Small(options.Data),
            },
            limit - clock.GetElapsedTime(began),
            clock,
            new ConsoleReporter(),
            cancellation
        );
        if (fit.Options.Budget is { } each)
            Console.Error.WriteLine(
                $"each network trains for {DurationText.Format(each.TotalSeconds)}: how many epochs that is depends on the "
                    + "machine and on what else it does, and so do the weights; --epochs N repeats to the bit"
            );
        return fit.Options;
    }

    // The drawn faces are followed by others of the same kind, in a folder to look at; of other data, the test split is what no network has
    // seen.
    private static Classified Classify(Comparison comparison, bool isDrawn, Action<int, int> report, CancellationToken cancellation)
    {
        string folder = comparison.Options.Out;
        IReadOnlyList<string> labels = comparison.Winner.Best.Quoted.Manifest.Labels;
        (string Path, string Label)[] pictures = isDrawn
            ? [.. DrawHeldOut(Path.Combine(folder, HeldOut), labels)]
            :
            [
                .. comparison.Images.Sources.Zip(
                    comparison.Images.Classes,
                    (source, c) => (Path.Combine(comparison.Options.Data, source), labels[c])
                ),
            ];
        EmotionClassifier classifier = EmotionClassifier.Load(
            Path.Combine(folder, ComparisonRun.BestName),
            cancellationToken: cancellation
        );
        Dictionary<string, string> truth = pictures.DistinctBy(p => p.Path).ToDictionary(p => p.Path, p => p.Label);
        var text = new StringBuilder(CsvLine.Format(["path", "label", "confidence", "annotated"]));
        var rows = new List<(string Label, bool IsRight)>();
        foreach (FileResult result in classifier.ClassifyMany(truth.Keys, cancellationToken: cancellation))
        {
            string annotated = truth[result.Path];
            text.Append(
                CsvLine.Format([
                    result.Path,
                    result.Prediction?.Label,
                    result.Prediction?.Confidence.ToString("0.000000", CultureInfo.InvariantCulture),
                    annotated,
                ])
            );
            rows.Add((annotated, result.Prediction?.Label == annotated));
            report(rows.Count, pictures.Length);
        }
        string csv = Path.Combine(folder, Predictions);
        AtomicFile.WriteText(csv, text.ToString());
        string what =
            isDrawn ? $"{Path.Combine(folder, HeldOut)}, drawn just now, people whom no network has seen"
            : comparison.IsTested ? $"the test split of {comparison.Options.Data}"
            : $"validation of {comparison.Options.Data}, by which the network was chosen";
        return new Classified(csv, what, isDrawn ? Path.Combine(folder, HeldOut) : comparison.Options.Data, rows, labels);
    }

    private static IEnumerable<(string Path, string Label)> DrawHeldOut(string folder, IReadOnlyList<string> labels)
    {
        foreach (string label in labels.Where(FaceGenerator.Labels.Contains))
            for (int number = 0; number < HeldOutEach; number++)
            {
                string path = Path.Combine(folder, label, string.Create(CultureInfo.InvariantCulture, $"{number:D4}.png"));
                byte[] png = PngEncoder.Encode(FaceGenerator.Draw(label, number, HeldOutSeed));
                AtomicFile.Write(path, stream => stream.Write(png));
                yield return (path, label);
            }
    }

    private static void Places(TerminalOutput output, Comparison comparison, Classified classified, string data, TimeSpan taken)
    {
        string folder = comparison.Options.Out, model = Path.Combine(folder, ComparisonRun.BestName);
        output.WriteLine(
            $"report       {Path.Combine(folder, ComparisonFiles.Page)}, and {ComparisonFiles.Csv}, {ComparisonFiles.Json}, "
                + $"{ComparisonFiles.Markdown}"
        );
        output.WriteLine($"model        {model}");
        output.WriteLine($"runs         {Path.Combine(folder, "runs")}: settings, logs, charts, and events for tensorboard");
        output.WriteLine($"predictions  {classified.Csv}");
        output.WriteLine($"time         {DurationText.Format(taken.TotalSeconds)}");
        // Commands are not broken into lines: they are there to be pasted.
        output.Writer.WriteLine(
            $"next         {ProgramName.Own} "
                + $"{ShellQuote.Join(["predict", model, classified.Folder, "--recursive", "--out", "labels.csv"])}"
        );
    }

    /// <summary>What the chosen network said of pictures that it had not seen.</summary>
    /// <param name="Csv">The path of the table of rows.</param>
    /// <param name="What">The kind of pictures, in words.</param>
    /// <param name="Folder">The folder of the pictures.</param>
    /// <param name="Rows">The label of each, and whether the network gave it.</param>
    /// <param name="Labels">All labels.</param>
    private sealed record Classified(
        string Csv,
        string What,
        string Folder,
        IReadOnlyList<(string Label, bool IsRight)> Rows,
        IReadOnlyList<string> Labels
    )
    {
        public void Write(TerminalOutput output, Comparison comparison)
        {
            int right = Rows.Count(r => r.IsRight);
            output.WriteLine($"{comparison.Winner.Name} labels {right} of {Plural.Format(Rows.Count, "picture")} right: {What}.");
            var table = new TextTable("label", "right", "pictures", "share");
            foreach (string label in Labels)
            {
                (string Label, bool IsRight)[] rows = [.. Rows.Where(r => r.Label == label)];
                table.Add([
                    label,
                    ComparisonFigures.Count(rows.Count(r => r.IsRight)),
                    ComparisonFigures.Count(rows.Length),
                    rows.Length == 0 ? "–" : ComparisonFigures.Percent((double)rows.Count(r => r.IsRight) / rows.Length),
                ]);
            }
            table.Add([
                "all",
                ComparisonFigures.Count(right),
                ComparisonFigures.Count(Rows.Count),
                ComparisonFigures.Percent((double)right / Math.Max(1, Rows.Count)),
            ]);
            var guess = BaselineAccuracy.Compute([.. Rows.Select(r => Labels.ToList().IndexOf(r.Label))], Labels.Count);
            table.Add([
                $"no model: always '{Labels[guess.MajorityClass]}'",
                ComparisonFigures.Count((int)Math.Round(guess.Majority * Rows.Count)),
                ComparisonFigures.Count(Rows.Count),
                ComparisonFigures.Percent(guess.Majority),
            ]);
            table.Write(output);
        }
    }
}
