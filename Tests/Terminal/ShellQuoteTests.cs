using System.Diagnostics;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Terminal;

public sealed class ShellQuoteTests
{
    public static TheoryData<string> Names => ["plain/path.zip", "my photos", "it's", "$HOME `id`", "a\"b", "", "*", "-x", "ä ö", "a;rm", "new\nline"];

    [NeedsFileTheory("/bin/sh")]
    [MemberData(nameof(Names))]
    public void A_shell_gives_the_word_back(string word)
    {
        using Process shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"printf %s {ShellQuote.Quote(word, windows: false)}"]) { RedirectStandardOutput = true })!;
        Assert.Equal(word, shell.StandardOutput.ReadToEnd());
    }

    [Fact]
    public void A_path_of_Windows_is_not_quoted_for_its_backslashes()
    {
        Assert.Equal(@"artifacts\mine\model.zip", ShellQuote.Quote(@"artifacts\mine\model.zip", windows: true));
        Assert.Equal(@"""my photos""", ShellQuote.Quote("my photos", windows: true));
    }
}
