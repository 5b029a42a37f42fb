using EmotionMLNet.Trainer;
using System.Text.Json;
using EmotionMLNet.Terminal;
using EmotionMLNet.Trainer.Rendering;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Data;

public sealed class DataReportOutputTests
{
    private static DataFolder Messy()
    {
        DataFolder data = new DataFolder()
            .AddImages("train/happy", 3, 0)
            .AddImages("train/sad", 2, 100)
            .AddImages("test/happy", 2, 2)
            .AddImages("val/sad", 2, 200);
        return data.Add("train/sad/empty.jpg", "").Add("notes/a.txt", "x");
    }

    [Fact]
    public void The_table_names_counts_splits_notes_and_every_finding()
    {
        using DataFolder data = Messy();
        var writer = new StringWriter { NewLine = "\n" };
        DataReportText.Write(DataLoader.Scan(new DataOptions { Path = data.Root }, DataFolder.Grey8) with { Path = "DATA" }, writer);
        Assert.All(writer.ToString().Split('\n'), l => Assert.True(l.Length <= 80, l));
        Assert.Equal("""
            DATA: split folders, 10 images, 2 classes
              folder notes is not read: it is not named as a split
              validation has no image of happy (5 images in all): nothing there says how
                well it is told; add images, or leave such a class out with --labels
              test has no image of sad (5 images in all): nothing there says how well it is
                told; add images, or leave such a class out with --labels

                      train  validation  test  all
            happy         3           0     2    5
            sad           2           2     0    4
            all           5           2     2    9
            unusable      1           0     0    1

            train: train; always saying happy would be right 60.0 % of the time
            validation: val; always saying sad would be right 100.0 % of the time
            test: test; always saying happy would be right 100.0 % of the time
            chance: a label drawn at random would be right 50.0 % of the time
            sizes: 8 x 8
            formats: PNG 9

            identical               groups  copies  in another split  under other labels
            as stored                    1       1                 1                   0
            as the network sees it       1       1                 1                   0

            unusable (1):
              train/sad/empty.jpg: unknown, byte 0: the file is empty

            identical across splits or labels (1):
              train/happy/0002.png [happy] = test/happy/0002.png [happy]

            findings: 1 unusable, 1 also in another split

            """.ReplaceLineEndings("\n"), writer.ToString());
    }

    [Fact]
    public void Json_carries_the_whole_report()
    {
        using DataFolder data = Messy();
        using JsonDocument json = JsonDocument.Parse(
            DataReportJson.Write(DataLoader.Scan(new DataOptions { Path = data.Root }, DataFolder.Grey8))
        );
        JsonElement root = json.RootElement;
        Assert.True(root.GetProperty("hasFindings").GetBoolean());
        Assert.Equal("train/sad/empty.jpg", root.GetProperty("unusable")[0].GetProperty("name").GetString());
        Assert.Equal("validation", root.GetProperty("splits")[1].GetProperty("split").GetString());
        Assert.Equal([0, 2], root.GetProperty("splits")[1].GetProperty("usable").EnumerateArray().Select(n => n.GetInt32()));
        Assert.Equal(0.6, root.GetProperty("splits")[0].GetProperty("baseline").GetProperty("majority").GetDouble());
        Assert.Equal(0, root.GetProperty("unreadable").GetArrayLength());
        Assert.Equal(2, root.GetProperty("pixelIdentical").GetProperty("worst")[0].GetProperty("images").GetArrayLength());
    }

    [Fact]
    public void The_verb_exits_with_3_under_strict_and_with_2_without_data()
    {
        using DataFolder messy = Messy(), clean = new DataFolder().AddImages("happy", 5, 0).AddImages("sad", 5, 10);
        string json = messy["report.json"];
        Assert.Equal(ExitCode.Ok, Program.Main(["data", "--data", messy.Root, "--json", json]));
        Assert.Equal(ExitCode.Findings, Program.Main(["data", "--data", messy.Root, "--strict", "--json", json, "--force"]));
        Assert.Equal(ExitCode.Ok, Program.Main(["data", "--data", clean.Root, "--strict", "--json", json, "--force"]));
        Assert.False(JsonDocument.Parse(File.ReadAllText(json)).RootElement.GetProperty("hasFindings").GetBoolean());
        Assert.Equal(ExitCode.Usage, Program.Main(["data", "--data", messy["absent"]]));
        Assert.Equal(ExitCode.Usage, Program.Main(["data", "--data", clean.Root, "--channels", "2"]));
    }
}
