using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using EmotionMLNet.Files;
using EmotionMLNet.Predictor;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Predictor;

/// <summary>What a run leaves behind: every finished row, exact names, and nothing of anybody else's overwritten.</summary>
public sealed class OutputTests : IDisposable
{
    private const int Pictures24 = 24;

    private readonly TemporaryFolder folder = new();

    public OutputTests()
    {
        TinyModel.Make().Save(folder["model.zip"]);
        for (int i = 0; i < Pictures24; i++) Pictures.Write(folder[$"in/{i:00}.png"], i);
    }

    private string[] AllPictures => [.. Directory.GetFiles(folder["in"]).Order(StringComparer.Ordinal)];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_row_is_written_as_soon_as_the_next_are_under_way_and_outlives_kill_9()
    {
        using Process process = PredictorProcess.Start(null, folder["model.zip"], "-", "--threads", "1");
        foreach (string path in AllPictures) process.StandardInput.WriteLine(path);
        process.StandardInput.Flush(); // and stdin stays open: the process has to wait
        Assert.StartsWith("path,", process.StandardOutput.ReadLine(), StringComparison.Ordinal);
        for (int i = 0; i < 12; i++) Assert.StartsWith(AllPictures[i], process.StandardOutput.ReadLine(), StringComparison.Ordinal);
        process.Kill();
        process.WaitForExit();
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("json")]
    [InlineData("jsonl")]
    public void After_kill_9_the_same_command_goes_on_to_the_same_file(string format)
    {
        string[] command = [folder["model.zip"], "-", "--threads", "1", "--out", folder["o." + format]];
        using (Process process = PredictorProcess.Start(null, command))
        {
            foreach (string path in AllPictures) process.StandardInput.WriteLine(path);
            process.StandardInput.Flush();
            while (Rows(folder[$"o.{format}.partial"]) < 12 && !process.HasExited) Thread.Sleep(20);
            process.Kill();
            process.WaitForExit();
        }
        File.AppendAllText(folder[$"o.{format}.partial"], "1\tdG9y"); // a torn line
        ProcessResult rest = Listed(command), whole = Listed([.. command[..^1], folder["whole." + format]]);
        Assert.Equal((0, 0), (rest.Code, whole.Code));
        Assert.Matches("continuing: 1[0-9] files are done", rest.Error);
        Assert.Contains(
            $"{whole.ErrorLines.First(l => l.Contains("share", StringComparison.Ordinal))}",
            rest.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(
            whole.ErrorLines.SkipWhile(l => !l.Contains("share", StringComparison.Ordinal)),
            rest.ErrorLines.SkipWhile(l => !l.Contains("share", StringComparison.Ordinal))
        ); // the summary is of the whole file
        Assert.Equal(File.ReadAllText(folder["whole." + format]), File.ReadAllText(folder["o." + format]));
        Assert.Equal(
            ["in", "model.zip", "o." + format, "whole." + format],
            Directory.GetFileSystemEntries(folder.FullName).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData(null)]
    [InlineData("o.csv")]
    public void An_exception_in_the_middle_keeps_what_is_done(string? name)
    {
        using var output = new StringWriter();
        using var messages = new StringWriter();
        PredictOptions options = new()
        {
            Model = folder["model.zip"],
            Paths = ["-"],
            Threads = 1,
            Out = name is null ? null : folder[name],
        };
        PredictRun run(Stream input) =>
            new(
                options,
                new RunConsole
                {
                    Output = output,
                    Messages = messages,
                    Input = input,
                    Command = "COMMAND",
                }
            );
        Assert.Throws<IOException>(() => run(new TornStream(string.Join('\n', AllPictures[..20]) + "\n")).Execute(CancellationToken.None));
        int done = name is null ? output.ToString().Split('\n').Length - 2 : Rows(folder[name + ".partial"]);
        Assert.InRange(done, 12, 20);
        Assert.Contains($"stopped after {done} files", messages.ToString(), StringComparison.Ordinal);
        if (name is null) return;
        Assert.Contains("this goes on: COMMAND", messages.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, run(new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', AllPictures)))).Execute(CancellationToken.None));
        Assert.Equal(1 + Pictures24, File.ReadAllLines(folder[name]).Length);
    }

    [Fact]
    public void A_second_process_on_the_same_output_is_refused_in_one_line()
    {
        string[] command = [folder["model.zip"], "-", "--out", folder["o.csv"], "--quiet"];
        using Process first = PredictorProcess.Start(null, command);
        while (!File.Exists(folder["o.csv.partial"]) && !first.HasExited) Thread.Sleep(20);
        ProcessResult second = PredictorProcess.Run(null, command);
        Assert.Equal(2, second.Code);
        Assert.Contains("another process is writing there", Assert.Single(second.ErrorLines), StringComparison.Ordinal);
        first.StandardInput.WriteLine(AllPictures[0]);
        first.StandardInput.Close();
        Assert.Equal(0, TrainerProcess.Finish(first).Code);
        Assert.Equal(2, File.ReadAllLines(folder["o.csv"]).Length);
    }

    [Fact]
    public void A_finished_file_and_the_rows_of_another_run_are_replaced_with_force_alone()
    {
        string[] command = [folder["model.zip"], folder["in"], "--out", folder["o.csv"], "--quiet"];
        AtomicFile.WriteText(folder["o.csv"], "mine");
        ProcessResult refused = PredictorProcess.Run(null, command);
        Assert.Equal((2, "mine"), (refused.Code, File.ReadAllText(folder["o.csv"])));
        Assert.Contains("already exists: --force replaces it", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(0, PredictorProcess.Run(null, [.. command, "--force"]).Code);
        Assert.Equal(1 + Pictures24, File.ReadAllLines(folder["o.csv"]).Length);

        File.Delete(folder["o.csv"]);
        AtomicFile.WriteText(folder["o.csv.partial"], "# " + new string('0', 64) + "\n1\tcA==\trow\n");
        refused = PredictorProcess.Run(null, command);
        Assert.Equal(2, refused.Code);
        Assert.Contains("rows of a run with another model", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
        Assert.True(File.Exists(folder["o.csv.partial"]));
        Assert.Equal(0, PredictorProcess.Run(null, [.. command, "--force"]).Code);
        Assert.False(File.Exists(folder["o.csv.partial"]));
    }

    [UnixFact]
    public void Names_with_line_breaks_and_escape_codes_survive_interruption_and_reach_no_terminal()
    {
        string[] odd =
        [
            "a\nb.png",
            "a\r\nb.png",
            "c\\n.png",
            "d\t.png",
            "\u001b[31mred.png",
            "\"q\".png",
            "e\u009bf.png",
            "g\u202eh.png",
            "ü悲.png",
        ];
        foreach (string name in odd) Pictures.Write(Path.Combine(folder["odd"], name));
        string[] command = [folder["model.zip"], folder["odd"], "--csv-safe", "false", "--out", folder["o.csv"]];
        using (
            Process process = PredictorProcess.Start(
                null,
                [folder["model.zip"], "-", "-0", "--csv-safe", "false", "--threads", "1", "--out", folder["p.csv"]]
            )
        )
        {
            string list = string.Concat(Enumerable.Repeat(odd.Select(n => Path.Combine(folder["odd"], n) + "\0"), 3).SelectMany(n => n));
            process.StandardInput.BaseStream.Write(Encoding.UTF8.GetBytes(list));
            process.StandardInput.BaseStream.Flush();
            while (Rows(folder["p.csv.partial"]) < odd.Length && !process.HasExited) Thread.Sleep(20);
            process.Kill();
            process.WaitForExit();
        }
        Assert.Equal(
            0,
            PredictorProcess
                .Run(null, [folder["model.zip"], "-", "-0", "--csv-safe", "false", "--threads", "1", "--out", folder["p.csv"]])
                .Code
        );
        ProcessResult result = PredictorProcess.Run(null, command);
        Assert.Equal(0, result.Code);
        string[] expected = [.. odd.Select(n => Path.Combine(folder["odd"], n)).Order(StringComparer.Ordinal)];
        Assert.Equal(expected, Cells(File.ReadAllText(folder["o.csv"]), 0));
        Assert.Equal(expected, Cells(File.ReadAllText(folder["p.csv"]), 0).Distinct().Order(StringComparer.Ordinal));

        ProcessResult safe = PredictorProcess.Run(null, folder["model.zip"], folder["odd"], Path.Combine(folder["odd"], odd[4])),
            missing = PredictorProcess.Run(null, folder["model.zip"], "no\u001b[2Jthing");
        Assert.DoesNotContain('\u001b', safe.Output + safe.Error + missing.Error);
        Assert.Contains("\\u001B[31mred.png", safe.Output, StringComparison.Ordinal);
        Assert.Contains("a\nb.png", safe.Output, StringComparison.Ordinal);
        string json = PredictorProcess.Run(null, folder["model.zip"], folder["odd"], "--format", "json", "--quiet").Output;
        Assert.DoesNotContain('\u001b', json);
        Assert.Equal(expected, JsonDocument.Parse(json).RootElement.EnumerateArray().Select(r => r.GetProperty("path").GetString()));
    }

    [Fact]
    public void Text_that_a_spreadsheet_would_run_is_defused_and_numbers_are_not()
    {
        string[] runs = ["=1+1", "+1+1", "-2+3", "@SUM(A1)", "\tx", "\rx"];
        RowFormat safe = RowFormat.For("csv", runs, 0, isSafe: true), exact = RowFormat.For("csv", runs, 0, isSafe: false);
        foreach (string text in runs)
        {
            var row = new Row(text + ".png", 0, text, 0.5f, [.. runs.Select(l => new LabelScore(l, 0.125f))], null);
            Assert.Equal(["'" + text + ".png", "'" + text, "0.500000", "0.125000"], Record(safe.Line(row))[..4]);
            Assert.Equal([text + ".png", text], Record(exact.Line(row))[..2]);
            Assert.Equal("'" + text, Record(safe.Line(Row.Failed("p", text)))[^1]);
        }
        Assert.Equal(runs.Select(r => "'" + r), Record(safe.Header)[3..^1]);
        Assert.Equal(runs, Record(exact.Header)[3..^1]);
    }

    [Fact]
    public void Any_text_is_read_back_as_it_was()
    {
        var random = new Random(5);
        const string Letters = "ab,;\"'\\\t\r\n=+-@ \u001b\u0000ü悲";
        RowFormat csv = RowFormat.For("csv", ["x"], 0, isSafe: false), json = RowFormat.For("jsonl", ["x"], 0, isSafe: true);
        for (int i = 0; i < 2000; i++)
        {
            string text = new([.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => Letters[random.Next(Letters.Length)])]);
            var row = new Row(text, 0, "x", 1, [new LabelScore("x", 1)], null);
            Assert.Equal([text, "x", "1.000000", "1.000000", ""], Record(csv.Line(row)));
            Assert.Equal(text, JsonDocument.Parse(json.Line(row)).RootElement.GetProperty("path").GetString());
            Assert.Equal(1, json.Line(row).Count(c => c == '\n'));
        }
    }

    [Theory]
    [InlineData("a.csv", "json")]
    [InlineData("a.txt", null)]
    [InlineData(null, "xml")]
    public void What_contradicts_itself_is_one_line(string? name, string? format)
        => Assert.Single(new PredictOptions { Model = "m", Paths = [folder["in"]], Out = name, Format = format }.FindProblems());

    [Fact]
    public void Scores_that_are_no_numbers_are_no_label()
    {
        Assert.Throws<ModelOutputException>(() => Prediction.FromModel([new LabelScore("happy", float.NaN), new LabelScore("sad", 1)]));
        Row row = Assert.Single(Row.Of(new FileResult("p", new ModelOutputException()), 0));
        Assert.Equal(("", (float?)null, 0), (row.Label, row.Confidence, row.Scores.Count));
        Assert.NotNull(row.Error);
    }

    [SharedDataFact("hostile.tar.gz")]
    public void A_model_whose_scores_are_no_numbers_labels_nothing()
    {
        Shell.Run(folder.FullName, $"tar xzf '{Path.Combine(SharedData.Folder!, "hostile.tar.gz")}' hostile/zips/std-neg.zip");
        ProcessResult result = PredictorProcess.Run(null, folder["hostile/zips/std-neg.zip"], folder["in"], "--format", "jsonl");
        Assert.NotEqual(0, result.Code);
        foreach (string line in result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Assert.Equal(
                (JsonValueKind.Null, JsonValueKind.String),
                (
                    JsonDocument.Parse(line).RootElement.GetProperty("label").ValueKind,
                    JsonDocument.Parse(line).RootElement.GetProperty("error").ValueKind
                )
            );
    }

    private static int Rows(string partial)
    {
        if (!File.Exists(partial)) return 0;
        using var reader = new StreamReader(
            new FileStream(partial, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
        );
        return reader.ReadToEnd().Count(c => c == '\n') - 1;
    }

    private static string[] Record(string csv)
    {
        using var reader = new CsvParser(new StringReader(csv), CultureInfo.InvariantCulture);
        Assert.True(reader.Read());
        string[] record = reader.Record!;
        Assert.False(reader.Read());
        return record;
    }

    private static List<string> Cells(string csv, int column)
    {
        using var reader = new CsvParser(new StringReader(csv), CultureInfo.InvariantCulture);
        var cells = new List<string>();
        for (reader.Read(); reader.Read();) cells.Add(reader.Record![column]);
        return cells;
    }

    private ProcessResult Listed(string[] command)
    {
        using Process process = PredictorProcess.Start(null, command);
        foreach (string path in AllPictures) process.StandardInput.WriteLine(path);
        process.StandardInput.Close();
        return TrainerProcess.Finish(process);
    }
}
