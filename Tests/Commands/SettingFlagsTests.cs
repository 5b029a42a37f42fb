using EmotionMLNet.Trainer;
using System.Text.Json.Nodes;
using EmotionMLNet.Trainer.Commands;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Commands;

/// <summary>A setting is called alike in files and on the command line.</summary>
public sealed class SettingFlagsTests
{
    [Fact]
    public void Every_setting_of_a_file_has_an_option_by_the_one_rule()
    {
        TrainingOptions options = TrainingDefaults.For("emotion-cnn", "faces");
        JsonObject all = JsonNode.Parse(SettingsFile.Write(options))!.AsObject();
        // Whether faces are there at all is the task.
        string[] settings = [.. Paths(all, "").Where(s => s != "faces"), .. Paths(FacesOf(), "faces.")];
        HashSet<string> known = [.. TrainSettings.Paths, .. FaceSettings.Paths, "data.path", "network.architecture"];
        Assert.DoesNotContain(settings, s => !known.Contains(s));
        string[] flags = [.. known.Select(SettingFlags.FromPath)];
        Assert.Equal(flags.Length, flags.Distinct().Count());
        HashSet<string> options2 = [.. Program.CreateRoot().Subcommands.Single(c => c.Name == "train").Options.Select(o => o.Name)];
        Assert.DoesNotContain(flags, f => !options2.Contains(f));
    }

    [Theory]
    [InlineData("optimisation.batchSize", "--batch-size")]
    [InlineData("data.path", "--data")]
    [InlineData("loss.kind", "--loss")]
    [InlineData("augmentation.rotate", "--augmentation")]
    [InlineData("fineTuning.head.units", "--head")]
    [InlineData("run.folder", "--out")]
    public void The_rule(string path, string flag) => Assert.Equal(flag, SettingFlags.FromPath(path));

    [Fact]
    public void Former_names_are_taken_with_a_note_each()
    {
        using var notes = new StringWriter { NewLine = "\n" };
        string[] now = FormerOptions.Rename(["train", "--arch", "x", "--lr=0.1", "--lr", "2", "--epochs", "3", "--", "--lr"], notes);
        Assert.Equal(["train", "--architecture", "x", "--learning-rate=0.1", "--learning-rate", "2", "--epochs", "3", "--", "--lr"], now);
        Assert.Equal("note: --arch is called --architecture now\nnote: --lr is called --learning-rate now\n", notes.ToString());
    }

    private static JsonObject FacesOf() =>
        JsonNode.Parse(SettingsFile.Write(TrainingDefaults.ForFaces("faces.csv")))!["faces"]!.AsObject();

    // Records that are typed as one text count as one setting.
    private static IEnumerable<string> Paths(JsonObject group, string parent)
    {
        foreach ((string name, JsonNode? value) in group)
        {
            string path = parent + name;
            if (value is JsonObject inner && path is not ("augmentation" or "progressive" or "fineTuning.head"))
                foreach (string deeper in Paths(inner, $"{path}.")) yield return deeper;
            else yield return path;
        }
    }
}
