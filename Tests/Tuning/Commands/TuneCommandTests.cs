using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.TrialStores;
using Microsoft.Data.Sqlite;
using Xunit.Abstractions;

namespace EmotionMLNet.Tests.Tuning.Commands;

/// <summary>tune as scripts run it: whole processes, killed, doubled and asked how far they are.</summary>
public sealed partial class TuneCommandTests(ITestOutputHelper output)
{
    private static readonly string[] Small = ["--trials", "6", "--epochs", "9", "--seeds", "2"];

    [Fact]
    public void A_search_leaves_its_page_its_table_its_settings_and_its_model()
    {
        using var tiny = new TinySearch();
        ProcessResult result = tiny.Run("run", Small);
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        string[] written = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([Path.Combine(tiny["run"], "report.html"), Path.Combine(tiny["run"], "best.zip")], written);
        foreach (string file in (string[])["search.db", "space.json", "trials.csv", "best.json", "confirmation/report.html"])
            Assert.True(File.Exists(Path.Combine(tiny["run"], file)), file);
        Assert.Contains("gain", result.Error, StringComparison.OrdinalIgnoreCase);

        // The test split was read once, for each model that was trained with a fresh seed.
        Assert.All(tiny.TestReadings("run"), r => Assert.Single(r));
        int models = Directory.GetDirectories(Path.Combine(tiny["run"], "confirmation", "runs")).Length;
        Assert.Equal(models, tiny.TestReadings("run").Length);
        ProcessResult again = tiny.Run("run", Small);
        Assert.True(again.Code == ExitCode.Ok, again.Error);
        Assert.All(tiny.TestReadings("run"), r => Assert.Single(r));

        ModelZip best = ModelZip.Load(Path.Combine(tiny["run"], "best.zip"));
        Assert.Equal((6, "halving"), (best.Manifest.Search!.Trials, best.Manifest.Search.Tuner));
        string corrected = string.Create(CultureInfo.InvariantCulture, $"{100 * best.Manifest.Search.Corrected:0.0} %");
        Assert.Contains($"Corrected for the choice it is {corrected}", WhiteSpace().Replace(result.Error, " "), StringComparison.Ordinal);

        // The settings that it found are settings.
        ProcessResult trained = TrainerProcess.Run(
            "train", "--settings", Path.Combine(tiny["run"], "best.json"), "--data", tiny["data"], "--epochs", "1", "--out", tiny["trained"]
        );
        Assert.True(trained.Code == ExitCode.Ok, trained.Error);
    }

    [Fact]
    public void Status_report_and_export_read_a_search_and_people_can_query_it()
    {
        using var tiny = new TinySearch();
        Assert.Equal(ExitCode.Ok, tiny.Run("run", Small).Code);
        ProcessResult status = TrainerProcess.Run("tune", "status", tiny["run"]);
        Assert.True(status.Code == ExitCode.Ok, status.Error);
        Assert.Contains("the defaults", status.Output, StringComparison.Ordinal);
        Assert.Contains("the search is over", status.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, TrainerProcess.Run("tune", "report", tiny["run"]).Code);
        ProcessResult export = TrainerProcess.Run("tune", "export", tiny["run"], "--trial", "3");
        Assert.Contains("\"learningRate\"", export.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, TrainerProcess.Run("tune", "export", tiny["run"], "--trial", "99").Code);
        Assert.Contains("there is no search", TrainerProcess.Run("tune", "status", tiny["data"]).Error, StringComparison.Ordinal);

        using var connection = new SqliteConnection($"Data Source={Path.Combine(tiny["run"], "search.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using SqliteCommand query = connection.CreateCommand();
        query.CommandText = "SELECT count(*) FROM trials WHERE status IN ('finished', 'paused')";
        Assert.True((long)query.ExecuteScalar()! >= 6);
    }

    // 30 kills were run by hand, see docs/lab; CI has fewer.
    [Fact]
    public void A_search_that_is_killed_again_and_again_ends_as_the_unbroken_one()
    {
        using var tiny = new TinySearch();
        string[] small = [.. Small, "--metric", "loss"]; // of which the default is not the best
        ProcessResult whole = tiny.Run("whole", small);
        Assert.True(whole.Code == ExitCode.Ok, whole.Error);
        int wanted = int.Parse(Environment.GetEnvironmentVariable("EMOTIONMLNET_KILLS") ?? "6", CultureInfo.InvariantCulture);
        var draws = new Random(1);
        int kills = tiny.RunKilled("parts", Enumerable.Range(0, wanted).Select(_ => draws.Next(300, 1500)), small);
        output.WriteLine($"killed {kills} times");
        Assert.InRange(kills, 1, wanted);
        Assert.Equal(tiny.Findings("whole"), tiny.Findings("parts"));
        Assert.Equal(4, tiny.TestReadings("parts").Length); // default and winner, two seeds each
        Assert.All(tiny.TestReadings("parts"), r => Assert.Single(r));
    }

    [Fact]
    public void Workers_of_one_machine_share_the_trials()
    {
        using var tiny = new TinySearch();
        ProcessResult result = tiny.Run("run", [.. Small, "--workers", "2"]);
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        SearchState state = SqliteTrialStore.Peek(Path.Combine(tiny["run"], "search.db"));
        Assert.Equal(["worker 1", "worker 2"], state.Trials.SelectMany(t => t.Spans).Select(x => x.Worker).Distinct().Order());
    }

    [Fact]
    public void What_breaks_a_limit_is_not_trained()
    {
        using var tiny = new TinySearch();
        ProcessResult all = tiny.Run("all", [.. Small, "--max-parameters", "10"]);
        Assert.Contains("Nothing is within the limits", all.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("best.zip", all.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, tiny.Run("none").Code); // neither time nor trials
        Assert.Contains("--budget", tiny.Run("none").Error, StringComparison.Ordinal);
        ProcessResult latency = tiny.Run("latency", [.. Small, "--max-latency", "soon"]);
        Assert.Contains("milliseconds", latency.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void A_search_that_is_asked_to_end_says_how_to_go_on_and_ends_as_the_unbroken_one(string signal)
    {
        using var tiny = new TinySearch();
        Assert.Equal(ExitCode.Ok, tiny.Run("whole", Small).Code);
        using Process process = TrainerProcess.Start(tiny.Arguments("parts", Small));
        string database = Path.Combine(tiny["parts"], "search.db");
        while (!File.Exists(Path.Combine(tiny["parts"], "runs", "trial-0001", "claim-01", "settings.json"))) Thread.Sleep(20);
        Posix.Send(process, signal);
        ProcessResult ended = TrainerProcess.Finish(process);
        Assert.True(ended.Code == ExitCode.Cancelled, ended.Error);
        Assert.Contains("the same command goes on", ended.Error, StringComparison.Ordinal);
        SearchState left = SqliteTrialStore.Peek(database);
        Assert.DoesNotContain(left.Trials, t => t.Status == TrialStatus.Running);
        Assert.Equal(ExitCode.Ok, tiny.Run("parts", Small).Code);
        Assert.Equal(tiny.Findings("whole"), tiny.Findings("parts"));
    }

    [Fact]
    public void Without_space_for_checkpoints_a_search_finds_the_same()
    {
        using var tiny = new TinySearch();
        Assert.Equal(ExitCode.Ok, tiny.Run("whole", Small).Code);
        ProcessResult none = tiny.Run("none", [.. Small, "--max-disk", "0"]);
        Assert.True(none.Code == ExitCode.Ok, none.Error);
        Assert.Equal(tiny.Findings("whole"), tiny.Findings("none"));
        // When it is over no training is left but those that were confirmed.
        Assert.Empty(Directory.GetFiles(Path.Combine(tiny["whole"], "runs"), "checkpoint*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_longer_training_follows_the_search_and_the_better_model_is_handed_on()
    {
        using var tiny = new TinySearch();
        ProcessResult search = tiny.Run("run", Small);
        Assert.True(search.Code == ExitCode.Ok, search.Error);
        ModelZip before = ModelZip.Load(Path.Combine(tiny["run"], "best.zip"));
        // It is no other search, so that it can be had afterwards.
        ProcessResult longer = tiny.Run("run", [.. Small, "--final", "4s"]);
        Assert.True(longer.Code == ExitCode.Ok, longer.Error);
        string text = WhiteSpace().Replace(longer.Error, " ");
        Assert.Contains("The recommended settings were then trained for", text, StringComparison.Ordinal);
        ModelZip after = ModelZip.Load(Path.Combine(tiny["run"], "best.zip"));
        bool isLonger = text.Contains("best.zip is the longer trained one", StringComparison.Ordinal);
        Assert.Equal(isLonger, after.Manifest.Search!.IsTrainedLonger);
        Assert.Equal(isLonger, before.Manifest.Training!.Seed != after.Manifest.Training!.Seed);
        Assert.Equal(!isLonger, text.Contains("best.zip stays the confirmed one", StringComparison.Ordinal));
        Assert.False(before.Manifest.Search!.IsTrainedLonger);
        // Only the confirmed models were asked about the test split.
        Assert.Empty(Directory.GetFiles(Path.Combine(tiny["run"], "final-4s"), "*.test-readings.jsonl"));
        Assert.All(tiny.TestReadings("run"), r => Assert.Single(r));
        // Another time is another training.
        Assert.Equal(ExitCode.Ok, tiny.Run("run", [.. Small, "--final", "1s"]).Code);
        Assert.Equal(["final-1s", "final-4s"], Directory.GetDirectories(tiny["run"], "final-*").Select(Path.GetFileName).Order());
    }

    [Fact]
    public void The_best_of_an_earlier_search_are_tried_first()
    {
        using var tiny = new TinySearch();
        Assert.Equal(ExitCode.Ok, tiny.Run("earlier", [.. Small, "--tuner", "random"]).Code);
        ProcessResult result = tiny.Run("later", [.. Small, "--like", tiny["earlier"], "--seed", "5"]);
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        SearchState earlier = SqliteTrialStore.Peek(Path.Combine(tiny["earlier"], "search.db")),
            later = SqliteTrialStore.Peek(Path.Combine(tiny["later"], "search.db"));
        TrialProposal[] liked = [.. later.Trials.Select(t => t.Proposal).Where(p => p.Origin == "like")];
        Assert.Equal(3, liked.Length);
        string[] known = [.. earlier.Trials.Where(t => t.Status == TrialStatus.Finished).Select(t => t.Proposal.Settings)];
        Assert.All(liked, p => Assert.Contains(p.Settings, known));
    }

    [Theory]
    [InlineData("--max-size", "0.005", "a file of")]
    [InlineData("--max-memory", "0.01", "MB to train")]
    [InlineData("--max-latency", "0.0001ms", "ms a picture")]
    public void Each_limit_names_what_broke_it(string limit, string value, string reason)
    {
        using var tiny = new TinySearch();
        ProcessResult result = tiny.Run("run", [.. Small, limit, value]);
        SearchState state = SqliteTrialStore.Peek(Path.Combine(tiny["run"], "search.db"));
        Assert.Contains(state.Trials, t => t.Status == TrialStatus.Rejected && t.Reason!.Contains(reason, StringComparison.Ordinal));
        Assert.All(state.Trials.Where(t => t.Status == TrialStatus.Rejected), t => Assert.Empty(t.Epochs));
        Assert.True(result.Code is ExitCode.Ok or ExitCode.Findings, result.Error);
    }

    [Fact]
    public void A_folder_of_another_search_is_left_alone()
    {
        using var tiny = new TinySearch();
        Assert.Equal(ExitCode.Ok, tiny.Run("run", Small).Code);
        ProcessResult other = tiny.Run("run", "--trials", "7", "--epochs", "9", "--seeds", "2");
        Assert.Equal(ExitCode.Usage, other.Code);
        Assert.Contains("holds another search", other.Error, StringComparison.Ordinal);
    }

    // Sentences are wrapped at the width of a terminal.
    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
