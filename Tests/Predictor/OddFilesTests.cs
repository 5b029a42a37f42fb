using System.Diagnostics;
using EmotionMLNet.Files;
using EmotionMLNet.Predictor;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Predictor;

/// <summary>What lies in folders beside pictures: each is a row with its reason, and none of them stops a run.</summary>
public sealed class OddFilesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public OddFilesTests()
    {
        TinyModel.Make().Save(folder["model.zip"]);
        Pictures.Write(folder["in/a.png"]);
        Pictures.Write(folder["in/z.png"]);
    }

    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
            // Also what is too deep for .NET.
            Shell.Run(Path.GetTempPath(), $"chmod -R u+rwx '{folder.FullName}'; rm -rf '{folder.FullName}'/in");
        folder.Dispose();
    }

    [UnixFact("mkfifo")]
    public void Pipes_devices_sockets_and_links_are_rows_at_once()
    {
        Shell.Run(
            folder["in"],
            "mkfifo pipe.png pipe; ln -s /dev/zero zero.png; ln -s /dev/zero zero; ln -s nowhere broken.png; ln -s loop.png " + "loop.png"
        );
        using var socket = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix,
            System.Net.Sockets.SocketType.Stream,
            System.Net.Sockets.ProtocolType.Unspecified
        );
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(folder["in/s.png"]));
        using (FileStream large = File.Create(folder["in/large.png"])) large.SetLength(RegularFile.DefaultMaxBytes + 1);
        ProcessResult result = PredictorProcess.Run(null, folder["model.zip"], folder["in"], "--format", "jsonl");
        Assert.Equal(3, result.Code);
        Dictionary<string, string?> errors = Errors(result.Output);
        Assert.Equal(
            ["a.png", "broken.png", "large.png", "loop.png", "pipe", "pipe.png", "s.png", "z.png", "zero", "zero.png"],
            errors.Keys.Order(StringComparer.Ordinal)
        );
        Assert.Null(errors["a.png"]);
        Assert.Null(errors["z.png"]);
        foreach (string pipe in new[] { "pipe", "pipe.png" }) Assert.Equal("a named pipe, not a regular file", errors[pipe]);
        foreach (string device in new[] { "zero", "zero.png" }) Assert.Equal("a device, not a regular file", errors[device]);
        Assert.Equal("a socket, not a regular file", errors["s.png"]);
        Assert.Equal("a link to nowhere, where nothing is", errors["broken.png"]);
        Assert.Contains("bytes are more than the limit of", errors["large.png"], StringComparison.Ordinal);
        Assert.NotNull(errors["loop.png"]);
    }

    [UnixFact]
    public void A_path_that_is_too_long_is_a_row_and_the_rest_is_classified()
    {
        Pictures.Write(folder["in/zz/last.png"]);
        Shell.Run(folder["in"], "mkdir m; cd m; d=$(printf 'd%.0s' {1..200}); for i in {1..25}; do mkdir $d && cd $d || exit 1; done");
        ProcessResult result = PredictorProcess.Run(null, folder["model.zip"], folder["in"], "--recursive", "--format", "jsonl");
        Assert.Equal(3, result.Code);
        Dictionary<string, string?> errors = Errors(result.Output);
        Assert.Equal(["a.png", "last.png", "z.png"], errors.Where(e => e.Value is null).Select(e => e.Key).Order(StringComparer.Ordinal));
        Assert.Equal(new string('d', 200), Assert.Single(errors, e => e.Value is not null).Key);
    }

    [UnixFact("setpriv")]
    public void A_folder_that_may_not_be_read_is_a_row_and_the_rest_is_classified()
    {
        Pictures.Write(folder["in/m/hidden.png"]);
        Pictures.Write(folder["in/n/listed.png"]);
        Pictures.Write(folder["in/zz/last.png"]);
        // Root may read everything, so root becomes nobody.
        string other = Environment.IsPrivilegedProcess ? "setpriv --reuid=65534 --regid=65534 --clear-groups " : "";
        string output = Shell.Run(
            folder.FullName,
            $"chmod 755 .; chmod 000 in/m; chmod 444 in/n; HOME=/nonexistent {other}dotnet '{PredictorProcess.Library}' model.zip "
                + "in --recursive --format jsonl; test $? = 3"
        );
        Dictionary<string, string?> errors = Errors(output);
        Assert.Equal(["a.png", "last.png", "z.png"], errors.Where(e => e.Value is null).Select(e => e.Key).Order(StringComparer.Ordinal));
        Assert.Contains("denied", errors["m"], StringComparison.Ordinal);
        Assert.Contains("may not be entered", errors["listed.png"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_goes_away_under_way_is_a_row()
    {
        Pictures.Write(folder["in/m/n/p.png"]);
        Pictures.Write(folder["in/m/o/p.png"]);
        var found = new List<FoundFile>();
        foreach (FoundFile file in new ImageFiles([folder["in"]], recursive: true).Enumerate(CancellationToken.None))
        {
            found.Add(file);
            if (file.Path == folder["in/m/n/p.png"]) Directory.Delete(folder["in/m/o"], recursive: true);
        }
        Assert.Equal(
            [(folder["in/a.png"], true), (folder["in/z.png"], true), (folder["in/m/n/p.png"], true), (folder["in/m/o"], false)],
            found.Select(f => (f.Path, f.Problem is null))
        );
    }

    [UnixFact]
    public void A_name_that_is_not_UTF_8_says_so()
    {
        Shell.Run(folder["in"], @"cp a.png $'\xff.png'; mkdir $'d\xfe'; cp a.png $'d\xfe/p.png'");
        ProcessResult result = PredictorProcess.Run(null, folder["model.zip"], folder["in"], "--recursive", "--format", "jsonl");
        Assert.Equal(
            ["its name is not UTF-8: rename it", "its name is not UTF-8: rename it"],
            Errors(result.Output).Values.Where(e => e is not null)
        );
    }

    [UnixFact]
    public void One_signal_ends_a_run_that_waits_for_paths()
    {
        using Process process = PredictorProcess.Start(null, folder["model.zip"], "-");
        process.StandardOutput.ReadLine(); // the header: it runs
        Shell.Signal(process, "TERM");
        ProcessResult result = TrainerProcess.Finish(process);
        Assert.Equal(130, result.Code);
        Assert.Contains(result.ErrorLines, l => l == "cancelled after 0 files");
    }

    [Fact]
    public void A_folder_of_folders_says_what_to_add()
    {
        Directory.CreateDirectory(folder["in/below"]);
        File.Move(folder["in/a.png"], folder["in/below/a.png"]);
        File.Move(folder["in/z.png"], folder["in/below/z.png"]);
        ProcessResult result = PredictorProcess.Run(null, folder["model.zip"], folder["in"], "--quiet");
        Assert.Equal(3, result.Code);
        Assert.Equal("nothing was classified: 1 sub-folder was not entered: add --recursive", Assert.Single(result.ErrorLines));
    }

    private static Dictionary<string, string?> Errors(string output)
        => output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => System.Text.Json.JsonDocument.Parse(l).RootElement)
            .ToDictionary(r => Path.GetFileName(r.GetProperty("path").GetString()!), r => r.GetProperty("error").GetString());
}
