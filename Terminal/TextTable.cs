using EmotionMLNet.Formatting;
using Spectre.Console;

namespace EmotionMLNet.Terminal;

/// <summary>
/// A table for people: the first column to the left and broken between words where it has to be, short figures to the right, never wider
/// than the terminal. In a file or a pipe it is plain text of 80 columns.
/// </summary>
/// <param name="columns">Headings.</param>
internal sealed class TextTable(params IReadOnlyList<string> columns)
{
    private static readonly Style Heading = new(decoration: Decoration.Bold), Best = new(Color.Green);

    private readonly List<(string[] Cells, bool IsEmphasised)> rows = [];

    /// <param name="cells">One a column; text from anywhere.</param>
    /// <param name="isEmphasised">Set off by colour, which says nothing that the text doesn't.</param>
    public void Add(IEnumerable<string> cells, bool isEmphasised = false) => rows.Add(([.. cells], isEmphasised));

    public void Write(TerminalOutput terminal)
    {
        using var text = new StringWriter { NewLine = "\n" };
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = terminal.HasColour ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = terminal.HasColour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = terminal.Columns - 1; // a line that fills the last column wraps on some terminals
        Table table = new() { Border = TableBorder.None, ShowHeaders = true };
        foreach ((int i, string column) in columns.Index())
            table.AddColumn(
                new TableColumn(Cell(column, Heading))
                {
                    Alignment = i == 0 ? Justify.Left : Justify.Right,
                    NoWrap = i > 0,
                    Padding = new Padding(0, 0, i == columns.Count - 1 ? 0 : 2, 0),
                }
            );
        foreach ((string[] cells, bool isEmphasised) in rows)
            table.AddRow([.. cells.Select(c => Cell(c, isEmphasised ? Best : Style.Plain))]);
        console.Write(table);
        foreach (string line in text.ToString().TrimEnd('\n').Split('\n')) terminal.Writer.WriteLine(line.TrimEnd());
    }

    private static Text Cell(string text, Style style) => new(PrintableText.Line(text), style);
}
