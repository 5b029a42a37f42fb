using System.CommandLine;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Terminal;

/// <summary>What a wrong command line says, and what a right one never does.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("evaluate: there is no option --modle: did you mean --model?", "evaluate", "--modle", "x.zip")]
    [InlineData("evaluate: --model is missing", "evaluate", "--data", "x")]
    [InlineData("train: --learning-rate needs a value", "train", "--learning-rate")]
    [InlineData("train: --learning-rate: '0,001' has a decimal comma: write 0.001.", "train", "--data", "x", "--learning-rate", "0,001")]
    [InlineData("train: --weight-decay: '0,0005' has a decimal comma: write 0.0005.", "train", "--weight-decay", "0,0005")]
    [InlineData("train: --learning-rate is given more than once", "train", "--learning-rate", "1", "--learning-rate", "2")]
    [InlineData("train: --optimiser sdg: did you mean sgd?", "train", "--optimiser", "sdg")]
    [InlineData("there is no verb 'trian': did you mean train?", "trian", "--data", "x")]
    [InlineData("data: 'second' belongs to no option", "data", "--data", "first", "second")]
    [InlineData("faces: --per-class: 'abc' is no whole number", "faces", "--out", "x", "--per-class", "abc")]
    [InlineData("faces: --size: 'abc' is no whole number", "faces", "--out", "x", "--size", "abc")]
    [InlineData("quantise: --images: 'x' is no whole number", "quantise", "--model", "m", "--data", "d", "--out", "o", "--images", "x")]
    public void A_wrong_command_line_is_one_line_with_the_remedy(string begins, params string[] arguments)
    {
        ParseResult parsed = CommandLineRun.Prepare(Trainer.Program.CreateRoot()).Parse(arguments, CommandLineRun.Configuration);
        string problem = CommandProblem.Find(parsed)!;
        Assert.StartsWith(begins, problem);
        Assert.DoesNotContain('\n', problem);
        Assert.DoesNotContain("System.", problem);
    }

    [Theory]
    [InlineData("--threshold: '0,9' has a decimal comma: write 0.9.", "x", "--threshold", "0,9")]
    [InlineData("there is no option --recursve: did you mean --recursive?; a file of that name goes behind --", "--recursve", "folder")]
    public void The_predictor_says_it_too(string begins, params string[] arguments) =>
        Assert.StartsWith(
            begins,
            CommandProblem.Find(
                CommandLineRun.Prepare(EmotionMLNet.Predictor.Program.CreateRoot()).Parse(arguments, CommandLineRun.Configuration)
            )
        );

    [Fact]
    public void Behind_two_dashes_every_word_is_a_file()
    {
        ParseResult parsed = CommandLineRun
            .Prepare(EmotionMLNet.Predictor.Program.CreateRoot())
            .Parse(["--quiet", "--", "-a.png", "--recursive", "@b.png", "[c].png"], CommandLineRun.Configuration);
        Assert.Null(CommandProblem.Find(parsed));
        Assert.Equal(["-a.png", "--recursive", "@b.png", "[c].png"], parsed.CommandResult.Tokens.Select(t => t.Value));
    }

    [Fact]
    public void A_file_whose_name_begins_with_at_is_a_file_and_its_content_no_options()
    {
        using var folder = new TemporaryFolder();
        string options = folder["@x"], written = folder["written.csv"];
        EmotionMLNet.Files.AtomicFile.WriteText(options, $"--out\n{written}\n");
        foreach (
            ProcessResult result in new[]
            {
                PredictorProcess.Run(null, "@" + options, "@" + options),
                TrainerProcess.Run("data", "@" + options),
                TrainerProcess.Run("@" + options),
            }
        )
            Assert.Equal(ExitCode.Usage, result.Code);
        Assert.False(File.Exists(written));
    }

    [Fact]
    public void Nothing_given_is_the_overview_and_the_code_of_a_wrong_command_line()
    {
        ProcessResult result = TrainerProcess.Run();
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Empty(result.Output);
        Assert.Contains("quickstart", result.Error);
    }
}
