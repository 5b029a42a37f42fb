using System.Diagnostics;
using System.Text;
using System.Text.Json;
using EmotionMLNet.Files;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Tests.Commands;

/// <summary>The verb as scripts see it: exit codes, stdout, stderr, the run folder, and what a kill leaves behind.</summary>
public sealed class TrainCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public TrainCommandTests()
    {
        foreach ((string split, int count) in new[] { ("train", 36), ("validation", 12) })
            for (int i = 0; i < count; i++) Picture($"data/{split}/{Label(i)}/{i}.png", i);
    }

    private string Data => folder["data"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_mistake_is_a_line_on_stderr_and_nothing_is_trained()
    {
        ProcessResult result = TrainerProcess.Run(
            "train",
            "--data",
            Data,
            "--out",
            folder["run"],
            "--batch-size",
            "1",
            "--dropout",
            "1.5",
            "--patience",
            "-1"
        );
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Equal(["--dropout", "--batch-size", "--patience"], result.ErrorLines.Select(l => l.Split(' ')[0]));
        Assert.Empty(result.Output);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void Data_without_validation_images_say_how_there_would_be_some()
    {
        Directory.Delete(folder["data/validation"], recursive: true);
        Picture("data/train/left/more.png", 3);
        ProcessResult result = TrainerProcess.Run(
            "train",
            "--data",
            Data,
            "--validation-fraction",
            "0",
            "--epochs",
            "1",
            "--out",
            folder["run"]
        );
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains(
            "has no validation images, on which the best epoch is chosen: add a folder of them",
            result.Error,
            StringComparison.Ordinal
        );
        Assert.False(File.Exists(folder["run/model.zip"]));
    }

    [Theory]
    [InlineData("--data is missing", "train")]
    [InlineData("there is no such architecture", "train", "--data", "x", "--architecture", "vgg99")]
    [InlineData("there is no setting 'optimisation.epoch' (did you mean 'epochs'?)", "train", "--data", "x", "--settings", "SETTINGS")]
    [InlineData("that is no run folder", "train", "--resume", "nowhere")]
    [InlineData("leave --out, --epochs away", "train", "--resume", "nowhere", "--out", "elsewhere", "--epochs", "9")]
    [InlineData("there is no such file", "train", "--data", "x", "--from", "missing.zip")]
    public void A_mistake_is_one_line_and_exit_code_2(string message, params string[] arguments)
    {
        AtomicFile.WriteText(folder["settings.json"], """{ "optimisation": { "epoch": 3 } }""");
        ProcessResult result = TrainerProcess.Run([.. arguments.Select(a => a == "SETTINGS" ? folder["settings.json"] : a)]);
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains(message, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void A_run_leaves_model_logs_charts_and_resolved_settings_and_prints_the_model_alone()
    {
        // A test split that nobody can read: training does not care.
        foreach (string label in new[] { "left", "low", "right" })
            AtomicFile.WriteText(folder[$"data/test/{label}/broken.png"], "not a picture");
        AtomicFile.WriteText(
            folder["settings.json"],
            """{ "optimisation": { "epochs": 9, "batchSize": 12 }, "network": { "architecture": "three-block-cnn" } }"""
        );
        ProcessResult result = TrainerProcess.Run(
            Arguments("run", "--settings", folder["settings.json"], "--epochs", "2", "--weight-average", "0.9")
        );

        Assert.True(result.Code == ExitCode.Ok, result.Error);
        string model = Path.Combine(folder["run"], "model.zip");
        Assert.Equal(model + Environment.NewLine, result.Output);
        Assert.Equal(
            [
                "accuracy.svg",
                "augmentation.png",
                "checkpoint.bin",
                "events.out.tfevents.0.emotionmlnet",
                "log.jsonl",
                "loss.svg",
                "model.zip",
                "settings.json",
            ],
            Directory.GetFiles(folder["run"]).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        JsonElement settings = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder["run"], "settings.json"))).RootElement;
        Assert.Equal(
            "2 12 0.9 12 2 1",
            string.Join(
                ' ',
                new[]
                {
                    "optimisation.epochs",
                    "optimisation.batchSize",
                    "optimisation.weightAverage",
                    "network.width",
                    "threads",
                    "seed",
                }.Select(n => Setting(settings, n).GetRawText())
            )
        );
        Assert.Equal(["left", "low", "right"], ModelZip.Load(model).Manifest.Labels);
        Assert.Contains("stopped: all 2 epochs done", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.Error);

        ProcessResult again = TrainerProcess.Run("train", "--resume", folder["run"]);
        Assert.Equal(ExitCode.Ok, again.Code);
        Assert.Contains("nothing is left to do", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_default_warm_up_does_not_forbid_a_run_of_one_epoch()
    {
        ProcessResult result = TrainerProcess.Run(
            "train",
            "--data",
            Data,
            "--out",
            folder["run"],
            "--architecture",
            "Emotion-CNN",
            "--width",
            "12",
            "--height",
            "12",
            "--widths",
            "4,4,4,4",
            "--epochs",
            "1"
        );
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        JsonElement settings = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder["run"], "settings.json"))).RootElement;
        Assert.Equal(
            ("emotion-cnn", "sgd", 0.2f),
            (
                Setting(settings, "network.architecture").GetString(),
                Setting(settings, "optimisation.optimiser").GetString(),
                Setting(settings, "optimisation.warmUp").GetSingle()
            )
        );
    }

    [Fact]
    public void A_killed_run_resumes_to_the_bits_of_an_unbroken_one()
    {
        string[] settings =
        [
            "--epochs",
            "60",
            "--weight-average",
            "0.9",
            "--optimiser",
            "adamw",
            "--weight-decay",
            "0.01",
            "--schedule",
            "cosine",
        ];
        Assert.Equal(ExitCode.Ok, TrainerProcess.Run(Arguments("whole", settings)).Code);

        Interrupt("parts", settings, epochs: 3, process => process.Kill()); // SIGKILL: no handler runs
        int done = Epochs("parts");
        Assert.InRange(done, 3, 59);
        ProcessResult resumed = TrainerProcess.Run("train", "--resume", folder["parts"]);

        Assert.True(resumed.Code == ExitCode.Ok, resumed.Error);
        Assert.Equal(60, Epochs("parts"));
        Assert.Equal(State("whole"), State("parts"));
        Assert.Equal(Model("whole").Manifest.OnnxSha256, Model("parts").Manifest.OnnxSha256);
    }

    [Fact]
    public void A_terminated_run_keeps_its_best_model_exits_with_130_and_says_how_to_go_on()
    {
        if (OperatingSystem.IsWindows()) return; // has no SIGTERM to send
        // SIGTERM is handled as Ctrl+C is; SIGINT itself is ignored in processes that a script started in the background.
        ProcessResult result = Interrupt(
            "run",
            ["--epochs", "400"],
            epochs: 1,
            process => Process.Start("kill", ["-TERM", $"{process.Id}"]).WaitForExit()
        );
        Assert.Equal(ExitCode.Cancelled, result.Code);
        Assert.Contains($"train --resume {folder["run"]}", result.Error, StringComparison.Ordinal);
        Assert.Equal(3, Model("run").Network.Classes);
        Assert.Contains("macro F1 on validation", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_saved_model_is_trained_further_with_the_defaults_of_its_own_architecture()
    {
        Assert.Equal(ExitCode.Ok, TrainerProcess.Run(Arguments("first", "--epochs", "1")).Code);
        string model = Path.Combine(folder["first"], "model.zip");
        ProcessResult further = TrainerProcess.Run("train", "--data", Data, "--out", folder["second"], "--from", model, "--epochs", "1");
        Assert.True(further.Code == ExitCode.Ok, further.Error);
        Assert.Contains(
            "starting from all weights of the model: its labels are those of the data",
            further.Error,
            StringComparison.Ordinal
        );
        JsonElement settings = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder["second"], "settings.json"))).RootElement;
        Assert.Equal(
            ("three-block-cnn", "adam", 12),
            (
                Setting(settings, "network.architecture").GetString(),
                Setting(settings, "optimisation.optimiser").GetString(),
                Setting(settings, "network.width").GetInt32()
            )
        );
        Assert.Equal(1e-4f, Setting(settings, "optimisation.learningRate").GetSingle()); // a tenth of Adam's from random weights
        Assert.Contains(
            "learning rate 0.0001: 0.1 of what three-block-cnn takes from random weights",
            further.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(["0", "1"], Logged("second", "epoch"));
        Assert.Equal(ExitCode.Ok, TrainerProcess.Run("train", "--resume", folder["second"]).Code);

        ProcessResult wider = TrainerProcess.Run("train", "--data", Data, "--from", model, "--widths", "8,8,8");
        Assert.Equal(ExitCode.Usage, wider.Code);
        Assert.Contains("--widths", Assert.Single(wider.ErrorLines), StringComparison.Ordinal);
        ProcessResult other = TrainerProcess.Run("train", "--data", Data, "--from", model, "--architecture", "emotion-cnn");
        Assert.Equal(ExitCode.Usage, other.Code);
        Assert.Contains("leave --architecture away", Assert.Single(other.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.02f, "--learning-rate", "0.02")]
    [InlineData(0.001f, "--freeze", "all")] // a head that is drawn anew learns at the rate of random weights
    [InlineData(0.0001f, "--head", "linear")]
    public void A_rate_that_is_given_and_that_of_a_new_head_alone_are_not_lowered(float rate, params string[] settings)
    {
        TinyModel.Make("residual").Save(folder["start.zip"]);
        ProcessResult result = TrainerProcess.Run([
            "train",
            "--data",
            Data,
            "--out",
            folder["run"],
            "--from",
            folder["start.zip"],
            "--epochs",
            "1",
            "--bottlenecks",
            folder["cache"],
            .. settings,
        ]);
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.Equal(
            rate,
            JsonDocument
                .Parse(File.ReadAllText(Path.Combine(folder["run"], "settings.json")))
                .RootElement.GetProperty("optimisation")
                .GetProperty("learningRate")
                .GetSingle()
        );
    }

    [Fact]
    public void One_process_at_a_time_writes_into_a_run_folder()
    {
        using Process first = TrainerProcess.Start(Arguments("run", "--epochs", "100000"));
        try
        {
            while (!first.HasExited && !File.Exists(Path.Combine(folder["run"], Checkpoint.FileName))) Thread.Sleep(2);
            foreach (string[] second in (string[][])[["train", "--resume", folder["run"]], Arguments("run"), Arguments("run", "--force")])
            {
                ProcessResult result = TrainerProcess.Run(second);
                Assert.Equal(ExitCode.Usage, result.Code);
                Assert.Equal(
                    $"{folder["run"]}: another process is writing there; wait for it to end, or name another place",
                    Assert.Single(result.ErrorLines)
                );
                Assert.Empty(result.Output);
            }
            Assert.False(first.HasExited);
        }
        finally
        {
            first.Kill();
            first.WaitForExit();
        }
        string[] epochs = Logged("run", "epoch");
        Assert.Equal(Enumerable.Range(1, epochs.Length).Select(e => $"{e}"), epochs);
    }

    [Fact]
    public void A_run_is_not_overwritten_unless_that_is_asked_for_and_other_files_stay()
    {
        AtomicFile.WriteText(folder["run/notes.txt"], "mine");
        Assert.Equal(ExitCode.Ok, TrainerProcess.Run(Arguments("run", "--epochs", "1")).Code);
        byte[] model = File.ReadAllBytes(Path.Combine(folder["run"], "model.zip"));
        ProcessResult refused = TrainerProcess.Run(Arguments("run", "--epochs", "1", "--seed", "2"));
        Assert.Equal(ExitCode.Usage, refused.Code);
        string line = Assert.Single(refused.ErrorLines);
        Assert.Contains("--resume", line, StringComparison.Ordinal);
        Assert.Contains("--force", line, StringComparison.Ordinal);
        Assert.Equal(model, File.ReadAllBytes(Path.Combine(folder["run"], "model.zip")));

        // A run without checkpoints is one too.
        File.Delete(Path.Combine(folder["run"], Checkpoint.FileName));
        Assert.Equal(ExitCode.Usage, TrainerProcess.Run(Arguments("run", "--epochs", "1")).Code);
        Assert.Equal(
            ExitCode.Usage,
            TrainerProcess
                .Run(
                    "train",
                    "--data",
                    Data,
                    "--out",
                    folder["run"],
                    "--force",
                    "--from",
                    Path.Combine(folder["run"], "model.zip"),
                    "--epochs",
                    "1"
                )
                .Code
        );
        Assert.Equal(model, File.ReadAllBytes(Path.Combine(folder["run"], "model.zip")));

        Assert.Equal(ExitCode.Ok, TrainerProcess.Run(Arguments("run", "--epochs", "1", "--seed", "2", "--force")).Code);
        Assert.NotEqual(model, File.ReadAllBytes(Path.Combine(folder["run"], "model.zip")));
        Assert.Equal("mine", File.ReadAllText(folder["run/notes.txt"]));
    }

    [Fact]
    public void A_run_that_never_began_leaves_no_folder()
    {
        ProcessResult result = TrainerProcess.Run("train", "--data", folder["nowhere"], "--out", folder["run"]);
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void What_bits_depend_on_is_recorded_and_a_resumed_run_warns_where_it_differs()
    {
        Interrupt("run", ["--epochs", "2000"], epochs: 2, process => process.Kill());
        string settings = Path.Combine(folder["run"], "settings.json");
        Assert.Equal(2, JsonDocument.Parse(File.ReadAllText(settings)).RootElement.GetProperty("threads").GetInt32());
        Assert.StartsWith("2 threads, ", Model("run").Manifest.TrainedOn, StringComparison.Ordinal);

        using Process alone = TrainerProcess.Start("train", "--resume", folder["run"], "--threads", "1");
        int before = Epochs("run");
        while (!alone.HasExited && Epochs("run") < before + 2) Thread.Sleep(2);
        alone.Kill();
        ProcessResult result = TrainerProcess.Finish(alone);
        Assert.Contains("warning: this run began with 2 threads, ", result.Error, StringComparison.Ordinal);
        string[] threads =
        [
            .. File.ReadAllLines(Path.Combine(folder["run"], "log.jsonl"))
                .Where(l => l.EndsWith('}'))
                .Select(l => JsonDocument.Parse(l).RootElement.GetProperty("machine").GetProperty("threads").GetRawText()),
        ];
        Assert.Equal(("2", "1"), (threads[0], threads[^1]));
    }

    [Fact]
    public void A_model_that_learnt_nothing_is_told_from_one_that_did()
    {
        ProcessResult result = TrainerProcess.Run(Arguments("run", "--epochs", "1", "--learning-rate", "1e-9", "--calibrate", "false"));
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.Contains("on validation, always saying left is right 33.3 %; by chance ", result.Error, StringComparison.Ordinal);
        Assert.Contains(
            "warning: on so few pictures that is no better than always saying one label",
            result.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(1.0 / 3, Model("run").Manifest.Metrics["validationMajority"], 1e-9);
        Assert.Equal(["0.3333"], Logged("run", "majorityAccuracy").Select(m => m[..6]));
    }

    [Fact]
    public void A_batch_larger_than_the_data_is_remarked_on() =>
        Assert.Contains(
            "note: there are 36 training images, fewer than the --batch-size of 64",
            TrainerProcess.Run(Arguments("run", "--epochs", "1")).Error,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("--epochs 0: give", "--epochs", "0")]
    [InlineData("--epochs -5: give", "--epochs", "-5")]
    [InlineData("'2.5' is no whole number", "--epochs", "2.5")]
    [InlineData("'1e99' is out of range", "--epochs", "1e99")]
    [InlineData("write 0.001", "--learning-rate", "0,001")]
    [InlineData("write crop=0.9", "--augmentation", "crop=0,9")]
    [InlineData("write 0.7", "--loss", "gce=0,7")]
    [InlineData("write left=1.5", "--class-weights", "left=1,5")]
    [InlineData("write side=0.7", "--progressive", "side=0,7,epochs=0,5")]
    [InlineData("write dropout=0.5", "--head", "dense=8,dropout=0,5")]
    [InlineData("write 1.5h", "--time", "1,5h")]
    [InlineData("'NaN' is no number", "--learning-rate", "NaN")]
    [InlineData("'inf' is no number", "--augmentation", "rotate=inf")]
    [InlineData("'8.5' is no whole number", "--widths", "4,8.5")]
    public void A_number_that_is_none_is_one_line_and_exit_code_2(string message, params string[] arguments)
    {
        ProcessResult result = TrainerProcess.Run(["train", "--data", Data, "--out", folder["run"], .. arguments]);
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains(message, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void The_hints_at_the_end_can_be_pasted_into_a_shell()
    {
        if (OperatingSystem.IsWindows()) return; // the lines are for its own shells
        AtomicFile.Write(folder["it's data/train/left/0.png"], s => s.Write(TinyData.Png(0, 0)));
        for (int i = 0; i < 36; i++) Picture($"it's data/{(i < 24 ? "train" : "validation")}/{Label(i)}/{i}.png", i);
        ProcessResult trained = TrainerProcess.Run(
            "train",
            "--data",
            folder["it's data"],
            "--out",
            folder["a $run"],
            "--architecture",
            "three-block-cnn",
            "--width",
            "12",
            "--height",
            "12",
            "--widths",
            "4,6,8",
            "--epochs",
            "1",
            "--threads",
            "1"
        );
        Assert.True(trained.Code == ExitCode.Ok, trained.Error);
        string[] lines = trained.ErrorLines,
            hints =
            [.. lines.Where(l => l.StartsWith("  ", StringComparison.Ordinal) && l.Contains("model.zip", StringComparison.Ordinal))];
        Assert.Equal(2, hints.Length);
        foreach (string hint in hints)
        {
            using Process shell = Process.Start(
                new ProcessStartInfo("sh", ["-c", hint]) { RedirectStandardOutput = true, RedirectStandardError = true }
            )!;
            ProcessResult result = TrainerProcess.Finish(shell);
            Assert.True(result.Code == ExitCode.Ok, $"{hint}\n{result.Error}");
            Assert.NotEmpty(result.Output);
        }
    }

    private string[] Logged(string run, string name) =>
        [
            .. File.ReadAllLines(Path.Combine(folder[run], "log.jsonl"))
                .Where(l => l.EndsWith('}'))
                .Select(l => JsonDocument.Parse(l).RootElement.GetProperty(name).GetRawText()),
        ];

    private static string Label(int i) => TinyData.Labels[i % 3];

    private void Picture(string path, int i) => AtomicFile.Write(folder[path], s => s.Write(TinyData.Png(i % 3, seed: i)));

    private string[] Arguments(string run, params string[] more) =>
        [
            "train",
            "--data",
            Data,
            "--out",
            folder[run],
            "--architecture",
            "three-block-cnn",
            "--width",
            "12",
            "--height",
            "12",
            "--widths",
            "4,6,8",
            "--threads",
            "2",
            .. more,
        ];

    // Waits until so many epochs are in the log of a running training, and then does something to it.
    private ProcessResult Interrupt(string run, string[] settings, int epochs, Action<Process> act)
    {
        using Process process = TrainerProcess.Start(Arguments(run, settings));
        while (!process.HasExited && (!File.Exists(Path.Combine(folder[run], Checkpoint.FileName)) || Epochs(run) < epochs))
            Thread.Sleep(2);
        act(process);
        return TrainerProcess.Finish(process);
    }

    private int Epochs(string run)
    {
        string log = Path.Combine(folder[run], "log.jsonl");
        using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd().Count(c => c == '\n');
    }

    private ModelZip Model(string run) => ModelZip.Load(Path.Combine(folder[run], "model.zip"));

    // Weights, moments and averages of a checkpoint, without the history, which has times in it.
    private byte[] State(string run)
    {
        byte[] file = File.ReadAllBytes(Path.Combine(folder[run], Checkpoint.FileName));
        using var reader = new BinaryReader(new MemoryStream(file), Encoding.UTF8);
        reader.ReadBytes(8);
        reader.ReadString();
        reader.ReadString();
        return file[(int)reader.BaseStream.Position..^32];
    }

    private static JsonElement Setting(JsonElement settings, string path) =>
        path.Split('.').Aggregate(settings, (group, name) => group.GetProperty(name));
}
