using System.Text.RegularExpressions;
using EmotionMLNet.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EmotionMLNet.Tests;

/// <summary>The lines of the sources: as long as .editorconfig allows, and one statement a line in constructors.</summary>
public sealed partial class CodeStyleTests
{
    private static readonly string[] Products =
    [
        "Model", "Terminal", "Training", "Trainer", "Trainer.MLNet", "TrialStores", "MLNet", "Predictor", "Predictor.Console",
        "Predictor.Web", "Client",
    ];

    [Fact]
    public void No_line_is_longer_than_editorconfig_allows()
    {
        int longest = int.Parse(
            LongestLine().Match(File.ReadAllText(Path.Combine(Repository.Root, ".editorconfig"))).Groups[1].Value,
            null
        );
        var tooLong = new List<string>();
        foreach (string file in Sources([.. Products, "Tests", "Benchmarks", "samples"]))
        {
            string[] lines = File.ReadAllLines(file);
            if (file.Contains("ModelBuilderConsumer", StringComparison.Ordinal)) continue; // what a template writes
            HashSet<int> verbatim = LinesOfRawText(string.Join('\n', lines));
            for (int i = 0; i < lines.Length; i++)
                if (lines[i].Length > longest && !verbatim.Contains(i) && !CannotBeBroken(lines[i], longest))
                    tooLong.Add($"{Path.GetRelativePath(Repository.Root, file)}:{i + 1} has {lines[i].Length} characters");
        }
        Assert.Empty(tooLong);
    }

    [Fact]
    public void No_constructor_assigns_a_tuple()
    {
        var tuples = new List<string>();
        foreach (string file in Sources(Products))
        {
            string text = File.ReadAllText(file);
            foreach (Match type in TypeName().Matches(text))
                foreach (Match body in Regex.Matches(text, ConstructorOf(type.Groups[1].Value)))
                    if (TupleAssignment().IsMatch(body.Value))
                        tuples.Add($"{Path.GetRelativePath(Repository.Root, file)}: {type.Groups[1].Value}");
        }
        Assert.Empty(tuples.Distinct());
    }

    [Theory]
    [InlineData("    A(int b, int c) => (this.b, this.c) = (b, c);", true)]
    [InlineData("    internal A(int b)\n        : base(b)\n        => (B, C) = (b, 1);", true)]
    [InlineData("    public A(int b)\n    {\n        Check(b);\n        (B, C) = (b, 1);\n    }", true)]
    [InlineData("    public A(int b)\n    {\n        B = b;\n    }\n\n    void Swap()\n    {\n        (B, C) = (C, B);\n    }", false)]
    [InlineData("    public A(int b) => (B, C) = Read(b);", false)]
    public void The_rule_for_constructors_sees_tuples_of_constructors_alone(string members, bool has)
        => Assert.Equal(has, Regex.Matches(members, ConstructorOf("A")).Any(body => TupleAssignment().IsMatch(body.Value)));

    // Raw and verbatim strings hold text of other kinds (HTML, style sheets, generated code, JSON), whose lines are as they must be.
    private static HashSet<int> LinesOfRawText(string text)
    {
        var lines = new HashSet<int>();
        SyntaxTree tree = CSharpSyntaxTree.ParseText(text);
        foreach (SyntaxNode node in tree.GetRoot().DescendantNodes())
        {
            bool isRaw = node switch
            {
                LiteralExpressionSyntax literal => literal.Token.Text.StartsWith("\"\"\"", StringComparison.Ordinal)
                    || literal.Token.Text.StartsWith('@'),
                InterpolatedStringExpressionSyntax { StringStartToken.Text: var start } =>
                    start.Contains("\"\"\"", StringComparison.Ordinal) || start.Contains('@'),
                _ => false,
            };
            if (!isRaw) continue;
            FileLinePositionSpan span = tree.GetLineSpan(node.Span);
            for (int line = span.StartLinePosition.Line; line <= span.EndLinePosition.Line; line++) lines.Add(line);
        }
        return lines;
    }

    // A line may pass the limit only by one word without a blank (an address, a hash, golden data) that is too long for any line.
    private static bool CannotBeBroken(string line, int longest) => line.TrimStart().Split(' ').Any(word => word.Length > longest - 24);

    private static IEnumerable<string> Sources(string[] projects) => projects
        .SelectMany(project => Directory.GetFiles(Path.Combine(Repository.Root, project), "*.cs", SearchOption.AllDirectories))
        .Where(file => !BuildOutput().IsMatch(file))
        .Order(StringComparer.Ordinal);

    // A constructor: the type's name at the indent of a member, up to the first line that closes a member.
    private static string ConstructorOf(string type) =>
        $@"(?m)^ {{4,}}(?:(?:public|internal|private|protected) )*{Regex.Escape(type)}\([^;{{]*?\)(?:\s*: (?:base|this)\([^;{{]*\))?(?:\s*=>[^;]*;|\s*\{{(?s:.*?)^ {{4,}}\}}$)";

    [GeneratedRegex(@"^\[\*\.cs\][^\[]*^max_line_length = (\d+)$", RegexOptions.Multiline)]
    private static partial Regex LongestLine();

    [GeneratedRegex(@"\b(?:class|struct|record) (\w+)")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"(?:^|=>|[;{])\s*\([^;=]*,[^;=]*\) = \(", RegexOptions.Multiline)]
    private static partial Regex TupleAssignment();

    [GeneratedRegex(@"[\\/](?:bin|obj)[\\/]")]
    private static partial Regex BuildOutput();
}
