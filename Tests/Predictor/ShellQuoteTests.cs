using EmotionMLNet.Formatting;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Predictor;

/// <summary>Hints that can be pasted: a shell hands over exactly what was meant.</summary>
public sealed class ShellQuoteTests
{
    [UnixFact]
    public void Bash_reads_back_any_argument()
    {
        const string Letters = "ab =+-@'\"\\$`!*?~#&|;<>(){}[]\n\r\t\u001b\u0001ü悲\u202e%^";
        var random = new Random(3);
        string[] arguments =
        [
            "",
            "plain-1_2.3/4",
            "a b",
            "it's",
            "=x",
            "~",
            .. Enumerable
                .Range(0, 300)
                .Select(_ => new string([.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => Letters[random.Next(Letters.Length)])])),
        ];
        string command = string.Join(' ', arguments.Select(ShellQuote.Posix));
        Assert.Equal(PrintableText.Line(command), command); // nothing in it moves a cursor
        Assert.Equal(arguments, Shell.Run(Path.GetTempPath(), $"printf '%s\\0' {command}").Split('\0')[..^1]);
    }

    [Theory]
    [InlineData("a.png", "a.png")]
    [InlineData("my pictures", "'my pictures'")]
    [InlineData("it's", @"'it'\''s'")]
    [InlineData("", "''")]
    [InlineData("a\nb", @"$'a\012b'")]
    public void Posix_quotes_only_what_needs_it(string argument, string expected) => Assert.Equal(expected, ShellQuote.Posix(argument));

    [Theory]
    [InlineData("a.png", "a.png")]
    [InlineData(@"C:\my pictures\", @"""C:\my pictures\\""")]
    [InlineData("say \"x\"", @"""say \""x\""""")]
    [InlineData("", "\"\"")]
    public void Windows_has_double_quotes(string argument, string expected) => Assert.Equal(expected, ShellQuote.Windows(argument));

    [UnixFact]
    public void A_program_is_called_as_it_was_started()
    {
        Assert.Equal(
            "Predictor.Console",
            ProgramName.Describe("/opt/x/Predictor.Console", "/opt/x/Predictor.Console.dll", "/home/me", "/bin:/opt/x")
        );
        Assert.Equal(
            "bin/Predictor.Console",
            ProgramName.Describe("/home/me/bin/Predictor.Console", "/home/me/bin/Predictor.Console.dll", "/home/me", "/bin")
        );
        Assert.Equal(
            "./Predictor.Console",
            ProgramName.Describe("/home/me/Predictor.Console", "/home/me/Predictor.Console.dll", "/home/me", "/bin")
        );
        Assert.Equal(
            "dotnet '/opt/my x/Predictor.Console.dll'",
            ProgramName.Describe("/usr/share/dotnet/dotnet", "/opt/my x/Predictor.Console.dll", "/home/me", "/bin")
        );
        // A .NET tool: the program that the shell finds is not where its library is.
        const string tool = "/home/me/.dotnet/tools/emotionmlnet", library = "/home/me/.dotnet/tools/.store/x/EmotionMLNet.Trainer.dll";
        Assert.Equal("emotionmlnet", ProgramName.Describe(tool, library, "/home/me", "/home/me/.dotnet/tools:/bin"));
        Assert.Equal(".dotnet/tools/emotionmlnet", ProgramName.Describe(tool, library, "/home/me", "/bin"));
    }

    [Theory]
    [InlineData("EmotionMLNet.Trainer", "emotionmlnet")]
    [InlineData("EmotionMLNet.Trainer.MLNet", "emotionmlnet-mlnet")]
    public void A_tool_of_a_manifest_is_called_by_its_command(string name, string command)
    {
        using var folder = new TemporaryFolder();
        string host = OperatingSystem.IsWindows() ? @"C:\dotnet\dotnet.exe" : "/usr/bin/dotnet";
        string library = folder[name + ".dll"], settings = folder["DotnetToolSettings.xml"];
        Assert.NotEqual($"dotnet {command}", ProgramName.Describe(host, library, folder.FullName, null));
        // As the SDK writes it.
        EmotionMLNet.Files.AtomicFile.WriteText(settings, $"""
            <?xml version="1.0" encoding="utf-8"?>
            <DotNetCliTool Version="1">
              <Commands>
                <Command Name="{command}" EntryPoint="{name}.dll" Runner="dotnet" />
              </Commands>
            </DotNetCliTool>
            """);
        Assert.Equal($"dotnet {command}", ProgramName.Describe(host, library, folder.FullName, null));
        EmotionMLNet.Files.AtomicFile.WriteText(settings, "<DotNetCliTool");
        Assert.Equal("dotnet emotionmlnet", ProgramName.Describe(host, library, folder.FullName, null));
    }
}
