using System.CommandLine;

namespace EmotionMLNet.Terminal;

/// <summary>How every program runs its command line.</summary>
internal static class CommandLineRun
{
    /// <summary>
    /// Parses and invokes. Response files are off: names of files come from shells and scripts, and "@x" is a name, not a request to read options
    /// out of the file x. A wrong command line is one line on stderr and <see cref="ExitCode.Usage"/>.
    /// </summary>
    public static int Invoke(RootCommand root, string[] arguments)
    {
        WrappingWriter.Install();
        return Guard.Run(() =>
        {
            ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
            int code = parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
            return parsed.Errors.Count > 0 ? ExitCode.Usage : code;
        });
    }
}
