using System.CommandLine;
using EmotionMLNet.Terminal;

namespace EmotionMLNet.Tests.Terminal;

/// <summary>The help of every verb of both programs.</summary>
public sealed class CommandHelpTests
{
    public static TheoryData<string> Verbs =>
        [.. Trainer.Program.CreateRoot().Subcommands.Where(c => !c.Hidden).Select(c => c.Name), "predictor"];

    private static Command Find(string verb) =>
        verb == "predictor"
            ? CommandLineRun.Prepare(EmotionMLNet.Predictor.Program.CreateRoot())
            : CommandLineRun.Prepare(Trainer.Program.CreateRoot()).Subcommands.Single(c => c.Name == verb);

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Help_fits_the_terminal(string verb)
    {
        foreach (int width in (int[])[60, 80, 100])
        {
            string[] lines = CommandHelp.Render(Find(verb), width).Split('\n');
            Assert.All(
                lines.Where(l =>
                    l.TrimStart().Contains(' ', StringComparison.Ordinal)
                    && !l.StartsWith("  dotnet", StringComparison.Ordinal)
                    && !l.StartsWith("Usage", StringComparison.Ordinal)
                ),
                l => Assert.True(l.Length <= width, l)
            );
        }
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Help_has_an_example_shows_defaults_and_names_no_type(string verb)
    {
        Command command = Find(verb);
        string help = CommandHelp.Render(command, 80);
        Assert.Contains("\nExample", help);
        Assert.DoesNotContain("System.", help);
        Assert.DoesNotContain("Single", help);
        Assert.DoesNotContain("VALUE", help); // every option says what it takes
        foreach (Option option in command.Options.Where(o => !o.Hidden && o is not System.CommandLine.Help.HelpOption))
            Assert.Contains(option.Name, help);
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void The_examples_are_command_lines_that_parse(string verb)
    {
        Command command = Find(verb);
        foreach (string example in ((IHasHelpLayout)command).Help.Examples)
        {
            RootCommand root = verb == "predictor" ? (RootCommand)command : CommandLineRun.Prepare(Trainer.Program.CreateRoot());
            ParseResult parsed = root.Parse((verb == "predictor" ? "" : verb + " ") + example, CommandLineRun.Configuration);
            Assert.True(CommandProblem.Find(parsed) is null, $"{example}: {CommandProblem.Find(parsed)}");
        }
    }
}
