using System.Text.Json;
using EmotionMLNet.Files;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Commands;

/// <summary>What is done to training images, from the command line to the model zip, and the lists that other verbs make for it.</summary>
public sealed class TrainingDataCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public TrainingDataCommandTests()
    {
        for (int i = 0; i < 36; i++) Picture($"data/train/{Label(i)}/{i}.png", i);
        for (int i = 30; i < 48; i++) Picture($"data/validation/{Label(i)}/{i}.png", i); // the first six are training images
        AtomicFile.WriteText(
            folder["votes.csv"],
            "path,left,low,right\n" + string.Concat(Enumerable.Range(0, 12).Select(i => $"{Label(i)}/{i}.png,2,1,1\n"))
        );
        AtomicFile.WriteText(folder["list.csv"], "path\ntrain/left/0.png\ntrain/low/1.png\n");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_change_of_the_training_split_is_counted_in_log_run_folder_zip_and_card()
    {
        ProcessResult result = Train(
            "run",
            "--drop-leaks",
            "--exclude",
            folder["list.csv"],
            "--soft-labels",
            folder["votes.csv"],
            "--soft-weight",
            "0.5",
            "--balance",
            "0.5",
            "--loss",
            "gce=0.7",
            "--augmentation",
            "flip,mixup,cutmix"
        );
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        string[] notes =
        [
            "6 of 36 training images left out: 6 identical to one of another split that was read, 0 identical under "
                + "different labels, 0 blank",
            "2 of 36 training images left out: listed in list.csv (0 of its rows name no training image)",
            "extra annotation: soft labels from votes.csv for 10 of 28 training images, weight 0.5; their votes agree with "
                + "the label for 30.0 %; 0 whose votes are not mostly for these labels and 18 without votes keep their label",
            "sampled with balance 0.5: an epoch shows left 9, low 9, right 10",
        ];
        foreach (string note in notes) Assert.Contains($"training data: {note}", result.Error, StringComparison.Ordinal);
        Assert.Contains("28 training images", result.Error, StringComparison.Ordinal);

        ModelManifest manifest = ModelZip.Load(Model("run")).Manifest;
        Assert.Equal(notes, manifest.TrainingNotes);
        Assert.Equal(
            ["list.csv", "votes.csv", "gce=0.7"],
            new[] { ("trainingSet", "exclude"), ("trainingSet", "softLabels"), ("loss", "kind") }.Select(n =>
                manifest.Settings!.Value.GetProperty(n.Item1).GetProperty(n.Item2).GetString()
            )
        );
        JsonElement changes = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder["run"], "training-data.json"))).RootElement;
        Assert.Equal(8, changes.GetProperty("leftOut").GetArrayLength());
        Assert.Equal(
            "listed in list.csv",
            changes
                .GetProperty("leftOut")
                .EnumerateArray()
                .Single(l => l.GetProperty("image").GetString() == "train/left/0.png")
                .GetProperty("reason")
                .GetString()
        );

        Assert.Equal(ExitCode.Ok, TrainerProcess.Run("train", "--resume", folder["run"]).Code);
        AtomicFile.WriteText(folder["votes.csv"], "path,left,low,right\ntrain/left/3.png,1,1,1\n");
        ProcessResult changed = TrainerProcess.Run("train", "--resume", folder["run"]);
        Assert.Contains("was made with other settings or other data", changed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_leaks_that_data_lists_are_those_that_train_drops()
    {
        ProcessResult data = TrainerProcess.Run(
            "data",
            "--data",
            folder["data"],
            "--width",
            "12",
            "--height",
            "12",
            "--leaks",
            folder["leaks.csv"]
        );
        Assert.True(data.Code == ExitCode.Ok, data.Error);
        Assert.Equal(["path,reason", .. Enumerable.Range(30, 6).Select(i => $"train/{Label(i)}/{i}.png").Order(StringComparer.Ordinal)],
            File.ReadAllLines(folder["leaks.csv"]).Select((l, i) => i == 0 ? l : l.Split(',')[0]).Order(StringComparer.Ordinal));
        ProcessResult result = Train("run", "--exclude", folder["leaks.csv"]);
        Assert.Contains("6 of 36 training images left out: listed in leaks.csv", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Suspects_say_whether_the_model_was_trained_on_what_it_ranks()
    {
        Assert.Equal(ExitCode.Ok, Train("all").Code);
        ProcessResult own = Suspects("all");
        Assert.True(own.Code == ExitCode.Ok, own.Error);
        Assert.Contains("the model WAS TRAINED on the images that it ranks here", own.Error, StringComparison.Ordinal);
        string[] lines = File.ReadAllLines(folder["suspects.csv"]);
        Assert.Equal("path,label,suggested,self_confidence,margin,model_trained_on_it", lines[0]);
        Assert.Contains($"suspects.csv: {lines.Length - 1} of 36 images", own.Error, StringComparison.Ordinal);
        Assert.All(lines.Skip(1), l => Assert.Matches("^train/(left|low|right)/[0-9]+.png,(left|low|right),(left|low|right),.*,yes$", l));

        AtomicFile.WriteText(
            folder["half.csv"],
            "path\n" + string.Concat(Enumerable.Range(0, 18).Select(i => $"train/{Label(i)}/{i}.png\n"))
        );
        Assert.Equal(ExitCode.Ok, Train("half", "--exclude", folder["half.csv"]).Code);
        ProcessResult other = Suspects("half", "--only", folder["half.csv"]);
        Assert.Contains("out-of-sample", other.Error, StringComparison.Ordinal);
        Assert.Contains("of 18 images", other.Error, StringComparison.Ordinal);
        Assert.Contains("not trained on this split", Suspects("half", "--split", "validation").Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, Suspects("half", "--split", "test").Code);
    }

    [Fact]
    public void A_frozen_backbone_s_head_learns_soft_and_balanced_targets_and_keeps_what_its_backbone_s_zip_says()
    {
        Assert.Equal(ExitCode.Ok, Train("start", "--exclude", folder["list.csv"]).Code);
        ProcessResult result = TrainerProcess.Run(
            "train",
            "--data",
            folder["data"],
            "--out",
            folder["head"],
            "--from",
            Model("start"),
            "--freeze",
            "all",
            "--epochs",
            "2",
            "--bottlenecks",
            folder["cache"],
            "--soft-labels",
            folder["votes.csv"],
            "--balance",
            "1"
        );
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        IReadOnlyList<string> notes = ModelZip.Load(Model("head")).Manifest.TrainingNotes;
        Assert.Equal(3, notes.Count);
        Assert.Equal(
            "the weights that training began with, model.zip: 2 of 36 training images left out: listed in list.csv (0 of its "
                + "rows name no training image)",
            notes[2]
        );

        ProcessResult taught = Train("taught", "--teachers", Model("start"));
        Assert.True(taught.Code == ExitCode.Ok, taught.Error);
        Assert.StartsWith(
            "the teacher model.zip: 2 of 36 training images left out",
            Assert.Single(ModelZip.Load(Model("taught")).Manifest.TrainingNotes),
            StringComparison.Ordinal
        );
        ProcessResult both = TrainerProcess.Run("ensemble", Model("start"), Model("taught"), "--out", folder["both.zip"]);
        Assert.True(both.Code == ExitCode.Ok, both.Error);
        Assert.Equal(2, ModelZip.Load(folder["both.zip"]).Manifest.TrainingNotes.Count);
    }

    private static string Label(int i) => TinyData.Labels[i % 3];

    private string Model(string run) => Path.Combine(folder[run], "model.zip");

    private void Picture(string path, int i) => AtomicFile.Write(folder[path], s => s.Write(TinyData.Png(i % 3, seed: i)));

    private ProcessResult Suspects(string run, params string[] more) =>
        TrainerProcess.Run([
            "suspects",
            "--model",
            Model(run),
            "--data",
            folder["data"],
            "--out",
            folder["suspects.csv"],
            "--force",
            .. more,
        ]);

    private ProcessResult Train(string run, params string[] more) =>
        TrainerProcess.Run([
            "train",
            "--data",
            folder["data"],
            "--out",
            folder[run],
            "--architecture",
            "three-block-cnn",
            "--width",
            "12",
            "--height",
            "12",
            "--widths",
            "4,4,4",
            "--epochs",
            "2",
            "--batch-size",
            "8",
            "--threads",
            "1",
            .. more,
        ]);
}
