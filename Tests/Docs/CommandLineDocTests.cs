using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Docs;

/// <summary>That the documents and the command lines say the same.</summary>
public sealed partial class CommandLineDocTests
{
    private const string Page = "docs/cli.md";

    private static RootCommand Tool { get; } = CommandLineRun.Prepare(Trainer.Program.CreateRoot());

    private static RootCommand Predictor { get; } = CommandLineRun.Prepare(EmotionMLNet.Predictor.Program.CreateRoot());

    public static TheoryData<string> Documents => [.. MarkdownDocument.All.Select(d => d.Name)];

    private static IEnumerable<string> VerbNames
        => Tool.Subcommands.Where(v => !v.Hidden).Select(v => v.Name);

    public static TheoryData<string> Verbs => [.. VerbNames];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_command_line_parses(string document)
    {
        IEnumerable<string> broken =
            from block in MarkdownDocument.Read(document).Blocks
            from line in Lines(block)
            let problem = Problem(line)
            where problem is not null
            select $"{document}:{block.Line}: {line}: {problem}";
        Findings.AreNone(broken);
    }

    [Fact]
    public void There_are_commands_to_parse_in_readme()
    {
        IEnumerable<string> lines = MarkdownDocument.Read("README.md").Blocks.SelectMany(Lines);
        Assert.InRange(lines.Count(l => Problem(l) is null && Command().IsMatch(l)), 4, 100);
    }

    [Theory]
    [InlineData("emotionmlnet trian --data FOLDER")]
    [InlineData("emotionmlnet train --data")]
    [InlineData("dotnet run -c Release --project Trainer -- train --dat FOLDER")]
    [InlineData("emotionmlnet predict --recursiv FOLDER")]
    [InlineData("Predictor.Console --nothing")]
    [InlineData("emotionmlnet train --data FOLDER --batch-size many")]
    public void A_wrong_command_line_is_found(string line) => Assert.NotNull(Problem(line));

    [Theory]
    [MemberData(nameof(Verbs))]
    public void The_page_has_every_verb_and_every_option_of_it(string verb)
    {
        string all = string.Join('\n', Section(verb));
        // Verbs that take the settings of train say so, and have only their own options in their section.
        bool takesSettings = verb != "train" && all.Contains("settings of [train](#train)", StringComparison.Ordinal);
        string settings = takesSettings ? string.Join('\n', Section("train")) : "";
        Command command = Tool.Subcommands.Single(v => v.Name == verb);
        IEnumerable<string> options = Options(command).Where(o => !Mentions(all, o) && !Mentions(settings, o));
        Findings.AreNone(options.Select(o => $"{verb} {o}"));
        foreach (Command inner in command.Subcommands) Assert.Contains($"{verb} {inner.Name}", all, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void The_page_has_the_defaults_of_the_help(string verb)
    {
        Command command = Tool.Subcommands.Single(v => v.Name == verb);
        if (command is not IHasHelpLayout { Help: var help }) return;
        string[][] rows = [.. Section(verb).Where(t => t.StartsWith("| `--", StringComparison.Ordinal)).Select(t => Border().Split(t))];
        IEnumerable<string> broken =
            from option in help.Groups.SelectMany(g => g.Options)
            let row = rows.FirstOrDefault(r => Mentions(r[1], option.Name))
            where row is not null
            let told = row.Length == 5 ? row[2].Trim(' ', '`') : "" // a table without defaults has one column less
            let held = option.Required ? "" : help.Default(option) ?? ""
            where told != held && !(IsNumber(told, out double a) && IsNumber(held, out double b) && a == b) // 1E-05 is 0.00001
            select $"{verb} {option.Name}: the page says '{told}', the help '{held}'";
        Findings.AreNone(broken);
    }

    [Fact]
    public void The_page_has_the_options_of_every_program()
    {
        string page = string.Join('\n', MarkdownDocument.Read(Page).Blocks.Select(b => b.Text));
        foreach (Option option in Tool.Options.Where(o => !o.Hidden)) Assert.True(Mentions(page, option.Name), option.Name);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_option_that_a_document_names_exists(string document)
    {
        if (document == "CHANGELOG.md") return; // of other versions too
        HashSet<string> known = [.. All(Tool).Concat(All(Predictor)), .. Benchmarks(), .. OfOthers];
        IEnumerable<string> broken =
            from block in MarkdownDocument.Read(document).Blocks
            where block.Kind != BlockKind.Code
            from span in MarkdownText.CodeSpans(block.Text)
            from option in Named().Matches(span).Select(m => m.Value)
            where !known.Contains(option)
            select $"{document}:{block.Line}: {option} in `{span}`";
        Findings.AreNone(broken);
    }

    // Options of dotnet and of what stands beside our programs in a pipe.
    private static readonly string[] OfOthers =
        ["--project", "--global", "--add-source", "--source", "--output", "--filter", "--no-build", "--version", "--api-key"];

    private static IEnumerable<string> All(Command command)
        => command.Options.SelectMany(o => o.Aliases.Prepend(o.Name)).Concat(command.Subcommands.SelectMany(All));

    private static IEnumerable<string> Options(Command command)
        => command.Options.Where(o => !o.Hidden && o.Name is not ("--help" or "--version" or "--completion")).Select(o => o.Name)
            .Concat(command.Subcommands.SelectMany(Options));

    // Their command lines are read by hand, so the sources say what they know.
    private static IEnumerable<string> Benchmarks()
        => Directory.GetFiles(Path.Combine(Repository.Root, "Benchmarks"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => Named().Matches(File.ReadAllText(f))).Select(m => m.Value);

    private static bool IsNumber(string text, out double value)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    private static bool Mentions(string text, string option) => Regex.IsMatch(text, Regex.Escape(option) + "(?![a-z-])");

    /// <summary>What stands under the heading of a verb, its sub-headings too.</summary>
    private static IEnumerable<string> Section(string verb)
    {
        var section = MarkdownDocument.Read(Page).Blocks.SkipWhile(b => !IsVerb(b, verb)).ToArray();
        Assert.True(section.Length > 0, $"{Page} has no heading '{verb}'.");
        return section.Skip(1).TakeWhile(b => !VerbNames.Any(v => IsVerb(b, v))).Select(b => b.Text);
    }

    private static bool IsVerb(MarkdownBlock block, string verb) => block.Kind == BlockKind.Heading && block.Text == verb;

    private static IEnumerable<string> Lines(MarkdownBlock block) => block.Kind == BlockKind.Code
        ? block.Text.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
        : MarkdownText.CodeSpans(block.Text);

    /// <summary>What is wrong with a line that runs one of our programs; null where nothing is, or where it runs none.</summary>
    private static string? Problem(string line)
    {
        if (Command().Match(line) is not { Success: true } match) return null;
        string[] arguments = [.. Word().Matches(match.Groups[2].Value).Select(m => m.Value.Trim('\'', '"'))];
        RootCommand root = match.Groups[1].Value.Contains("Predictor", StringComparison.Ordinal) ? Predictor : Tool;
        if (root == Tool && arguments is ["VERB", ..]) return null;
        // A program's name with a verb or an option alone speaks of it.
        if (arguments is [var word] && root.Subcommands.Any(v => v.Name == word)) return null;
        if (arguments is [var option] && option.StartsWith("--", StringComparison.Ordinal) && All(root).Contains(option)) return null;
        return CommandProblem.Find(root.Parse(arguments, CommandLineRun.Configuration));
    }

    private const string FromSource = @"dotnet run (?:-c Release )?--project (?:Trainer|Predictor\.Console) --";

    private const string Programs = $@"emotionmlnet|Predictor\.Console(?!\.)|{FromSource}";

    [GeneratedRegex($@"(?<![\w.-])({Programs})\s+([^|#;)&]+)")]
    private static partial Regex Command();

    // Between the cells of a row.
    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Border();

    [GeneratedRegex("""'[^']*'|"[^"]*"|\S+""")]
    private static partial Regex Word();

    [GeneratedRegex("(?<![\\w-])--[a-z][a-z0-9-]*")]
    private static partial Regex Named();
}
