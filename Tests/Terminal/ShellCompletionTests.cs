using System.Diagnostics;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Terminal;

public sealed class ShellCompletionTests
{
    [Theory]
    [InlineData("ev", "evaluate")]
    [InlineData("train --label", "--label-smoothing", "--labels")]
    [InlineData("train --optimiser ", "adam", "adamw", "radam", "sgd")]
    [InlineData("export --input u", "uint8")]
    public void The_program_knows_what_may_come_next(string text, params string[] expected)
        => Assert.Equal(expected, ShellCompletion.Candidates(CommandLineRun.Prepare(Trainer.Program.CreateRoot()), text));

    [UnixFact]
    public void The_script_of_bash_completes_in_bash()
    {
        using var folder = new TemporaryFolder();
        // In a test the process is dotnet's.
        string script = TrainerProcess.Run("--completion", "bash").Output.Replace("dotnet", "emotionmlnet", StringComparison.Ordinal);
        EmotionMLNet.Files.AtomicFile.WriteText(folder["complete.bash"], $$"""
            emotionmlnet() { dotnet '{{Path.Combine(AppContext.BaseDirectory, "EmotionMLNet.Trainer.dll")}}' "$@"; }
            {{script}}
            COMP_LINE="emotionmlnet train --labe" COMP_POINT=25 COMP_CWORD=2 COMP_WORDS=(emotionmlnet train --labe)
            _emotionmlnet_complete
            printf '%s\n' "${COMPREPLY[@]}"
            """);
        using Process bash = Process.Start(new ProcessStartInfo("/bin/bash", [folder["complete.bash"]]) { RedirectStandardOutput = true })!;
        Assert.Equal(["--label-smoothing", "--labels"], bash.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Another_shell_is_refused_in_one_line()
    {
        ProcessResult result = TrainerProcess.Run("--completion", "tcsh");
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Single(result.ErrorLines);
    }
}
