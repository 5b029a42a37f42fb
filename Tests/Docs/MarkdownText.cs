using System.Text.RegularExpressions;

namespace EmotionMLNet.Tests.Docs;

/// <summary>What stands inside a block of Markdown: words, sentences, links, code.</summary>
internal static partial class MarkdownText
{
    /// <summary>The text as a reader sees it: of a link and a picture the text alone, without the signs of emphasis and code.</summary>
    public static string Plain(string text) => Marks().Replace(Link().Replace(text, "$1"), "");

    /// <summary>What is separated by blanks and has a letter or a digit.</summary>
    public static int Words(string text)
        => Plain(text).Split((char[])[' ', '\n', '|'], StringSplitOptions.RemoveEmptyEntries).Count(w => w.Any(char.IsLetterOrDigit));

    /// <summary>
    /// Cuts prose behind a full stop, question or exclamation mark that a capital follows. A piece of code counts as one word, whatever
    /// it is, and may begin a sentence.
    /// </summary>
    public static IEnumerable<string> Sentences(string prose) => SentenceEnd().Split(Plain(CodeSpan().Replace(prose, "Code")));

    /// <summary>Addresses of links and pictures.</summary>
    public static IEnumerable<string> Targets(string text) => Link().Matches(CodeSpan().Replace(text, "")).Select(m => m.Groups[2].Value);

    /// <summary>What stands between backticks.</summary>
    public static IEnumerable<string> CodeSpans(string text) => CodeSpan().Matches(text).Select(m => m.Groups[1].Value);

    [GeneratedRegex(@"!?\[((?:[^\[\]]|\[[^\[\]]*\](?:\([^()]*\))?)*)\]\(([^()\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"[*`]")]
    private static partial Regex Marks();

    [GeneratedRegex(@"(?<=[.!?][""”’)]*)\s+(?=[""“(]*\p{Lu})")]
    private static partial Regex SentenceEnd();
}
