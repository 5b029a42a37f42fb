using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace EmotionMLNet.Terminal;

/// <summary>How every program runs its command line.</summary>
internal static class CommandLineRun
{
    /// <summary>
    /// Response files are off: names of files come from shells and scripts, and "@x" is a name, not a request to read options out of the
    /// file x.
    /// </summary>
    public static ParserConfiguration Configuration { get; } = new() { ResponseFileTokenReplacer = null };

    /// <summary>
    /// Parses and invokes. A wrong command line is one line on stderr and <see cref="ExitCode.Usage"/>; no exception leaves.
    /// </summary>
    public static int Invoke(RootCommand root, string[] arguments) => Guard.Run(() =>
    {
        WrappingWriter.Install();
        return Invoke(Prepare(root), arguments, Console.Error);
    });

    /// <summary>Gives a program our help, and takes from it what a file's name could be mistaken for.</summary>
    public static RootCommand Prepare(RootCommand root)
    {
        root.Directives.Clear(); // "[a].jpg" is a file
        foreach (HelpOption help in root.Options.OfType<HelpOption>())
        {
            help.Action = new CommandHelp();
            help.Description = "Show this help.";
            if (OperatingSystem.IsWindows()) continue;
            help.Aliases.Remove("/h"); // there, these are paths
            help.Aliases.Remove("/?");
        }
        ShellCompletion.AddTo(root);
        return root;
    }

    private static int Invoke(RootCommand root, string[] arguments, TextWriter messages)
    {
        ParseResult parsed = root.Parse(arguments, Configuration);
        if (arguments.Length == 0 && root.Subcommands.Count > 0)
        {
            messages.Write(CommandHelp.Render(root, CommandHelp.Width()));
            return ExitCode.Usage;
        }
        // --help and --completion need no verb and no required option.
        bool isAnswered =
            parsed.Action is CommandHelp
            || (parsed.Action is { Terminating: true } and not ParseErrorAction && parsed.Errors.All(e => e.SymbolResult is CommandResult));
        if (!isAnswered && CommandProblem.Find(parsed) is { } problem)
        {
            messages.WriteLine(problem);
            return ExitCode.Usage;
        }
        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }
}
