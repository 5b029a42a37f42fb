using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text;

namespace EmotionMLNet.Terminal;

/// <summary>Writes --help: options in groups with their defaults, an example, at most as wide as the terminal.</summary>
internal sealed class CommandHelp : SynchronousCommandLineAction
{
    private const int Indent = 2, NameColumn = 27, Narrowest = 40, Widest = 100;

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.Write(Render(parseResult.CommandResult.Command, Width()));
        return ExitCode.Ok;
    }

    /// <summary>The help of a command.</summary>
    /// <param name="command">A verb or a whole program.</param>
    /// <param name="width">Columns of the terminal.</param>
    public static string Render(Command command, int width)
    {
        HelpLayout layout = (command as IHasHelpLayout)?.Help ?? new HelpLayout();
        var text = new StringBuilder();
        Paragraph(text, command.Description ?? "", 0, width);
        text.Append('\n');
        Usage(text, command, width);
        Command[] verbs = [.. command.Subcommands.Where(c => !c.Hidden)];
        if (verbs.Length > 0)
        {
            text.Append("\nVerbs\n");
            foreach (Command verb in verbs)
                Row(text, string.Join(", ", verb.Aliases.Prepend(verb.Name)), FirstSentence(verb.Description ?? ""), width);
        }
        foreach (Argument argument in command.Arguments.Where(a => !a.Hidden))
        {
            text.Append("\nArguments\n");
            Row(text, argument.HelpName ?? argument.Name, argument.Description ?? "", width);
        }
        Groups(text, command, layout, width);
        foreach (string note in layout.Notes)
        {
            text.Append('\n');
            Paragraph(text, note, 0, width);
        }
        if (layout.Examples.Count > 0)
        {
            text.Append(layout.Examples.Count == 1 ? "\nExample\n" : "\nExamples\n");
            foreach (string example in layout.Examples)
                text.Append($"  {ProgramName.Own} {(command is RootCommand ? "" : command.Name + " ")}{example}\n");
        }
        return text.ToString();
    }

    /// <summary>Columns to write for: those of the terminal, or 80 for files and pipes.</summary>
    public static int Width() => Console.IsOutputRedirected ? TextLayout.Columns : Math.Clamp(TerminalSize.Columns(), Narrowest, Widest);

    private static void Usage(StringBuilder text, Command command, int width)
    {
        var words = new List<string> { ProgramName.Own };
        if (command is not RootCommand) words.Add(command.Name);
        // What does something without a verb may be given none.
        if (command.Subcommands.Any(c => !c.Hidden)) words.Add(command is RootCommand || command.Action is null ? "VERB" : "[VERB]");
        words.AddRange(command.Options.Where(o => o.Required).Select(o => $"{o.Name} {ValueName(o)}"));
        if (command.Options.Any(o => !o.Hidden && !o.Required)) words.Add("[OPTIONS]");
        words.AddRange(command.Arguments.Where(a => !a.Hidden).Select(a => a.HelpName ?? a.Name));
        Paragraph(text, "Usage: " + string.Join(' ', words), 0, width);
    }

    private static void Groups(StringBuilder text, Command command, HelpLayout layout, int width)
    {
        var grouped = layout.Groups.SelectMany(g => g.Options).ToHashSet();
        Option[] rest = [.. command.Options.Where(o => !grouped.Contains(o))];
        foreach (
            (string title, IReadOnlyList<Option> options) in layout.Groups.Append((layout.Groups.Count == 0 ? "Options" : "Other", rest))
        )
        {
            Option[] shown = [.. options.Where(o => !o.Hidden)];
            if (shown.Length == 0) continue;
            text.Append('\n').Append(title).Append('\n');
            foreach (Option option in shown)
            {
                string value = ValueName(option),
                    names = string.Join(", ", option.Aliases.Order(StringComparer.Ordinal).Prepend(option.Name));
                string end =
                    option.Required ? " [required]"
                    : layout.Default(option) is { Length: > 0 } given ? $" [default: {given}]"
                    : "";
                if (option is ChoiceOption { HelpName: "NAME" } choice) end = $" One of {string.Join(", ", choice.Choices)}.{end}";
                Row(text, value.Length > 0 ? $"{names} {value}" : names, option.Description + end, width);
            }
        }
    }

    // A choice stands in the left column only where it is short.
    private static string ValueName(Option option)
    {
        if (option.ValueType == typeof(bool) || option.Arity.MaximumNumberOfValues == 0) return "";
        return option.HelpName ?? "VALUE";
    }

    private static void Row(StringBuilder text, string name, string description, int width)
    {
        text.Append(' ', Indent).Append(name);
        if (name.Length > NameColumn - 2) text.Append('\n').Append(' ', Indent + NameColumn);
        else text.Append(' ', NameColumn - name.Length);
        Paragraph(text, description, Indent + NameColumn, width, started: true);
    }

    private static void Paragraph(StringBuilder text, string words, int indent, int width, bool started = false)
    {
        foreach ((int i, string line) in TextLayout.Wrap(new string(' ', indent) + words, indent, width).Index())
            text.Append(i == 0 && started ? line[indent..] : line).Append('\n');
    }

    private static string FirstSentence(string text) =>
        text.IndexOf(". ", StringComparison.Ordinal) is > 0 and var end ? text[..(end + 1)] : text;
}
