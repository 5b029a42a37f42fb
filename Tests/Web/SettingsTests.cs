using System.Net;
using EmotionMLNet.Files;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Web.Settings;

namespace EmotionMLNet.Tests.Web;

/// <summary>Where settings come from, and what is said of wrong ones.</summary>
public sealed class SettingsTests
{
    [Fact]
    public void Without_any_it_is_open_to_this_machine_alone()
    {
        ServerSettings settings = Read(null, [], [], out IReadOnlyList<string> problems);
        Assert.Empty(problems);
        Assert.Equal(new ServerSettings() with { Hosts = settings.Hosts, Proxies = settings.Proxies }, settings);
        Assert.True(IPAddress.IsLoopback(settings.Address) && IPAddress.IsLoopback(settings.MetricsAddress));
    }

    [Fact]
    public void The_command_line_goes_before_the_environment_and_that_before_the_file()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(
            folder["s.json"], """{ "port": 1, "queue": 2, "maxBody": 3, "hosts": ["a", "b"], "jsonLog": true, /* yes */ }""");
        ServerSettings settings = Read(
            folder["s.json"], new() { ["EMOTIONMLNET_QUEUE"] = "20", ["EMOTIONMLNET_MAX_BODY"] = "30" }, new() { ["max-body"] = "300" },
            out IReadOnlyList<string> problems);
        Assert.Empty(problems);
        Assert.Equal((1, 20, 300), (settings.Port, settings.Queue, settings.BodyMegabytes));
        Assert.Equal(["a", "b"], settings.Hosts);
        Assert.True(settings.LogsJson);
    }

    [Fact]
    public void Every_wrong_one_is_a_line_that_says_where_and_what_to_do()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["s.json"], """{ "prot": 1, "queue": "many" }""");
        AtomicFile.WriteText(folder["token"], "short\n");
        Read(
            folder["s.json"],
            new() { ["EMOTIONMLNET_PORT"] = "99999" },
            new() { ["decode-seconds"] = "0", ["open"] = "perhaps", ["token-file"] = folder["token"], ["address"] = "example.com" },
            out IReadOnlyList<string> problems);
        Assert.Equal(
            [
                $"{folder["s.json"]}: there is no setting prot: did you mean port?",
                $"{folder["s.json"]}: queue many: give a whole number from 0 to 100000",
                "EMOTIONMLNET_PORT 99999: give a whole number from 0 to 65535",
                "--address example.com: give an address, as 127.0.0.1 or ::, or 'any'; names are not looked up",
                $"--token-file {folder["token"]}: its first line is to be a token of 16 or more letters and digits",
                "--open perhaps: it is true or false",
                "--decode-seconds 0: give seconds above 0, 3600 at most",
            ],
            problems);
    }

    [Theory]
    [InlineData("any"), InlineData("0.0.0.0"), InlineData("192.0.2.1")]
    public void Other_machines_need_a_token_or_a_word(string address)
    {
        Read(null, [], new() { ["address"] = address }, out IReadOnlyList<string> problems);
        Assert.Contains("--token-file", Assert.Single(problems), StringComparison.Ordinal);
        Assert.True(Read(null, [], new() { ["address"] = address, ["open"] = "true" }, out problems).IsOpen);
        Assert.Empty(problems);
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["token"], "0123456789abcdef\nrest\n");
        ServerSettings settings = Read(null, [], new() { ["address"] = address, ["token-file"] = folder["token"] }, out problems);
        Assert.Empty(problems);
        Assert.Equal("0123456789abcdef", settings.Token);
    }

    [Fact]
    public void The_defaults_of_the_help_are_those_of_the_server()
    {
        string[] ofTheMachine = ["model", "detector", "threads"];
        foreach (Setting setting in SettingsTable.All.Where(s => s.Default.Length > 0 && !ofTheMachine.Contains(s.Name)))
        {
            (ServerSettings settings, string? problem) = setting.Apply(new ServerSettings(), setting.Default);
            Assert.Null(problem);
            Assert.Equal(new ServerSettings() with { Hosts = settings.Hosts, Proxies = settings.Proxies }, settings);
        }
    }

    private static ServerSettings Read(
        string? file, Dictionary<string, string> environment, Dictionary<string, string> options, out IReadOnlyList<string> problems)
        => SettingsReader.Read(file, environment.GetValueOrDefault, options, out problems);
}
