using System.Text.RegularExpressions;
using System.Xml.Linq;
using EmotionMLNet.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace EmotionMLNet.Tests;

/// <summary>The walls of ARCHITECTURE.md, checked on the sources.</summary>
public sealed partial class ArchitectureTests
{
    // The table of ARCHITECTURE.md is the rule: what is written there is what is checked.
    private static readonly Dictionary<string, Dictionary<string, string[]>> MayUse = File.ReadLines(
            Path.Combine(Repository.Root, "ARCHITECTURE.md")
        )
        .Select(l => Row().Match(l))
        .Where(m => m.Success)
        .GroupBy(m => m.Groups["project"].Value)
        .ToDictionary(g => g.Key, g => g.ToDictionary(m => m.Groups["room"].Value, m => Rooms(m.Groups["uses"].Value)));

    [Theory]
    [InlineData("Model")]
    [InlineData("Training")]
    public void Every_room_uses_only_what_the_table_allows(string project)
    {
        Dictionary<string, string[]> allowed = MayUse[project];
        string prefix = project == "Model" ? "EmotionMLNet." : $"EmotionMLNet.{project}.";
        var broken = new List<string>();
        foreach (string file in Sources(project))
        {
            string room = Path.GetRelativePath(Path.Combine(Repository.Root, project), file).Split(Path.DirectorySeparatorChar)[0];
            if (room.EndsWith(".cs", StringComparison.Ordinal)) continue; // the front door may use all rooms
            Assert.True(allowed.ContainsKey(room), $"{project}/{room} is not in the table of ARCHITECTURE.md.");
            foreach (
                string used in Regex.Matches(File.ReadAllText(file), Regex.Escape(prefix) + @"([A-Z]\w+)").Select(m => m.Groups[1].Value)
            )
                if (used != room && allowed.ContainsKey(used) && !allowed[room].Contains(used))
                    broken.Add($"{Path.GetFileName(file)} ({room}) uses {used}");
        }
        Assert.Empty(broken);
    }

    [Theory]
    [InlineData("Model")]
    [InlineData("Training")]
    public void The_table_names_every_room_and_has_no_cycle(string project)
    {
        string[] folders =
        [
            .. Directory
                .GetDirectories(Path.Combine(Repository.Root, project))
                .Select(d => Path.GetFileName(d)!)
                .Where(d => d is not ("bin" or "obj")),
        ];
        Assert.Equal(folders.Order(StringComparer.Ordinal), MayUse[project].Keys.Order(StringComparer.Ordinal));
        var left = new Dictionary<string, string[]>(MayUse[project]);
        while (left.Count > 0)
        {
            string[] free = [.. left.Where(r => !r.Value.Any(left.ContainsKey)).Select(r => r.Key)];
            Assert.True(free.Length > 0, $"These rooms of {project} use one another: {string.Join(", ", left.Keys)}");
            foreach (string room in free) left.Remove(room);
        }
    }

    [Theory]
    [InlineData("Model")]
    [InlineData("Training")]
    public void Libraries_speak_of_no_option_and_no_console(string project)
    {
        string options = string.Join('|', AllOptions(EmotionMLNet.Trainer.Program.CreateRoot()).Distinct().Select(Regex.Escape));
        var spoken = new Regex($@"(?<![\w-])(?:{options})(?![\w-])|\b(?:stdout|stderr|command line|verb)\b");
        var broken = new List<string>();
        // Which writes a console project.
        foreach (string file in Sources(project).Where(f => !f.Contains("ModelBuilder", StringComparison.Ordinal)))
        foreach (
            SyntaxToken token in CSharpSyntaxTree
                .ParseText(File.ReadAllText(file))
                .GetRoot()
                .DescendantTokens()
                .Where(t =>
                    t.IsKind(SyntaxKind.StringLiteralToken)
                    || t.IsKind(SyntaxKind.InterpolatedStringTextToken)
                    || t.IsKind(SyntaxKind.SingleLineRawStringLiteralToken)
                    || t.IsKind(SyntaxKind.MultiLineRawStringLiteralToken)
                )
        )
            if (spoken.Match(token.ValueText) is { Success: true } match)
                broken.Add($"{Path.GetFileName(file)}: {match.Value}");
        Assert.Empty(broken);
    }

    [Fact]
    public void Libraries_reference_no_package_that_travels_with_them()
    {
        foreach (string project in new[] { "Model", "Training" })
        {
            IEnumerable<XElement> packages = XDocument
                .Load(Path.Combine(Repository.Root, project, $"{project}.csproj"))
                .Descendants("PackageReference");
            Assert.All(packages, p => Assert.Equal("all", (string?)p.Attribute("PrivateAssets")));
        }
    }

    [Fact]
    public void Intrinsics_and_unsafe_code_stay_in_kernels_and_codecs()
    {
        string[] projects = ["Model", "Training", "Trainer", "TrialStores", "Predictor.Console", "Predictor.Web", "Client", "Terminal"];
        var broken = projects
            .SelectMany(Sources)
            .Where(f =>
                !f.Contains($"Model{Path.DirectorySeparatorChar}Kernels") && !f.Contains($"Model{Path.DirectorySeparatorChar}Imaging")
            )
            .Where(f => Intrinsics().IsMatch(File.ReadAllText(f)))
            .Select(Path.GetFileName);
        Assert.Empty(broken);
    }

    [Fact]
    public void Libraries_never_write_to_the_console()
    {
        var broken = Sources("Model")
            .Concat(Sources("Training").Where(f => !f.Contains("ModelBuilder", StringComparison.Ordinal)))
            .Where(f =>
                File.ReadLines(f)
                    .Any(l => l.Contains("Console.", StringComparison.Ordinal) && !l.TrimStart().StartsWith("//", StringComparison.Ordinal))
            );
        Assert.Empty(broken.Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("Model", new string[0])]
    [InlineData("Terminal", new[] { "Model" })]
    [InlineData("Training", new[] { "Model" })]
    [InlineData("Predictor", new[] { "Model", "Terminal" })]
    [InlineData("Predictor.Drawing", new[] { "Model", "Predictor" })]
    [InlineData("TrialStores", new[] { "Model", "Training" })]
    [InlineData("MLNet", new[] { "Model", "Training" })]
    [InlineData("Trainer", new[] { "Model", "Terminal", "Training", "Predictor", "Predictor.Drawing", "Predictor.Web", "TrialStores" })]
    [InlineData("Predictor.Web", new[] { "Model", "Terminal", "Predictor" })]
    [InlineData("Client", new string[0])]
    [InlineData("Predictor.Console", new[] { "Terminal", "Predictor", "Predictor.Drawing" })]
    public void Project_references_point_one_way(string project, string[] expected)
    {
        var references = XDocument.Load(Path.Combine(Repository.Root, project, $"{project}.csproj")).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')));
        Assert.Equal(expected, references);
    }

    private static IEnumerable<string> AllOptions(System.CommandLine.Command command) =>
        command
            .Options.Select(o => o.Name)
            .Where(n => n.StartsWith("--", StringComparison.Ordinal))
            .Concat(command.Subcommands.SelectMany(AllOptions));

    private static string[] Rooms(string cell) => cell.Trim() == "–" ? [] : cell.Split(',', StringSplitOptions.TrimEntries);

    private static IEnumerable<string> Sources(string project) =>
        Directory
            .EnumerateFiles(Path.Combine(Repository.Root, project), "*.cs", SearchOption.AllDirectories)
            .Where(f =>
                !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}")
                && !f.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}")
            );

    [GeneratedRegex(@"^\| `(?<project>Model|Training)/(?<room>\w+)` \|.*\| (?<uses>[^|]+) \|$")]
    private static partial Regex Row();

    [GeneratedRegex(@"System\.Runtime\.Intrinsics|System\.Numerics\.Tensors|\bVector(?:<|\.)|(?<!"")\bunsafe\b|\bfixed \(")]
    private static partial Regex Intrinsics();
}
