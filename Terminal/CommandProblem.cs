using System.CommandLine;
using System.CommandLine.Parsing;
using EmotionMLNet.Formatting;

namespace EmotionMLNet.Terminal;

/// <summary>What is wrong with a command line, in one line that names the nearest right word.</summary>
internal static class CommandProblem
{
    /// <summary>The first thing to mend; null where all is right.</summary>
    public static string? Find(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string where = command is RootCommand ? "" : command.Name + ": ",
            help = $"see {(command is RootCommand ? "" : command.Name + " ")}--help";
        if (
            command is RootCommand
            && command.Subcommands.Count > 0
            && parsed.UnmatchedTokens.FirstOrDefault(t => !t.StartsWith('-')) is { } verb
        )
        {
            string meant = NearestName.Find(verb, command.Subcommands.Where(c => !c.Hidden).SelectMany(c => c.Aliases.Prepend(c.Name)))
                is { } near
                ? $"did you mean {near}?"
                : help;
            return $"there is no verb '{Show(verb)}': {meant}";
        }
        if (UnknownOption(parsed) is { } unknown)
        {
            string name = unknown.Split('=', 2)[0];
            string nearest = NearestName.Find(name, Names(parsed)) is { } near ? $"did you mean {near}?" : help;
            string file = command.Arguments.Count > 0 ? "; a file of that name goes behind --" : "";
            return $"{where}there is no option {Show(name)}: {nearest}{file}";
        }
        if (parsed.UnmatchedTokens.Count > 0)
        {
            string word = parsed.UnmatchedTokens[0];
            return $"{where}'{Show(word)}' belongs to no option: {help}, and put names with blanks into quotes";
        }
        if (parsed.Errors.Count == 0) return null;
        if (command.Options.FirstOrDefault(o => o.Required && (parsed.GetResult(o) is null or { Implicit: true })) is { } missing)
            return $"{where}{missing.Name} is missing: {missing.Description} ({help})";
        ParseError error = parsed.Errors[0];
        if (error.SymbolResult is OptionResult { IdentifierToken: not null } option)
        {
            if (option.Tokens.Count == 0 && option.Option.Arity.MinimumNumberOfValues > 0)
                return $"{where}{option.Option.Name} needs a value: {help}";
            if (option.Tokens.Count > option.Option.Arity.MaximumNumberOfValues)
                return $"{where}{option.Option.Name} is given more than once, or with more than one value: "
                    + $"{string.Join(", ", option.Tokens.Select(t => Show(t.Value)))}";
        }
        return where + PrintableText.Line(error.Message);
    }

    // Before "--", a word that begins like an option and is nobody's value was meant as one.
    private static string? UnknownOption(ParseResult parsed)
    {
        var values = new HashSet<Token>(
            Options(parsed).SelectMany(o => parsed.GetResult(o)?.Tokens ?? []),
            ReferenceEqualityComparer.Instance
        );
        return parsed.Tokens.TakeWhile(t => t.Type != TokenType.DoubleDash)
            .FirstOrDefault(t => t.Type == TokenType.Argument && t.Value.Length > 1 && t.Value[0] == '-' && !values.Contains(t))?.Value;
    }

    private static IEnumerable<Option> Options(ParseResult parsed) =>
        parsed.CommandResult.Command.Options.Concat(parsed.RootCommandResult.Command.Options);

    private static IEnumerable<string> Names(ParseResult parsed) =>
        Options(parsed)
            .Where(o => !o.Hidden)
            .SelectMany(o => o.Aliases.Prepend(o.Name))
            .Where(n => n.StartsWith("--", StringComparison.Ordinal))
            .Distinct();

    private static string Show(string text) => PrintableText.Line(text.Length > 60 ? text[..60] + "…" : text);
}
