using System.Diagnostics;
using System.Text.Json;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Comparison;

/// <summary>The verb as scripts see it.</summary>
[Collection(OneFinishedComparison.Name)]
public sealed class CompareCommandTests(FinishedComparison finished)
{
    [Fact]
    public void It_trains_every_candidate_with_every_seed_and_prints_report_and_winner_alone()
    {
        Assert.True(finished.Result.Code == ExitCode.Ok, finished.Result.Error);
        string root = finished.Files["compare"];
        Assert.Equal(
            [finished.Page, Path.Combine(root, "best.zip")],
            finished.Result.Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)
        );
        Assert.Equal(
            ["narrow-seed1", "narrow-seed2", "wide-seed1", "wide-seed2"],
            Directory.GetDirectories(Path.Combine(root, "runs")).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        Assert.All(
            ["comparison.csv", "comparison.json", "comparison.md", "report.html"],
            name => Assert.True(new FileInfo(Path.Combine(root, name)).Length > 500, name)
        );
        Assert.Equal(["left", "low", "right"], ModelZip.Load(Path.Combine(root, "best.zip")).Manifest.Labels);
    }

    [Fact]
    public void The_winner_is_the_best_on_validation_over_seeds_and_its_best_seed_is_saved()
    {
        JsonElement json = Json("compare");
        JsonElement winner = json.GetProperty("winner"), first = json.GetProperty("candidates")[0];
        double Mean(JsonElement c) => c.GetProperty("runs").EnumerateArray().Average(Validation);
        Assert.Equal(json.GetProperty("candidates").EnumerateArray().Max(Mean), Mean(first));
        Assert.Equal(first.GetProperty("name").GetString(), winner.GetProperty("name").GetString());
        JsonElement best = first.GetProperty("runs").EnumerateArray().MaxBy(Validation);
        Assert.Equal(best.GetProperty("seed").GetInt32(), winner.GetProperty("seed").GetInt32());
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(best.GetProperty("folder").GetString()!, "model.zip")),
            File.ReadAllBytes(Path.Combine(finished.Files["compare"], "best.zip"))
        );

        static double Validation(JsonElement run) =>
            run.GetProperty("validation").GetProperty("figures").GetProperty("accuracy").GetDouble();
    }

    [Fact]
    public void The_test_split_is_read_once_by_each_model_however_often_the_command_is_given()
    {
        Assert.Equal([1, 1, 1, 1], finished.Files.TestReadings("compare").Select(r => r.Length));
        byte[] before = File.ReadAllBytes(finished.Page);
        ProcessResult again = finished.Files.Run("compare", ["wide", "narrow"], "--epochs", "2", "--seeds", "2");
        Assert.Equal(ExitCode.Ok, again.Code);
        Assert.Contains("nothing is left to do", Assert.Single(again.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(finished.Result.Output, again.Output);
        Assert.Equal([1, 1, 1, 1], finished.Files.TestReadings("compare").Select(r => r.Length));
        Assert.Equal(before, File.ReadAllBytes(finished.Page));

        ProcessResult other = finished.Files.Run("compare", ["wide", "narrow"], "--epochs", "3", "--seeds", "2");
        Assert.Equal(ExitCode.Usage, other.Code);
        Assert.Contains("holds another comparison", Assert.Single(other.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void The_settings_of_a_run_make_the_winner_again_to_the_bit()
    {
        JsonElement winner = Json("compare").GetProperty("winner");
        string run = Path.Combine(
            finished.Files["compare"],
            "runs",
            $"{winner.GetProperty("name").GetString()}-seed{winner.GetProperty("seed").GetInt32()}"
        );
        ProcessResult again = TrainerProcess.Run(
            "train",
            "--settings",
            Path.Combine(run, "settings.json"),
            "--out",
            finished.Files["again"]
        );
        Assert.True(again.Code == ExitCode.Ok, again.Error);
        Assert.Equal(
            ModelZip.Load(Path.Combine(finished.Files["compare"], "best.zip")).Manifest.OnnxSha256,
            ModelZip.Load(Path.Combine(finished.Files["again"], "model.zip")).Manifest.OnnxSha256
        );
    }

    [Fact]
    public void A_model_with_a_frozen_backbone_is_a_candidate_like_any_other()
    {
        using var tiny = new TinyComparison();
        tiny.Candidate(
            "frozen",
            $$"""{ "backbone": {{JsonSerializer.Serialize(Path.Combine(finished.Files["compare"], "best.zip"))}}, "freeze": "all" }"""
        );
        ProcessResult result = tiny.Run("run", ["narrow", "frozen"], "--epochs", "3");
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.Contains("ended: all 3 epochs done", result.Error, StringComparison.Ordinal);
        Assert.Contains("frozen", File.ReadAllText(Path.Combine(tiny["run"], "comparison.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_killed_comparison_goes_on_to_the_figures_of_an_unbroken_one()
    {
        using var tiny = new TinyComparison();
        string[] settings = ["--epochs", "30", "--seeds", "2"];
        using (Process process = TrainerProcess.Start(tiny.Arguments("parts", ["wide", "narrow"], settings)))
        {
            string log = Path.Combine(tiny["parts"], "runs", "narrow-seed1", "log.jsonl"); // the second run: one is finished, one is not
            while (!process.HasExited && (!File.Exists(log) || new FileInfo(log).Length < 500)) Thread.Sleep(2);
            process.Kill();
            TrainerProcess.Finish(process);
        }
        Assert.Empty(tiny.TestReadings("parts")); // nothing was tested before the choice
        Assert.True(File.Exists(Path.Combine(tiny["parts"], "runs", "wide-seed1", "outcome.json")));
        Assert.False(File.Exists(Path.Combine(tiny["parts"], "runs", "narrow-seed1", "outcome.json")));

        ProcessResult resumed = tiny.Run("parts", ["wide", "narrow"], settings), whole = tiny.Run("whole", ["wide", "narrow"], settings);
        Assert.True(resumed.Code == ExitCode.Ok, resumed.Error);
        Assert.True(whole.Code == ExitCode.Ok, whole.Error);
        Assert.Contains("has ended before: all 30 epochs done", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(tiny.Figures("whole"), tiny.Figures("parts"));
    }

    [Fact]
    public void A_failing_candidate_is_reported_and_the_others_are_compared()
    {
        using var tiny = new TinyComparison();
        tiny.Candidate(
            "wild",
            """{ "network": { "architecture": "three-block-cnn", "widths": [2, 3, 4] }, "optimisation": { "optimiser": "sgd", "learningRate": 1e30 } }"""
        );
        ProcessResult result = tiny.Run("run", ["wild", "narrow", "wide"], "--epochs", "2", "--seeds", "2");
        Assert.True(result.Code == ExitCode.Findings, result.Error);
        Assert.Contains("wild failed and is left out: The loss became", result.Error, StringComparison.Ordinal);
        JsonElement json = JsonDocument.Parse(File.ReadAllText(Path.Combine(tiny["run"], "comparison.json"))).RootElement;
        Assert.Equal("wild", json.GetProperty("failed")[0].GetProperty("name").GetString());
        Assert.Equal(2, json.GetProperty("candidates").GetArrayLength());
        Assert.Equal(1, json.GetProperty("pairs").GetArrayLength());
        Assert.Contains("wild failed", File.ReadAllText(Path.Combine(tiny["run"], "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void With_a_time_budget_a_run_has_as_many_epochs_as_fit()
    {
        using var tiny = new TinyComparison();
        ProcessResult result = tiny.Run("run", ["narrow"], "--epochs", "500", "--budget", "0.001s");
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.Contains("ended: the time allowed 1 epoch", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_is_not_better_than_guessing_is_called_so_wherever_a_figure_stands()
    {
        using var tiny = new TinyComparison();
        tiny.Candidate(
            "asleep",
            """{ "network": { "architecture": "three-block-cnn", "widths": [2, 3, 4] }, "optimisation": { "learningRate": 1e-20 } }"""
        );
        ProcessResult result = tiny.Run("run", ["asleep"], "--epochs", "1");
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        const string warning =
            @"asleep was chosen, though it is not better than guessing \(on validation \d+\.\d % right, always 'left' 33\.3 %\): it is the only candidate \(1 run, epochs as set\)\.";
        const string guessing =
            "always 'left', the commonest label, is right for 33.3 % of these images, and a label drawn at random for 33.3 %. "
            + "Not better than that, by the 95 % interval: asleep.";
        string page = System.Net.WebUtility.HtmlDecode(File.ReadAllText(Path.Combine(tiny["run"], "report.html"))).Replace('\u00a0', ' ');
        string json = JsonDocument
            .Parse(File.ReadAllText(Path.Combine(tiny["run"], "comparison.json")))
            .RootElement.GetProperty("summary")
            .ToString();
        foreach (
            string report in new[]
            {
                result.Error,
                page,
                File.ReadAllText(Path.Combine(tiny["run"], "comparison.md")),
                System.Text.RegularExpressions.Regex.Unescape(json),
            }
        )
        {
            Assert.Matches(warning, report);
            Assert.Contains(guessing, report, StringComparison.Ordinal);
        }
        Assert.Contains(
            "chosen on validation: asleep, seed 1, though it is not better than guessing",
            result.Error,
            StringComparison.Ordinal
        );
        foreach (string report in new[] { result.Error, page, File.ReadAllText(Path.Combine(tiny["run"], "comparison.md")) })
            foreach (string row in new[] { "no model: always 'left'", "no model: one of 3 drawn" })
                Assert.Contains(row, report, StringComparison.Ordinal);

        string[][] csv = [.. File.ReadAllLines(Path.Combine(tiny["run"], "comparison.csv")).Select(l => l.Split(','))];
        Assert.Equal(["majorityAccuracy", "chanceAccuracy"], csv[0][^2..]);
        Assert.All(csv[1..], row => Assert.StartsWith("0.333", row[^2], StringComparison.Ordinal));
        JsonElement root = JsonDocument.Parse(File.ReadAllText(Path.Combine(tiny["run"], "comparison.json"))).RootElement;
        Assert.False(root.GetProperty("winner").GetProperty("isBetterThanGuessing").GetBoolean());
        Assert.Equal("left", root.GetProperty("baseline").GetProperty("majorityLabel").GetString());
        Assert.DoesNotContain("| --- |", result.Error, StringComparison.Ordinal); // tables for people, not Markdown
    }

    [UnixFact("script")]
    public void On_a_terminal_tables_fit_80_columns_one_bar_stands_below_and_NO_COLOR_is_respected()
    {
        using var tiny = new TinyComparison();
        string[] Shown(string run, string variable, out string sent)
        {
            string trainer = Path.Combine(AppContext.BaseDirectory, "EmotionMLNet.Trainer.dll");
            sent = PseudoTerminal.Run(
                Path.GetDirectoryName(tiny[run])!,
                $"{variable} {ShellQuote.Join(["dotnet", trainer, .. tiny.Arguments(run, ["narrow", "wide"], "--epochs", "3")])}"
            );
            return PseudoTerminal.Screen(sent, out _);
        }
        string[] screen = Shown("coloured", "CI=", out string coloured);
        Assert.Contains("\u001b[32m", coloured, StringComparison.Ordinal); // the chosen one
        Assert.Contains("] compare: ", coloured, StringComparison.Ordinal);
        Assert.DoesNotContain("] decoding", coloured, StringComparison.Ordinal); // and no other bar
        string[] report =
        [
            .. screen
                .SkipWhile(l =>
                    !l.StartsWith("narrow was chosen", StringComparison.Ordinal)
                    && !l.StartsWith("wide was chosen", StringComparison.Ordinal)
                )
                .TakeWhile(l => !l.EndsWith("report.html", StringComparison.Ordinal)),
        ];
        Assert.Contains(
            report,
            l => l.StartsWith("on test", StringComparison.Ordinal) && l.Contains("95 % interval", StringComparison.Ordinal)
        );
        Assert.All(report, l => Assert.True(l.Length < 80, l));
        Assert.DoesNotContain(screen, l => l.Contains("] compare:", StringComparison.Ordinal)); // wiped away at the end

        Shown("plain", "NO_COLOR=1", out string plain);
        Assert.DoesNotContain("\u001b[32m", plain, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[1m", plain, StringComparison.Ordinal);
    }

    [UnixFact]
    public void Names_with_tags_and_escape_codes_are_shown_and_never_run()
    {
        using var tiny = new TinyComparison();
        const string name = "<b>|`\u001b[31m";
        tiny.Candidate(
            name,
            """{ "network": { "architecture": "three-block-cnn", "widths": [2, 3, 4] }, "optimisation": { "learningRate": 1e-20 } }"""
        );
        ProcessResult result = tiny.Run("run", [name], "--epochs", "1");
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        foreach (
            string report in (string[])
                [
                    result.Error,
                    result.Output,
                    .. Directory
                        .GetFiles(tiny["run"], "comparison.*")
                        .Append(Path.Combine(tiny["run"], "report.html"))
                        .Select(File.ReadAllText),
                ]
        )
            Assert.DoesNotContain('\u001b', report);
        Assert.DoesNotContain("<b>", File.ReadAllText(Path.Combine(tiny["run"], "report.html")), StringComparison.Ordinal);
        Assert.Contains(
            @"&lt;b&gt;|`\u001B[31m was chosen",
            File.ReadAllText(Path.Combine(tiny["run"], "report.html")),
            StringComparison.Ordinal
        );
        Assert.Contains(
            @"| &lt;b&gt;\|\`\\u001B\[31m |",
            File.ReadAllText(Path.Combine(tiny["run"], "comparison.md")),
            StringComparison.Ordinal
        );
        Assert.Contains(@"<b>|`\u001B[31m was chosen", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_process_on_the_same_folder_is_refused_in_one_line()
    {
        using var tiny = new TinyComparison();
        // As a running comparison holds it.
        using (EmotionMLNet.Files.FileLock.Acquire(Path.Combine(tiny["run"], "compare.lock"), tiny["run"]))
        {
            ProcessResult result = tiny.Run("run", ["narrow"], "--epochs", "1");
            Assert.Equal(ExitCode.Usage, result.Code);
            Assert.Contains("another process is writing there", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
            Assert.Equal(["compare.lock"], Directory.GetFileSystemEntries(tiny["run"]).Select(Path.GetFileName));
        }
    }

    [Fact]
    public void Without_a_test_split_the_figures_are_validations_and_the_report_says_so()
    {
        using var tiny = new TinyComparison();
        Directory.Delete(Path.Combine(tiny["data"], "test"), recursive: true);
        ProcessResult result = tiny.Run("run", ["narrow", "wide"], "--epochs", "1");
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.Contains("has no test split", result.Error, StringComparison.Ordinal);
        Assert.Contains("flattering", File.ReadAllText(Path.Combine(tiny["run"], "comparison.md")), StringComparison.Ordinal);
        Assert.Empty(tiny.TestReadings("run"));
    }

    [Theory]
    [InlineData("auxiliary")]
    [InlineData("softLabels")]
    public void Who_had_votes_beside_the_labels_is_said(string setting)
    {
        using var tiny = new TinyComparison();
        string votes = tiny["votes.csv"];
        IEnumerable<string> rows = Directory
            .GetFiles(Path.Combine(tiny["data"], "train"), "*.png", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(f => $"{Path.GetFileName(Path.GetDirectoryName(f))}/{Path.GetFileName(f)},7,2,1");
        File.WriteAllLines(votes, [$"path,{string.Join(',', TinyData.Labels)}", .. rows]);
        tiny.Candidate(
            "voted",
            $$"""{ "architecture": "three-block-cnn", "widths": [2, 3, 4], "{{setting}}": {{JsonSerializer.Serialize(votes)}} }"""
        );
        ProcessResult result = tiny.Run("run", ["narrow", "voted"], "--epochs", "1");
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        const string sentence =
            "voted used extra annotation, votes on training images, directly or through a model to begin with or to learn from; "
            + "the others had none";
        foreach (string report in new[] { "comparison.md", "comparison.json", "report.html" })
            Assert.Contains(sentence, File.ReadAllText(Path.Combine(tiny["run"], report)), StringComparison.Ordinal);

        Assert.DoesNotContain(
            "extra annotation",
            File.ReadAllText(Path.Combine(finished.Files["compare"], "comparison.md")),
            StringComparison.Ordinal
        );

        string model = Assert.Single(
            Directory.GetFiles(Path.Combine(tiny["run"], "runs"), "model.zip", SearchOption.AllDirectories),
            f => f.Contains("voted", StringComparison.Ordinal)
        );
        tiny.Candidate("further", $$"""{ "from": {{JsonSerializer.Serialize(model)}} }""");
        tiny.Candidate(
            "taught",
            $$"""{ "architecture": "three-block-cnn", "widths": [2, 3, 4], "distillation": { "teachers": [{{JsonSerializer.Serialize(model)}}] } }"""
        );
        result = tiny.Run("inherited", ["narrow", "further", "taught"], "--epochs", "1");
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        string inherited = Assert.Single(
            File.ReadAllLines(Path.Combine(tiny["inherited"], "comparison.md")),
            l => l.Contains("extra annotation", StringComparison.Ordinal)
        );
        foreach (string who in new[] { "further", "taught", "the others had none" })
            Assert.Contains(who, inherited, StringComparison.Ordinal);
        Assert.DoesNotContain("narrow", inherited, StringComparison.Ordinal);

        result = tiny.Run("alone", ["further"], "--epochs", "1");
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.Contains(
            "further used extra annotation",
            File.ReadAllText(Path.Combine(tiny["alone"], "comparison.md")),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("nothing to compare", "compare", "--data", "x")]
    [InlineData("there is no such architecture", "compare", "--data", "x", "--architecture", "vgg99")]
    [InlineData("are in the package EmotionMLNet.Tool.MLNet", "compare", "--data", "x", "--architecture", "mlnet:resnet18+lbfgs")]
    [InlineData("--budget soon: give a time", "compare", "--data", "x", "--architecture", "emotion-cnn", "--budget", "soon")]
    [InlineData("cannot be told apart", "compare", "--data", "x", "--architecture", "emotion-cnn,emotion-cnn")]
    [InlineData("--seeds 0", "compare", "--data", "x", "--architecture", "emotion-cnn", "--seeds", "0")]
    public void A_mistake_is_one_line_and_exit_code_2(string message, params string[] arguments)
    {
        ProcessResult result = TrainerProcess.Run(arguments);
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains(message, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    private JsonElement Json(string run) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(finished.Files[run], "comparison.json"))).RootElement;
}
