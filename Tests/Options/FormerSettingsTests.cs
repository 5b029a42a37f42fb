using System.Text.Json.Nodes;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Options;

/// <summary>Settings of earlier versions are read as what they meant.</summary>
public sealed class FormerSettingsTests
{
    private static TrainingOptions Read(string json, out IReadOnlyList<(string Name, string Path)> renamed) =>
        SettingsFile.Overlay(
            TrainingDefaults.For("emotion-cnn", ""),
            FormerSettings.Upgrade(JsonNode.Parse(json)!.AsObject(), out renamed),
            "settings.json"
        );

    [Fact]
    public void Names_on_one_level_find_their_records()
    {
        TrainingOptions read = Read("""
            {
              "data": "faces", "architecture": "resnet18", "epochs": 7, "loss": "gce=0.6", "labels": "happy,sad", "seed": 4, "threads": 2, "freeze": "3",
              "blocks": { "kind": "residual", "squeezeReduction": 8, "depths": [2, 2, 3, 3], "stochasticDepth": 0.2 },
              "distillation": { "teachers": ["a.zip"], "weight": 0.5, "temperature": 3, "views": "flip" },
              "augmentation": { "flip": true }, "head": { "units": 16, "dropout": 0.5 }, "exclude": "x.csv", "calibrate": false
            }
            """, out IReadOnlyList<(string Name, string Path)> renamed);
        TrainingOptions standard = TrainingDefaults.For("emotion-cnn", "");
        TrainingOptions expected = standard with
        {
            Data = standard.Data with { Path = "faces", Labels = ["happy", "sad"] },
            TrainingSet = standard.TrainingSet with { Exclude = "x.csv" },
            Network = standard.Network with
            {
                Architecture = "resnet18",
                Blocks = EmotionMLNet.Architectures.BlockKind.Residual,
                SqueezeReduction = 8,
                Depths = [2, 2, 3, 3],
                StochasticDepth = 0.2f,
            },
            Optimisation = standard.Optimisation with { Epochs = 7 },
            Loss = standard.Loss with { Kind = LossFunction.GeneralisedCrossEntropy(0.6) },
            Augmentation = new AugmentationOptions { Flip = true },
            Distillation = new()
            {
                Teachers = ["a.zip"],
                TeacherWeight = 0.5f,
                TeacherTemperature = 3,
                TeacherViews = TestTimeAugmentation.Flip,
            },
            FineTuning = standard.FineTuning with { Freeze = Freezing.First(3), Head = new HeadOptions { Units = 16, Dropout = 0.5f } },
            Output = standard.Output with { Calibrate = false },
            Seed = 4,
            Threads = 2,
        };
        Assert.Equal(SettingsFile.Write(expected), SettingsFile.Write(read));
        Assert.Contains(("epochs", "optimisation.epochs"), renamed);
        Assert.Contains(("distillation.weight", "distillation.teacherWeight"), renamed);
        Assert.Contains(("blocks.kind", "network.blocks"), renamed);
        Assert.DoesNotContain(renamed, r => r.Name is "seed" or "augmentation");
    }

    [Fact]
    public void Numbers_that_meant_nothing_are_nothing()
    {
        TrainingOptions read = Read("""
            {
              "epochs": 3, "dropout": -1, "width": 0, "height": 0, "channels": 0, "threads": 0, "patience": 0, "clipNorm": 0, "unfreezeEvery": 0, "widths": [],
              "blocks": { "kind": "plain", "squeezeReduction": 0, "depths": [], "stochasticDepth": null }, "head": { "units": 0, "dropout": 0 }
            }
            """, out _);
        Assert.Equal((null, null, null, null), (read.Network.Dropout, read.Network.Width, read.Network.Height, read.Network.Channels));
        Assert.Equal(
            (null, null, null, null),
            (read.Threads, read.Optimisation.Patience, read.Optimisation.ClipNorm, read.FineTuning.UnfreezeEvery)
        );
        Assert.Equal(
            (null, null, null, null),
            (read.Network.Widths, read.Network.Depths, read.Network.SqueezeReduction, read.FineTuning.Head!.Units)
        );
        Assert.Empty((read with { FineTuning = read.FineTuning with { Head = null } }).FindProblems());
    }

    [Fact]
    public void What_is_written_today_is_left_as_it_is()
    {
        JsonObject today = JsonNode.Parse(SettingsFile.Write(TrainingDefaults.For("resnet50", "faces")))!.AsObject();
        Assert.Same(today, FormerSettings.Upgrade(today, out IReadOnlyList<(string Name, string Path)> renamed));
        Assert.Empty(renamed);
    }

    [Fact]
    public void The_recipes_of_the_shipped_models_are_read_whole()
    {
        foreach (string recipe in Directory.GetFiles(Path.Combine(Repository.Root, "artifacts", "recipes"), "*.json"))
        {
            TrainingOptions read = SettingsFile.Overlay(new TrainingOptions(), SettingsFile.Read(recipe, out _), recipe);
            Assert.True(read.Optimisation.Epochs > 0 && read.Network.Architecture.Length > 0, recipe);
        }
    }

    // Found by the fuzzer.
    [Theory]
    [InlineData("""{ "blocks": 3 }""", "blocks")]
    [InlineData("""{ "distillation": 3, "epochs": 2 }""", "distillation")]
    public void A_former_record_that_is_none_stays_to_be_refused_by_its_name(string file, string name)
    {
        JsonObject upgraded = FormerSettings.Upgrade(JsonNode.Parse(file)!.AsObject(), out _);

        Assert.True(upgraded.ContainsKey(name));
    }
}
