using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Data;

/// <summary>Links, pipes, devices and folders that can't be read, in a data folder.</summary>
public sealed class FolderLinksTests
{
    private static DataFolder Ten() => new DataFolder().AddImages("happy", 5, 0).AddImages("sad", 5, 10);

    private static SourceListing List(DataFolder data) => DataSource.List(new DataOptions { Path = data.Root });

    [UnixFact]
    public void A_loop_of_links_neither_multiplies_pictures_nor_moves_them_to_another_class()
    {
        using DataFolder data = Ten();
        Directory.CreateSymbolicLink(data["angry"], data.Root);
        Directory.CreateSymbolicLink(data["happy/up"], "..");
        Directory.CreateSymbolicLink(data["happy/other"], "../sad");
        Directory.CreateSymbolicLink(data["sad/itself"], "itself");
        SourceListing listing = List(data);
        Assert.Equal(["happy", "sad"], listing.Labels);
        Assert.Equal(10, listing.Images.Count);
        Assert.All(listing.Images, i => Assert.Equal(i.Name.Split('/')[0], i.Label));
        Dictionary<string, string> reasons = listing.Unusable.ToDictionary(u => u.Name, u => u.Reason);
        Assert.Equal(["angry", "happy/other", "happy/up", "sad/itself"], reasons.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("a link to sad, which is read already", reasons["happy/other"], StringComparison.Ordinal);
        Assert.Contains("a folder around", reasons["angry"], StringComparison.Ordinal);
        Assert.Contains("a folder around", reasons["happy/up"], StringComparison.Ordinal);
        Assert.True(DataLoader.Scan(new DataOptions { Path = data.Root }, DataFolder.Grey8).HasFindings);
    }

    [UnixFact]
    public void Links_to_folders_and_files_elsewhere_are_followed_once()
    {
        using DataFolder elsewhere = new DataFolder().AddImages("smiles", 4, 0).AddImages("smiles/deep/deeper", 2, 20),
            data = new DataFolder().AddImages("sad", 3, 10);
        Directory.CreateSymbolicLink(data["happy"], elsewhere["smiles"]);
        Directory.CreateSymbolicLink(data["joy"], elsewhere["smiles"]);
        File.CreateSymbolicLink(data["sad/again.png"], elsewhere["smiles/0001.png"]);
        File.CreateSymbolicLink(data["sad/own.png"], "0010.png");
        SourceListing listing = List(data);
        Assert.Equal([("happy", 6), ("sad", 3)], listing.Images.CountBy(i => i.Label).Select(c => (c.Key, c.Value)).Order());
        Assert.Contains(listing.Images, i => i.Name == "happy/deep/deeper/0020.png");
        Assert.Equal(["joy", "sad/again.png", "sad/own.png"], listing.Unusable.Select(u => u.Name).Order(StringComparer.Ordinal));
        Assert.Contains(listing.Unusable, u => u.Reason == "the same file as sad/0010.png, which counts");
    }

    [UnixFact]
    public void A_link_around_the_data_is_no_folder_around_them()
    {
        using DataFolder data = new();
        Directory.CreateSymbolicLink(data["again"], data.Root);
        Assert.Contains("no images were found", Assert.ThrowsAny<TrainingException>(() => List(data)).Message, StringComparison.Ordinal);
    }

    [UnixFact]
    public void Pipes_and_devices_are_unusable_files_and_nothing_waits_for_them()
    {
        using DataFolder data = Ten();
        Posix.MakePipe(data["happy/pipe.png"]);
        Posix.MakePipe(data["table.csv"]);
        File.CreateSymbolicLink(data["sad/zero.png"], "/dev/zero");
        ProcessResult result = TrainerProcess.Run("data", "--data", data.Root);
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.Contains("  happy/pipe.png: a named pipe, not a regular file", result.Output, StringComparison.Ordinal);
        Assert.Contains("  sad/zero.png: a device, not a regular file", result.Output, StringComparison.Ordinal);
        ProcessResult similar = TrainerProcess.Run("data", "--data", data.Root, "--similar-together");
        Assert.Equal(ExitCode.Ok, similar.Code);

        ProcessResult itself = TrainerProcess.Run("data", "--data", data["table.csv"]);
        Assert.Equal(ExitCode.Usage, itself.Code);
        Assert.Contains("a named pipe, not a regular file", Assert.Single(itself.ErrorLines), StringComparison.Ordinal);
        Posix.MakePipe(data["labels.txt"]);
        Assert.Equal(ExitCode.Usage, TrainerProcess.Run("data", "--data", data.Root).Code);
    }

    [UnreadableFact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void A_folder_that_may_not_be_read_is_named_by_data_and_refused_by_train()
    {
        foreach (string closed in new[] { "sad", "sad/deep", "happy/deep" })
        {
            using DataFolder data = Ten();
            data.AddImages("fear", 5, 40).AddImages("sad/deep", 2, 20).AddImages("happy/deep", 2, 30);
            File.SetUnixFileMode(data[closed], UnixFileMode.None);
            ProcessResult checkedData = Posix.RunTrainerWithoutPrivileges("data", "--data", data.Root);
            Assert.True(checkedData.Code == ExitCode.Findings, checkedData.Error);
            Assert.Contains("folders that can't be read (1):", checkedData.Output, StringComparison.Ordinal);
            Assert.Contains($"  {closed}: it may not be read", checkedData.Output, StringComparison.Ordinal);
            ProcessResult training = Posix.RunTrainerWithoutPrivileges(
                "train",
                "--data",
                data.Root,
                "--out",
                Path.Combine(Path.GetTempPath(), $"emotionmlnet-{Guid.NewGuid():N}"),
                "--epochs",
                "1"
            );
            File.SetUnixFileMode(data[closed], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Assert.Equal(ExitCode.Failure, training.Code);
            Assert.Contains($"the folder {closed} can't be read: it may not be read", training.Error, StringComparison.Ordinal);
        }
    }

    [UnixFact]
    public void A_path_that_is_too_long_is_a_folder_that_cannot_be_read()
    {
        using DataFolder data = Ten();
        Posix.Run(
            "sh",
            "-c",
            $"cd '{data["sad"]}' && for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24; do n=$(printf %0200d "
                + "$i); mkdir $n && cd $n || exit 1; done"
        );
        try
        {
            SourceListing listing = List(data);
            Assert.Equal(10, listing.Images.Count);
            Assert.Contains(
                "its path is longer than this system takes",
                Assert.Single(listing.Unreadable).Reason,
                StringComparison.Ordinal
            );
            Assert.Contains(
                "can't be read",
                Assert
                    .ThrowsAny<TrainingException>(() =>
                        DataLoader.Load(new DataOptions { Path = data.Root }, DataFolder.Grey8, [Split.Train])
                    )
                    .Message,
                StringComparison.Ordinal
            );
        }
        finally
        {
            Posix.Run("rm", "-rf", data["sad"]);
        }
    }

    [UnixFact]
    public void Names_that_would_drive_a_terminal_are_shown_and_not_obeyed()
    {
        using DataFolder data = Ten();
        data.Add("sad/\u001B[31mred\n.png", "no picture").Add("sad/\u202Egnp.png", PngEncoder.Encode(new Image(8, 8, 1, new byte[64])));
        foreach (string[] more in new string[][] { [], ["--json", "-"] })
        {
            ProcessResult result = TrainerProcess.Run(["data", "--data", data.Root, .. more]);
            Assert.Equal(ExitCode.Ok, result.Code);
            Assert.DoesNotContain('\u001B', result.Output);
            Assert.DoesNotContain('\u202E', result.Output);
            Assert.Contains("\\u001B[31mred", result.Output, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("\\u202Egnp.png", result.Output, StringComparison.OrdinalIgnoreCase);
        }
        data.AddImages("bl\u001B[5mink", 3, 50);
        ProcessResult named = TrainerProcess.Run("data", "--data", data.Root);
        Assert.Equal(ExitCode.Usage, named.Code);
        Assert.Contains(
            "the class name bl\\u001B[5mink holds characters that can't be shown: rename it",
            Assert.Single(named.ErrorLines),
            StringComparison.Ordinal
        );
    }
}
