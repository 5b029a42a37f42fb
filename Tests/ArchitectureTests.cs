using System.Text.RegularExpressions;
using System.Xml.Linq;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests;

/// <summary>The walls of ARCHITECTURE.md, checked on the sources.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Imaging"] = ["Files"],
        ["Files"] = [],
        ["Tensors"] = [],
        ["Kernels"] = [],
        ["Preprocessing"] = ["Imaging", "Kernels", "Files"],
        ["Layers"] = ["Tensors", "Kernels"],
        ["Networks"] = ["Layers", "Tensors", "Kernels"],
        ["Architectures"] = ["Networks", "Layers", "Tensors", "Preprocessing"],
        ["Inference"] = ["Networks", "Layers", "Tensors", "Kernels"],
        ["Onnx"] = ["Networks", "Layers", "Tensors", "Preprocessing"],
        ["Weights"] = ["Networks", "Layers", "Onnx", "Files"],
        ["MLNetZip"] = ["Onnx", "Networks", "Preprocessing", "Files"],
    };

    [Fact]
    public void Every_room_of_Model_uses_only_what_the_table_allows()
    {
        var broken = new List<string>();
        foreach (string file in Sources("Model"))
        {
            string room = Path.GetRelativePath(Path.Combine(Repository.Root, "Model"), file).Split(Path.DirectorySeparatorChar)[0];
            if (room.EndsWith(".cs", StringComparison.Ordinal)) continue; // the front door may use all rooms
            Assert.True(MayUse.ContainsKey(room), $"Model/{room} is not in the table of ARCHITECTURE.md.");
            foreach (Match match in Uses().Matches(File.ReadAllText(file)))
                if (match.Groups[1].Value is var used && used != room && !MayUse[room].Contains(used)) broken.Add($"{Path.GetFileName(file)} ({room}) uses {used}");
        }
        Assert.Empty(broken);
    }

    [Fact]
    public void Nothing_of_the_trainer_uses_its_commands()
    {
        var broken = Sources("Trainer").Where(f => !f.Contains($"{Path.DirectorySeparatorChar}Commands{Path.DirectorySeparatorChar}") && Path.GetFileName(f) != "Program.cs")
            .Where(f => File.ReadAllText(f).Contains("EmotionMLNet.Trainer.Commands", StringComparison.Ordinal)).Select(Path.GetFileName);
        Assert.Empty(broken);
    }

    [Fact]
    public void Intrinsics_and_unsafe_code_stay_in_kernels_and_codecs()
    {
        string[] projects = ["Model", "Training", "Trainer", "Predictor.Console", "Terminal"];
        var broken = projects.SelectMany(Sources)
            .Where(f => !f.Contains($"Model{Path.DirectorySeparatorChar}Kernels") && !f.Contains($"Model{Path.DirectorySeparatorChar}Imaging"))
            .Where(f => Intrinsics().IsMatch(File.ReadAllText(f)))
            .Select(Path.GetFileName);
        Assert.Empty(broken);
    }

    [Fact]
    public void Model_never_writes_to_the_console()
        => Assert.Empty(Sources("Model").Where(f => File.ReadLines(f).Any(l => l.Contains("Console.", StringComparison.Ordinal) && !l.TrimStart().StartsWith("//", StringComparison.Ordinal))).Select(Path.GetFileName));

    [Theory]
    [InlineData("Model", new string[0])]
    [InlineData("Terminal", new[] { "Model" })]
    [InlineData("Training", new[] { "Model" })]
    [InlineData("Predictor", new[] { "Model", "Terminal" })]
    [InlineData("Trainer", new[] { "Model", "Terminal", "Training", "Predictor" })]
    [InlineData("Predictor.Console", new[] { "Terminal", "Predictor" })]
    public void Project_references_point_one_way(string project, string[] expected)
    {
        var references = XDocument.Load(Path.Combine(Repository.Root, project, $"{project}.csproj")).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')));
        Assert.Equal(expected, references);
    }

    [Fact]
    public void The_table_in_ARCHITECTURE_md_names_every_room()
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, "ARCHITECTURE.md"));
        foreach (string room in Directory.GetDirectories(Path.Combine(Repository.Root, "Model")).Select(d => Path.GetFileName(d)!).Where(d => d is not ("bin" or "obj")))
            Assert.Contains($"`Model/{room}`", text);
    }

    private static IEnumerable<string> Sources(string project)
        => Directory.EnumerateFiles(Path.Combine(Repository.Root, project), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}") && !f.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}"));

    [GeneratedRegex(@"\bEmotionMLNet\.([A-Z]\w+)")]
    private static partial Regex Uses();

    [GeneratedRegex(@"System\.Runtime\.Intrinsics|System\.Numerics\.Tensors|\bVector(?:<|\.)|(?<!"")\bunsafe\b|\bfixed \(")]
    private static partial Regex Intrinsics();
}
