using System.Text.RegularExpressions;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Docs;

/// <summary>What a block of a Markdown file is.</summary>
internal enum BlockKind
{
    Heading,
    Prose,
    TableRow,
    Code,
}

/// <summary>Lines of a Markdown file that belong together: a heading, a paragraph or list item, a table's row, a block of code.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Line">Number of its first line, from 1.</param>
/// <param name="Text">Its lines; those of prose joined by blanks.</param>
internal sealed record MarkdownBlock(BlockKind Kind, int Line, string Text);

/// <summary>A Markdown file of this repository, cut into blocks. It knows as much of Markdown as our files use.</summary>
internal sealed partial class MarkdownDocument
{
    private MarkdownDocument(string name, IReadOnlyList<MarkdownBlock> blocks)
    {
        Name = name;
        Blocks = blocks;
    }

    /// <summary>README, CONTRIBUTING and everything under docs/, artifacts/ and data/ that people read.</summary>
    public static IReadOnlyList<MarkdownDocument> All { get; } =
        [.. Names().Select(n => Parse(n, File.ReadAllLines(Path.Combine(Repository.Root, n))))];

    /// <summary>Path from the root of the repository, with slashes.</summary>
    public string Name { get; }

    public IReadOnlyList<MarkdownBlock> Blocks { get; }

    /// <summary>Addresses of its links and pictures, with the line of their block.</summary>
    public IEnumerable<(int Line, string Address)> Targets
        => Blocks.Where(b => b.Kind != BlockKind.Code).SelectMany(b => MarkdownText.Targets(b.Text).Select(t => (b.Line, t)));

    /// <summary>Names of places that links can point to, as GitHub makes them of headings.</summary>
    public IReadOnlyList<string> Anchors
    {
        get
        {
            List<string> anchors = [];
            foreach (MarkdownBlock heading in Blocks.Where(b => b.Kind == BlockKind.Heading))
            {
                string anchor = NotInAnchors().Replace(MarkdownText.Plain(heading.Text).ToLowerInvariant(), "").Replace(' ', '-');
                int before = anchors.Count(a => a == anchor);
                anchors.Add(before == 0 ? anchor : $"{anchor}-{before}");
            }
            return anchors;
        }
    }

    public static MarkdownDocument Read(string name) => All.Single(d => d.Name == name);

    internal static MarkdownDocument Parse(string name, IReadOnlyList<string> lines)
    {
        List<MarkdownBlock> blocks = [];
        List<string> open = [];
        int first = 0;
        bool isFenced = false;
        var kind = BlockKind.Prose;
        for (int i = 0; i < lines.Count; i++)
        {
            string line = lines[i];
            bool isFence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            if (isFence || isFenced)
            {
                if (isFence) Close();
                else Add(BlockKind.Code, line, i);
                isFenced ^= isFence;
            }
            else if (string.IsNullOrWhiteSpace(line)) Close();
            else if (IsIndented(line) && (open.Count == 0 || kind == BlockKind.Code)) Add(BlockKind.Code, line.Trim(), i);
            else if (line[0] == '#') Single(BlockKind.Heading, line.TrimStart('#').Trim(), i);
            else if (line.TrimStart()[0] == '|') Single(BlockKind.TableRow, line.Trim(), i);
            else
            {
                if (ListItem().IsMatch(line) || kind != BlockKind.Prose) Close();
                Add(BlockKind.Prose, ListItem().Replace(line, "").Trim(), i);
            }
        }
        Close();
        return new MarkdownDocument(name, blocks);

        void Single(BlockKind of, string text, int line)
        {
            Close();
            if (of != BlockKind.TableRow || text.AsSpan().IndexOfAnyExcept("|-: ") >= 0) blocks.Add(new MarkdownBlock(of, line + 1, text));
        }

        void Add(BlockKind of, string text, int line)
        {
            if (open.Count == 0) (kind, first) = (of, line + 1);
            open.Add(text);
        }

        void Close()
        {
            if (open.Count > 0) blocks.Add(new MarkdownBlock(kind, first, string.Join(kind == BlockKind.Code ? '\n' : ' ', open)));
            open.Clear();
            kind = BlockKind.Prose;
        }
    }

    private static bool IsIndented(string line) => line.StartsWith("    ", StringComparison.Ordinal);

    private static IEnumerable<string> Names()
    {
        string docs = Path.Combine(Repository.Root, "docs");
        return Directory.GetFiles(docs, "*.md", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Repository.Root, f).Replace(Path.DirectorySeparatorChar, '/'))
            .Where(n => !n.StartsWith("docs/_", StringComparison.Ordinal)) // what docfx writes
            .Concat(["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "artifacts/README.md", "data/README.md", "samples/README.md"])
            // Those of the packages.
            .Concat(["Model/README.md", "Training/README.md", "Trainer/README.md", "Client/README.md", "Predictor.Web/README.md"])
            .Order(StringComparer.Ordinal);
    }

    [GeneratedRegex(@"^\s*(?:[-*]|\d+\.|>)\s+")]
    private static partial Regex ListItem();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NotInAnchors();
}
