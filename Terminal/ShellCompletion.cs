using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Invocation;
using System.Text.RegularExpressions;

namespace EmotionMLNet.Terminal;

/// <summary>
/// Tab completion: <c>--completion SHELL</c> prints a script for the user's shell, which asks the program itself (<c>--complete TEXT</c>,
/// hidden) what may come next. So verbs, options and the words that an option takes are never written down twice.
/// </summary>
internal static partial class ShellCompletion
{
    private static readonly string[] Shells = ["bash", "zsh", "fish", "powershell"];

    /// <summary>Adds both options to a program.</summary>
    public static void AddTo(RootCommand root)
    {
        var script = new ChoiceOption("--completion", Shells)
        {
            Description = "Print a completion script for your shell: eval \"$(PROGRAM --completion bash)\".",
        };
        script.HelpName = "SHELL";
        script.Action = new Printing(parsed =>
            Script(
                parsed.GetValue(script)!,
                Path.GetFileNameWithoutExtension(Environment.ProcessPath ?? Environment.GetCommandLineArgs()[0])
            )
        );
        var complete = new Option<string>("--complete") { Hidden = true };
        complete.Action = new Printing(parsed => string.Concat(Candidates(root, parsed.GetValue(complete) ?? "").Select(c => c + "\n")));
        root.Add(script);
        root.Add(complete);
    }

    /// <summary>What may stand at the end of a command line.</summary>
    /// <param name="root">The program.</param>
    /// <param name="text">The text that is typed so far, without the program's name.</param>
    public static IEnumerable<string> Candidates(RootCommand root, string text)
    {
        ParseResult parsed = root.Parse(text, CommandLineRun.Configuration);
        return parsed
            .GetCompletions(text.Length)
            .Select(Label)
            .Where(c => !c.StartsWith('/') && c is not ("-?" or "-h"))
            .Distinct()
            .Order(StringComparer.Ordinal);
    }

    private static string Label(CompletionItem item) => item.InsertText ?? item.Label;

    private static string Script(string shell, string program)
    {
        string function = NotWord().Replace(program, "_");
        return shell.ToLowerInvariant() switch
        {
            "bash" => $$"""
                _{{function}}_complete() {
                  local text="${COMP_LINE:0:COMP_POINT}"
                  text="${text#* }"
                  mapfile -t COMPREPLY < <(compgen -W "$({{program}} --complete "$text" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}")
                }
                complete -o default -F _{{function}}_complete {{program}}

                """,
            "zsh" => $$"""
                _{{function}}_complete() {
                  local text="${BUFFER[1,CURSOR]}"
                  local -a found
                  found=("${(@f)$({{program}} --complete "${text#* }" 2>/dev/null)}")
                  if [[ -n "$found" ]]; then compadd -- $found; else _files; fi
                }
                compdef _{{function}}_complete {{program}}

                """,
            "fish" => $$"""
                complete -c {{program}} -a '({{program}} --complete (string replace -r "^\S+ ?" "" -- (commandline -cp)) 2>/dev/null)'

                """,
            _ => $$"""
                Register-ArgumentCompleter -Native -CommandName {{program}} -ScriptBlock {
                  param($word, $ast, $position)
                  $text = ($ast.ToString().PadRight($position) -replace '^\S+ ?', '')
                  {{program}} --complete $text 2>$null | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
                }

                """,
        };
    }

    [GeneratedRegex(@"\W")]
    private static partial Regex NotWord();

    private sealed class Printing(Func<ParseResult, string> text) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.Write(text(parseResult));
            return ExitCode.Ok;
        }
    }
}
