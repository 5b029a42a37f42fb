using EmotionMLNet.Terminal;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using EmotionMLNet.Files;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Trainer;
using EmotionMLNet.Trainer.Training;

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
        ProcessResult result = TrainerProcess.Run("train", "--data", Data, "--out", folder["run"], "--batch", "1", "--dropout", "1.5", "--patience", "-1");
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Equal(["--batch", "--dropout", "--patience"], result.ErrorLines.Select(l => l.Split(' ')[0]));
        Assert.Empty(result.Output);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Theory]
    [InlineData("--data is missing", "train")]
    [InlineData("there is no such architecture", "train", "--data", "x", "--arch", "vgg99")]
    [InlineData("there is no setting 'epoch' (did you mean 'epochs'?)", "train", "--data", "x", "--settings", "SETTINGS")]
    [InlineData("is no run folder", "train", "--resume", "nowhere")]
    [InlineData("leave --out, --epochs away", "train", "--resume", "nowhere", "--out", "elsewhere", "--epochs", "9")]
    [InlineData("there is no such file", "train", "--data", "x", "--from", "missing.zip")]
    public void A_mistake_is_one_line_and_exit_code_2(string message, params string[] arguments)
    {
        AtomicFile.WriteText(folder["settings.json"], """{ "epoch": 3 }""");
        ProcessResult result = TrainerProcess.Run([.. arguments.Select(a => a == "SETTINGS" ? folder["settings.json"] : a)]);
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains(message, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void A_run_leaves_model_logs_charts_and_resolved_settings_and_prints_the_model_alone()
    {
        // A test split that nobody can read: training does not care.
        foreach (string label in new[] { "left", "low", "right" }) AtomicFile.WriteText(folder[$"data/test/{label}/broken.png"], "not a picture");
        AtomicFile.WriteText(folder["settings.json"], """{ "epochs": 9, "batchSize": 12, "architecture": "three-block-cnn" }""");
        ProcessResult result = TrainerProcess.Run(Arguments("run", "--settings", folder["settings.json"], "--epochs", "2", "--ema", "0.9"));

        Assert.True(result.Code == ExitCode.Ok, result.Error);
        string model = Path.Combine(folder["run"], "model.zip");
        Assert.Equal(model + Environment.NewLine, result.Output);
        Assert.Equal(
            ["accuracy.svg", "augmentation.png", "checkpoint.bin", "events.out.tfevents.0.emotionmlnet", "log.jsonl", "loss.svg", "model.zip", "settings.json"],
            Directory.GetFiles(folder["run"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        JsonElement settings = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder["run"], "settings.json"))).RootElement;
        Assert.Equal("2 12 0.9 12 2 1", string.Join(' ', new[] { "epochs", "batchSize", "weightAverage", "width", "threads", "seed" }.Select(n => settings.GetProperty(n).GetRawText())));
        Assert.Equal(["left", "low", "right"], ModelZip.Load(model).Manifest.Labels);
        Assert.Contains("stopped: all 2 epochs done", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.Error);

        ProcessResult again = TrainerProcess.Run("train", "--resume", folder["run"]);
        Assert.Equal(ExitCode.Ok, again.Code);
        Assert.Contains("nothing is left to do", again.Error, StringComparison.Ordinal);
        Assert.Contains("--resume", Assert.Single(TrainerProcess.Run(Arguments("run")).ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_default_warm_up_does_not_forbid_a_run_of_one_epoch()
    {
        ProcessResult result = TrainerProcess.Run("train", "--data", Data, "--out", folder["run"], "--arch", "Emotion-CNN", "--width", "12", "--height", "12", "--widths", "4,4,4,4", "--epochs", "1");
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        JsonElement settings = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder["run"], "settings.json"))).RootElement;
        Assert.Equal(("emotion-cnn", "sgd", 0.2f), (settings.GetProperty("architecture").GetString(), settings.GetProperty("optimiser").GetString(), settings.GetProperty("warmUp").GetSingle()));
    }

    [Fact]
    public void A_killed_run_resumes_to_the_bits_of_an_unbroken_one()
    {
        string[] settings = ["--epochs", "60", "--ema", "0.9", "--optimiser", "adamw", "--weight-decay", "0.01", "--schedule", "cosine"];
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
        ProcessResult result = Interrupt("run", ["--epochs", "400"], epochs: 1, process => Process.Start("kill", ["-TERM", $"{process.Id}"]).WaitForExit());
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
        Assert.Contains("starting from all weights of the model: its labels are those of the data", further.Error, StringComparison.Ordinal);
        JsonElement settings = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder["second"], "settings.json"))).RootElement;
        Assert.Equal(("three-block-cnn", "adam", 12), (settings.GetProperty("architecture").GetString(), settings.GetProperty("optimiser").GetString(), settings.GetProperty("width").GetInt32()));
        Assert.Equal(ExitCode.Ok, TrainerProcess.Run("train", "--resume", folder["second"]).Code);

        ProcessResult wider = TrainerProcess.Run("train", "--data", Data, "--from", model, "--widths", "8,8,8");
        Assert.Equal(ExitCode.Usage, wider.Code);
        Assert.Contains("--widths", Assert.Single(wider.ErrorLines), StringComparison.Ordinal);
        ProcessResult other = TrainerProcess.Run("train", "--data", Data, "--from", model, "--arch", "emotion-cnn");
        Assert.Equal(ExitCode.Usage, other.Code);
        Assert.Contains("leave --arch away", Assert.Single(other.ErrorLines), StringComparison.Ordinal);
    }

    private static string Label(int i) => TinyData.Labels[i % 3];

    private void Picture(string path, int i) => AtomicFile.Write(folder[path], s => s.Write(TinyData.Png(i % 3, seed: i)));

    private string[] Arguments(string run, params string[] more)
        => ["train", "--data", Data, "--out", folder[run], "--arch", "three-block-cnn", "--width", "12", "--height", "12", "--widths", "4,6,8", "--threads", "2", .. more];

    // Waits until so many epochs are in the log of a running training, and then does something to it.
    private ProcessResult Interrupt(string run, string[] settings, int epochs, Action<Process> act)
    {
        using Process process = TrainerProcess.Start(Arguments(run, settings));
        while (!process.HasExited && (!File.Exists(Path.Combine(folder[run], Checkpoint.FileName)) || Epochs(run) < epochs)) Thread.Sleep(2);
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
}
