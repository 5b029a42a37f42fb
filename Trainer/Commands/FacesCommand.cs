using System.CommandLine;
using EmotionMLNet.Files;
using EmotionMLNet.Formatting;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Terminal;
using EmotionMLNet.Training.DrawnFaces;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>faces: Draws a data set of synthetic faces.</summary>
internal static class FacesCommand
{
    // Shares of train, validation and test under --split, as everywhere else.
    private const double ValidationFraction = 0.2, TestFraction = 0.1;

    public static Command Create()
    {
        Option<string> folder = new("--out") { HelpName = "DIR", Description = "Folder to write the class folders into.", Required = true };
        Option<int> count = new NumberOption<int>("--per-class")
        {
            Description = "Pictures a class.",
            DefaultValueFactory = _ => 200,
            HelpName = "N",
        };
        Option<ulong> seed = new NumberOption<ulong>("--seed")
        {
            Description = "The same seed draws the same faces.",
            DefaultValueFactory = _ => 1,
            HelpName = "S",
        };
        Option<int> size = new NumberOption<int>("--size")
        {
            Description = "Pixels a side.",
            DefaultValueFactory = _ => 48,
            HelpName = "PIXELS",
        };
        Option<bool> split = new FlagOption("--split")
        {
            Description = "Write train, validation and test folders (70 %, 20 %, 10 %) over the class folders.",
        };
        Option<bool> force = new FlagOption("--force")
        {
            Description = "Write into a folder that is not empty; what has other names there stays.",
        };
        var command = new Verb("faces", "Draws a data set of synthetic faces: seven expressions of made-up people.")
            .Add("Options", folder, count, size, seed, split, force)
            .AddExamples("--out drawn --per-class 500 --split");
        command.SetAction((parsed, cancellation) => Task.Run(() => CommandGuard.Run(() =>
        {
            Within("--per-class", parsed.GetValue(count), 1, 1_000_000);
            Within("--size", parsed.GetValue(size), 16, 1024);
            OutputFile.Refuse(parsed.GetValue(folder)!, parsed.GetValue(force));
            return Draw(
                parsed.GetValue(folder)!,
                parsed.GetValue(count),
                parsed.GetValue(seed),
                parsed.GetValue(size),
                parsed.GetValue(split),
                cancellation
            );
        }), CancellationToken.None));
        return command;
    }

    private static void Within(string option, int value, int least, int most)
    {
        if (value < least || value > most) throw new UserException($"{option} is {value}: give a number from {least} to {most}.");
    }

    /// <summary>Draws a data set.</summary>
    /// <param name="folder">Gets the class folders.</param>
    /// <param name="count">Pictures a class.</param>
    /// <param name="seed">The seed of the drawing: the same seed draws the same faces.</param>
    /// <param name="size">Pixels a side.</param>
    /// <param name="split">Whether train, validation and test folders go over the class folders.</param>
    /// <param name="cancellation">Ends it between two faces.</param>
    /// <returns><see cref="ExitCode.Ok"/>.</returns>
    internal static int Draw(string folder, int count, ulong seed, int size, bool split, CancellationToken cancellation)
    {
        int total = FaceGenerator.Labels.Count * count, done = 0;
        using (var progress = new ConsoleProgress("Drawing faces", "faces"))
        {
            Parallel.For(
                0,
                total,
                new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount },
                i =>
                {
                    string label = FaceGenerator.Labels[i / count];
                    int number = i % count;
                    string part = split ? Part(number, count) : "";
                    byte[] png = PngEncoder.Encode(FaceGenerator.Draw(label, number, seed, size));
                    AtomicFile.Write(Path.Combine(folder, part, label, $"{number:D4}.png"), stream => stream.Write(png));
                    progress.Report(new WorkProgress(Interlocked.Increment(ref done), total));
                }
            );
        }
        Console.Error.WriteLine(
            $"{Plural.Format(total, "face")} of {FaceGenerator.Labels.Count} classes, {size} x {size}, seed {seed}: "
                + $"{PrintableText.Line(Path.GetFullPath(folder))}"
        );
        return ExitCode.Ok;
    }

    /// <summary>Every face is another person, so that any cut is fair.</summary>
    private static string Part(int number, int count) =>
        number < (int)Math.Round(count * TestFraction) ? "test"
        : number < (int)Math.Round(count * (TestFraction + ValidationFraction)) ? "validation"
        : "train";
}
