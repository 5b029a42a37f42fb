using System.Formats.Tar;
using System.IO.Compression;
using EmotionMLNet.Files;
using EmotionMLNet.Predictor;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Predictor;

/// <summary>
/// --sort-into: whatever labels are called and whatever lies at the target, copies stay in the folder and nothing is lost.
/// </summary>
public sealed class SorterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("..")]
    [InlineData("../out")]
    [InlineData("/etc")]
    [InlineData(@"..\out")]
    [InlineData("")]
    [InlineData("NUL")]
    [InlineData("a\nb")]
    public void A_label_never_leads_out_of_the_folder(string label)
    {
        string picture = Pictures.Write(folder["in/p.png"]);
        Assert.Null(new Sorter(folder["in/sorted"], [label]).Place(Of(picture, 0)));
        Assert.Equal(["p.png"], Directory.GetFiles(folder["in/sorted"], "*", SearchOption.AllDirectories).Select(Path.GetFileName));
        Assert.Equal(2, Directory.GetFiles(folder.FullName, "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void Labels_that_one_file_system_or_another_takes_for_equal_get_folders_of_their_own()
    {
        string[] labels = ["Happy", "happy", "a/b", "a_b", "uncertain"];
        var sorter = new Sorter(folder["sorted"], labels);
        for (int i = 0; i <= labels.Length; i++)
            Assert.Null(sorter.Place(Of(Pictures.Write(folder[$"{i}.png"], i), i))); // the last one is the uncertain
        string[] folders = [.. Directory.GetDirectories(folder["sorted"]).Select(f => Path.GetFileName(f)!)];
        Assert.Equal(labels.Length + 1, folders.Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void Equal_names_are_kept_apart_and_a_second_run_copies_nothing()
    {
        string[] pictures =
        [
            Pictures.Write(folder["a/p.png"], 1),
            Pictures.Write(folder["b/p.png"], 2),
            Pictures.Write(folder["c/p.png"], 1),
        ];
        for (int run = 0; run < 2; run++)
        {
            var sorter = new Sorter(folder["sorted"], ["x"]);
            foreach (string picture in pictures) Assert.Null(sorter.Place(Of(picture, 0)));
            Assert.Equal(
                ["p (2).png", "p.png"],
                Directory.GetFiles(folder["sorted/x"]).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            ); // that of c is that of a
        }
        Assert.Equal(File.ReadAllBytes(pictures[1]), File.ReadAllBytes(folder["sorted/x/p (2).png"]));
    }

    [UnixFact]
    public void A_link_at_the_target_is_never_followed_or_replaced()
    {
        string picture = Pictures.Write(folder["p.png"]);
        Directory.CreateDirectory(folder["outside"]);
        Directory.CreateDirectory(folder["sorted/x"]);
        Directory.CreateSymbolicLink(folder["sorted/y"], folder["outside"]);
        File.CreateSymbolicLink(folder["sorted/x/p.png"], folder["outside/nothing.png"]);
        var sorter = new Sorter(folder["sorted"], ["x", "y"]);
        Assert.Null(sorter.Place(Of(picture, 0)));
        Assert.Contains("is a link", sorter.Place(Of(picture, 1)), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder["outside"]));
        Assert.NotNull(new FileInfo(folder["sorted/x/p.png"]).LinkTarget);
        Assert.Equal(File.ReadAllBytes(picture), File.ReadAllBytes(folder["sorted/x/p (2).png"]));
    }

    [Fact]
    public void A_copy_that_fails_costs_neither_the_row_nor_the_run()
    {
        TinyModel.Make().Save(folder["model.zip"]);
        Pictures.Write(folder["in/p.png"]);
        AtomicFile.WriteText(folder["sorted"], "a file where the folder should be");
        ProcessResult result = PredictorProcess.Run(null, folder["model.zip"], folder["in"], "--sort-into", folder["sorted"]);
        Assert.Equal(3, result.Code);
        Assert.EndsWith(",", result.Output.TrimEnd().Split('\n')[1], StringComparison.Ordinal); // a label, and no error
        Assert.Contains(result.ErrorLines, l => l.Contains("p.png could not be copied: ", StringComparison.Ordinal));
    }

    [Fact]
    public void The_sorted_folder_itself_is_not_classified()
    {
        TinyModel.Make().Save(folder["model.zip"]);
        Pictures.Write(folder["in/p.png"]);
        for (int run = 0; run < 2; run++)
        {
            ProcessResult result = PredictorProcess.Run(
                null,
                folder["model.zip"],
                folder["in"],
                "--recursive",
                "--sort-into",
                folder["in/sorted"],
                "--quiet"
            );
            Assert.Equal((0, 2), (result.Code, result.Output.TrimEnd().Split('\n').Length));
        }
    }

    [SharedDataFact("hostile.tar.gz")]
    public void The_hostile_models_sort_into_the_folder_too()
    {
        using (var archive = new GZipStream(File.OpenRead(Path.Combine(SharedData.Folder!, "hostile.tar.gz")), CompressionMode.Decompress))
            TarFile.ExtractToDirectory(archive, folder.FullName, overwriteFiles: false);
        Pictures.Write(folder["deep/in/p.png"]);
        int before = Directory.GetFiles(folder.FullName, "*", SearchOption.AllDirectories).Length, sorted = 0;
        string[] models = Directory.GetFiles(Path.Combine(folder["hostile"], "zips"), "dd*.zip");
        Assert.NotEmpty(models);
        foreach (string model in models)
        {
            string target = Path.Combine(folder["deep"], Path.GetFileNameWithoutExtension(model));
            PredictorProcess.Run(null, model, folder["deep/in"], "--sort-into", target);
            if (Directory.Exists(target)) sorted += Directory.GetFiles(target, "*", SearchOption.AllDirectories).Length;
        }
        Assert.Equal(before + sorted, Directory.GetFiles(folder.FullName, "*", SearchOption.AllDirectories).Length);
    }

    private static Row Of(string path, int label) => new(path, label, "label", 1, [new LabelScore("label", 1)], null);
}
