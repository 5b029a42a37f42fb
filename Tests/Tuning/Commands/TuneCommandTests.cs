using System.Diagnostics;
using System.Globalization;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.TrialStores;
using Microsoft.Data.Sqlite;

namespace EmotionMLNet.Tests.Tuning.Commands;

/// <summary>tune as scripts run it: whole processes, killed, doubled and asked how far they are.</summary>
public sealed class TuneCommandTests
{
    private static readonly string[] Small = ["--trials", "6", "--epochs", "9", "--seeds", "2"];

    [Fact]
    public void A_search_leaves_its_page_its_table_its_settings_and_its_model()
    {
        using var tiny = new TinySearch();
        ProcessResult result = tiny.Run("run", Small);
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        string[] output = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([Path.Combine(tiny["run"], "report.html"), Path.Combine(tiny["run"], "best.zip")], output);
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
        Assert.True(best.Manifest.Search.Best >= best.Manifest.Search.Corrected - 0.1);

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

    [Fact]
    public void A_folder_of_another_search_is_left_alone()
    {
        using var tiny = new TinySearch();
        Assert.Equal(ExitCode.Ok, tiny.Run("run", Small).Code);
        ProcessResult other = tiny.Run("run", "--trials", "7", "--epochs", "9", "--seeds", "2");
        Assert.Equal(ExitCode.Usage, other.Code);
        Assert.Contains("holds another search", other.Error, StringComparison.Ordinal);
    }
}
