using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Docs;

/// <summary>That documents are short, plain and whole.</summary>
public sealed class ProseTests
{
    // Of README. Headings, tables, lists and the words of pictures count; blocks of code do not.
    private const int MostWords = 1000;

    // Of a sentence of prose. Headings, tables and blocks of code are no prose; a piece of code inside a sentence is one word.
    private const int LongestSentence = 40;

    // Written by others on their branches: a link to one of these may lead nowhere until they are merged. Empty it then.
    public static TheoryData<string> Documents => [.. MarkdownDocument.All.Select(d => d.Name)];

    [Fact]
    public void Readme_is_short()
    {
        int words = MarkdownDocument.Read("README.md").Blocks.Where(b => b.Kind != BlockKind.Code).Sum(b => MarkdownText.Words(b.Text));
        Assert.InRange(words, 300, MostWords);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void No_sentence_is_longer_than_forty_words(string document)
    {
        IEnumerable<string> broken =
            from block in MarkdownDocument.Read(document).Blocks
            where block.Kind == BlockKind.Prose
            from sentence in MarkdownText.Sentences(block.Text)
            let words = MarkdownText.Words(sentence)
            where words > LongestSentence
            select $"{document}:{block.Line}: {words} words: {sentence}";
        Findings.AreNone(broken);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_relative_link_leads_somewhere(string document)
    {
        IEnumerable<string> broken =
            from target in MarkdownDocument.Read(document).Targets
            where !target.Address.Contains("://", StringComparison.Ordinal) && !Exists(document, target.Address)
            select $"{document}:{target.Line}: {target.Address}";
        Findings.AreNone(broken);
    }

    [Fact]
    public void Every_document_is_reached_from_readme()
    {
        HashSet<string> reached = ["README.md"];
        var next = new Queue<string>(reached);
        while (next.TryDequeue(out string? name))
        {
            IEnumerable<string?> linked = MarkdownDocument.Read(name).Targets.Select(target => File(name, target.Address));
            foreach (MarkdownDocument document in MarkdownDocument.All.Where(d => linked.Contains(d.Name)))
                if (reached.Add(document.Name)) next.Enqueue(document.Name);
        }
        Findings.AreNone(MarkdownDocument.All.Select(d => d.Name).Except(reached));
    }

    [Fact]
    public void The_rules_find_what_breaks_them()
    {
        string[] lines =
        [
            "# A `title`, twice", "", "One two. `code` three", "four [five](a.md#b) ![six](c.png).", "",
            "- item. Next", "    still the item", "",
            "    code that is long", "", "| a | b |", "| --- | --- |", "```", "# more code", "```", "# A title, twice",
        ];
        MarkdownDocument document = MarkdownDocument.Parse("x.md", lines);
        Assert.Equal("Heading Prose Prose Code TableRow Code Heading", string.Join(' ', document.Blocks.Select(b => b.Kind)));
        Assert.Equal(["a-title-twice", "a-title-twice-1"], document.Anchors);
        Assert.Equal(["One two.", "Code three four five six."], MarkdownText.Sentences(document.Blocks[1].Text));
        Assert.Equal(["item.", "Next still the item"], MarkdownText.Sentences(document.Blocks[2].Text));
        Assert.Equal(["a.md#b", "c.png"], MarkdownText.Targets(document.Blocks[1].Text));
        Assert.Equal(7, MarkdownText.Words(document.Blocks[1].Text));
        Assert.True(Exists("README.md", "docs/cli.md#train"));
        Assert.False(Exists("README.md", "docs/cli.md#no-such-verb"));
        Assert.False(Exists("docs/cli.md", "no-such-page.md"));
    }

    private static bool Exists(string document, string target)
    {
        if (File(document, target) is not { } file) return false;
        string anchor = target.Contains('#', StringComparison.Ordinal) ? target[(target.IndexOf('#', StringComparison.Ordinal) + 1)..] : "";
        string path = Path.Combine(Repository.Root, file);
        if (!Path.Exists(path)) return false;
        return anchor.Length == 0 || (MarkdownDocument.All.FirstOrDefault(d => d.Name == file)?.Anchors.Contains(anchor) ?? false);
    }

    // From the root of the repository, with slashes; null for what is outside.
    private static string? File(string document, string target)
    {
        string path = target.Split('#')[0], folder = Path.Combine(Repository.Root, Path.GetDirectoryName(document)!);
        if (path.Length == 0) return document;
        string relative = Path.GetRelativePath(Repository.Root, Path.GetFullPath(path, folder));
        return relative.StartsWith("..", StringComparison.Ordinal) ? null : relative.Replace(Path.DirectorySeparatorChar, '/');
    }
}
