using System.CommandLine;
using EmotionMLNet.Terminal;
using EmotionMLNet.Web.Hosting;
using EmotionMLNet.Web.Settings;

namespace EmotionMLNet.Web.Commands;

/// <summary>The command line: a whole program, or the verb serve of one that has more of them.</summary>
internal static class ServeCommand
{
    private const string Description =
        "Serves a page and an HTTP API that label pictures of faces. No picture is stored or sent on; only --otlp sends anything, metrics.";

    private static readonly Option<string> File = new("--settings")
    {
        HelpName = "FILE.json",
        Description =
            "Read settings from a file: the names of the options in camel case. The environment and the command line go before it.",
    };

    /// <summary>A program that does nothing else.</summary>
    public static RootCommand Create()
    {
        var program = new ProgramCommand(Description);
        Fill(program, program.Help);
        return program;
    }

    /// <summary>The same as a verb.</summary>
    public static Command CreateVerb()
    {
        var verb = new Verb("serve", Description);
        Fill(verb, verb.Help);
        return verb;
    }

    private static void Fill(Command command, HelpLayout help)
    {
        var options = new Dictionary<Setting, Option>();
        foreach ((string title, IReadOnlyList<Setting> settings) in SettingsTable.Groups)
        {
            foreach (Setting setting in settings)
            {
                Option option = setting.ValueName is null
                    ? new FlagOption(setting.Option) { Description = setting.Description }
                    : new Option<string>(setting.Option) { Description = setting.Description, HelpName = setting.ValueName };
                options.Add(setting, option);
                command.Options.Add(option);
                if (setting.Default.Length > 0) help.SetDefault(option, setting.Default);
            }
            help.AddGroup(title, settings.Select(s => options[s]));
        }
        command.Options.Add(File);
        help.AddGroup("Settings", [File]);
        help.Examples =
        [
            "",
            "--model happy-sad --port 8080",
            "--address any --token-file /etc/emotionmlnet/token --models /var/lib/emotionmlnet",
        ];
        help.Notes = [$"Each option has a variable of the environment too: {SettingsReader.Prefix}MAX_BODY is --max-body."];
        command.SetAction(parsed =>
        {
            ServerSettings settings = SettingsReader.Read(
                parsed.GetValue(File), Environment.GetEnvironmentVariable, Given(parsed, options), out IReadOnlyList<string> problems);
            foreach (string problem in problems) Console.Error.WriteLine(problem);
            return problems.Count > 0 ? ExitCode.Usage : WebServer.Run(settings);
        });
    }

    private static Dictionary<string, string> Given(ParseResult parsed, Dictionary<Setting, Option> options)
    {
        var given = new Dictionary<string, string>();
        foreach ((Setting setting, Option option) in options)
        {
            if (parsed.GetResult(option) is null or { Implicit: true }) continue;
            given.Add(
                setting.Name,
                option is Option<bool> flag ? parsed.GetValue(flag) ? "true" : "false" : parsed.GetValue((Option<string>)option) ?? ""
            );
        }
        return given;
    }
}
