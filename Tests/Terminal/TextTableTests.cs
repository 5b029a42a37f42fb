using EmotionMLNet.Terminal;

namespace EmotionMLNet.Tests.Terminal;

public sealed class TextTableTests
{
    private const char Escape = '\u001b';

    [Fact]
    public void In_a_file_it_is_plain_text_with_figures_under_each_other()
    {
        string[] lines = Written(80, colour: false, ("emotion-cnn", "94.4 %"), ("resnet18", "4.0 %"));
        Assert.Equal(["candidate    accuracy", "emotion-cnn    94.4 %", "resnet18        4.0 %"], lines);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(50)]
    public void It_is_never_wider_than_the_terminal_and_loses_nothing(int columns)
    {
        const string name = "a candidate whose name says everything that anybody could want to know about how it was trained, at length";
        string[] lines = Written(columns, colour: false, (name, "94.4 %"));
        Assert.All(lines, l => Assert.True(l.Length < columns, l));
        Assert.All(name.Split(' '), word => Assert.Contains(lines, l => l.Contains(word, StringComparison.Ordinal)));
    }

    [Fact]
    public void Text_from_elsewhere_commands_no_terminal_and_is_no_markup()
    {
        string text = string.Join('\n', Written(80, colour: true, ($"{Escape}[31mred[bold]", "[/]")));
        Assert.DoesNotContain($"{Escape}[31m", text, StringComparison.Ordinal);
        Assert.Contains(@"\u001B[31mred[bold]", text, StringComparison.Ordinal);
        Assert.Contains("[/]", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Colour_is_there_only_where_it_is_wanted()
    {
        Assert.Contains(Escape, string.Concat(Written(80, colour: true, ("a", "1"))));
        Assert.DoesNotContain(Escape, string.Concat(Written(80, colour: false, ("a", "1"))));
    }

    [Fact]
    public void Sentences_are_broken_between_words_on_a_terminal_and_stay_whole_elsewhere()
    {
        string sentence = string.Join(' ', Enumerable.Repeat("seven78", 30));
        var writer = new StringWriter { NewLine = "\n" };
        new TerminalOutput(writer, IsTerminal: true, 80, HasColour: false).WriteLine(sentence);
        string[] lines = writer.ToString().TrimEnd('\n').Split('\n');
        Assert.True(lines.Length > 2);
        Assert.All(lines, l => Assert.True(l.Length < 80, l));
        Assert.Equal(sentence, string.Join(' ', lines));

        writer = new StringWriter { NewLine = "\n" };
        new TerminalOutput(writer, IsTerminal: false, 80, HasColour: false).WriteLine(sentence);
        Assert.Equal(sentence + "\n", writer.ToString());
    }

    private static string[] Written(int columns, bool colour, params (string Name, string Figure)[] rows)
    {
        var writer = new StringWriter { NewLine = "\n" };
        var table = new TextTable("candidate", "accuracy");
        foreach ((string name, string figure) in rows) table.Add([name, figure], isEmphasised: true);
        table.Write(new TerminalOutput(writer, IsTerminal: true, columns, colour));
        return writer.ToString().TrimEnd('\n').Split('\n');
    }
}
