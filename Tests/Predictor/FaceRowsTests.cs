using System.Globalization;
using System.Text.Json;
using CsvHelper;
using EmotionMLNet.Files;
using EmotionMLNet.Formatting;
using EmotionMLNet.Predictor;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Predictor;

/// <summary>Rows of faces in every format, and a file of them that was interrupted.</summary>
public sealed class FaceRowsTests : IDisposable
{
    private static readonly string[] Labels = ["happy", "sad"];

    private readonly TemporaryFolder folder = new();

    private static Prediction Two => Prediction.OfFaces([Face(-3.25f, 8, 40, 50, 0.9f), Face(100, 20.06f, 20, 25, 0.3f)]);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_file_has_a_row_for_each_face_or_one_that_says_what_became_of_it()
    {
        IReadOnlyList<Row> two = Row.Of(new FileResult("p", Two), 0.8f), none = Row.Of(new FileResult("p", Prediction.NoFace), 0.8f),
            whole = Row.Of(new FileResult("p", Of(0.9f)), 0.8f), broken = Row.Of(new FileResult("p", new IOException("gone")), 0.8f);
        Assert.Equal([("happy", 0, 1), ("uncertain", 2, 2)], two.Select(r => (r.Label, r.Class, r.Face!.Value.Number)));
        Assert.Equal(("no face", "", Row.WithoutFace, (string?)null), One(none));
        Assert.Equal(("whole picture", "happy", 0, (string?)null), One(whole));
        Assert.Equal(("not read", "", Row.Unread, "gone"), One(broken));
        Assert.Null(Assert.Single(none).Confidence);
        Assert.Empty(Assert.Single(none).Scores);

        static (string, string, int, string?) One(IReadOnlyList<Row> rows)
        {
            Row row = Assert.Single(rows);
            return (row.State, row.Label, row.Class, row.Error);
        }
    }

    [Fact]
    public void Csv_has_columns_for_the_box_where_faces_are_looked_for_and_only_there()
    {
        RowFormat with = RowFormat.For("csv", Labels, 0, isSafe: true, hasFaces: true),
            without = RowFormat.For("csv", Labels, 0, isSafe: true);
        string[] header = Record(with.Header);
        Assert.Equal(
            "path,label,confidence,happy,sad,state,face,face_x,face_y,face_width,face_height,face_score,error".Split(','), header);
        Assert.Equal("path,label,confidence,happy,sad,error".Split(','), Record(without.Header));
        IReadOnlyList<Row> rows = Row.Of(new FileResult("p", Two), 0);
        // The minus sign of a box that begins left of the picture is no formula.
        Assert.Equal(
            ["p", "happy", "0.900000", "0.900000", "0.100000", "face", "1", "-3.3", "8.0", "40.0", "50.0", "0.750000", ""],
            Record(with.Line(rows[0]))
        );
        Assert.Equal(["2", "100.0", "20.1"], Record(with.Line(rows[1]))[6..9]);
        Assert.Equal(
            ["p", "", "", "", "", "no face", "", "", "", "", "", "", ""],
            Record(with.Line(Row.Of(new FileResult("p", Prediction.NoFace), 0)[0]))
        );
        Assert.Equal(2, with.Lines(rows).Count(c => c == '\n'));
        RowFormat top = RowFormat.For("csv", Labels, 1, isSafe: true, hasFaces: true);
        Assert.All(rows, r => Assert.Equal(Record(top.Header).Length, Record(top.Line(r)).Length));
    }

    [Fact]
    public void Json_has_them_too_and_no_label_where_there_is_no_face()
    {
        RowFormat json = RowFormat.For("json", Labels, 0, isSafe: true, hasFaces: true);
        IReadOnlyList<Row> rows = [.. Row.Of(new FileResult("p", Two), 0), .. Row.Of(new FileResult("q", Prediction.NoFace), 0)];
        using JsonDocument document = JsonDocument.Parse(json.Header + json.Lines(rows) + json.Footer);
        JsonElement first = document.RootElement[0], last = document.RootElement[2];
        Assert.Equal(("face", 1, 50), (first.GetProperty("state").GetString(), first.GetProperty("face").GetInt32(),
            first.GetProperty("face_height").GetDouble()));
        Assert.Equal("no face", last.GetProperty("state").GetString());
        foreach (string name in new[] { "label", "confidence", "scores", "face", "face_x", "error" })
            Assert.Equal(JsonValueKind.Null, last.GetProperty(name).ValueKind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_table_is_never_wider_than_79_cells_and_keeps_the_name_of_the_file(bool hasFaces)
    {
        string[] labels = ["happy", "悲しい悲しい悲しい悲しい"];
        RowFormat table = RowFormat.For("table", labels, 0, isSafe: true, hasFaces);
        string path = $"{new string('x', 200)}/日本語/IMG_0001.jpg";
        IReadOnlyList<Row> rows =
        [
            .. Row.Of(new FileResult(path, Two), 0), .. Row.Of(new FileResult(path, Prediction.NoFace), 0),
            Row.Failed(path, new string('y', 200)), Row.Failed("\u001b[31m", "z"),
        ];
        string[] lines = [table.Header.TrimEnd('\n'), .. rows.Select(r => table.Line(r).TrimEnd('\n'))];
        Assert.All(lines, l => Assert.InRange(CellText.Width(l), 1, 79));
        Assert.All(lines[1..^1], l => Assert.Contains("IMG_0001.jpg", l, StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', string.Concat(lines));
        Assert.StartsWith(" ", table.Lines([.. rows.Take(2)]).Split('\n')[1], StringComparison.Ordinal); // the name stands once
    }

    [Fact]
    public void A_file_counts_as_done_when_all_its_rows_are_there()
    {
        foreach (string format in new[] { "csv", "json", "jsonl", "table" })
        {
            string path = folder[$"o.{format}"], whole = folder[$"whole.{format}"];
            RowFormat rows = RowFormat.For(format, Labels, 0, isSafe: true, hasFaces: true);
            IReadOnlyList<Row>[] files =
            [
                Row.Of(new FileResult("a", Two), 0),
                Row.Of(new FileResult("b\n,c", Prediction.NoFace), 0),
                Row.Of(new FileResult("d", Two), 0),
            ];
            Write(whole, rows, files, new LabelCounts(Labels, countsFaces: true));
            using (ResultFile file = Open(path, rows, new LabelCounts(Labels)))
            {
                foreach (IReadOnlyList<Row> one in files) file.Add(one);
            }
            // Killed within the last line: after the first face of two, or anywhere else in it.
            byte[] partial = File.ReadAllBytes(path + ".partial");
            int start = partial.AsSpan(..^1).LastIndexOf((byte)'\n') + 1;
            for (int end = start; end < partial.Length; end += 7)
            {
                AtomicFile.Write(path + ".partial", s => s.Write(partial.AsSpan(..end)));
                var counts = new LabelCounts(Labels, countsFaces: true);
                using (ResultFile file = Open(path, rows, counts))
                    Assert.Equal((2, true, true, false), (file.Done, file.Has("a"), file.Has("b\n,c"), file.Has("d")));
                Assert.Equal((2, 1), (counts.Labelled, counts.WithoutFace));
            }
            Write(path, rows, files[2..], new LabelCounts(Labels));
            Assert.Equal(File.ReadAllText(whole), File.ReadAllText(path));
        }
    }

    [Fact]
    public void Pictures_without_a_face_are_counted_and_have_no_share()
    {
        var counts = new LabelCounts(Labels, countsFaces: true);
        Assert.True(counts.Add([0, 0, 1]));
        Assert.True(counts.Add([Row.WithoutFace]));
        Assert.False(counts.Add([0, 3])); // a class that the model hasn't: nothing of it is counted
        Assert.Equal(
            ["faces    share  label", "    2   66.7 %  happy", "    1   33.3 %  sad", "    1           files without a face"],
            counts.Table(0).Select(l => l.TrimEnd())
        );
    }

    private static Prediction Of(float happy) => new([new LabelScore("happy", happy), new LabelScore("sad", 1 - happy)]);

    private static FacePrediction Face(float x, float y, float width, float height, float happy) =>
        new(new Face(new FaceBox(x, y, width, height), 0.75f), Of(happy));

    private static ResultFile Open(string path, RowFormat format, LabelCounts counts) =>
        ResultFile.Open(path, "key", format, replaces: false, counts);

    private static void Write(string path, RowFormat format, IEnumerable<IReadOnlyList<Row>> files, LabelCounts counts)
    {
        using ResultFile file = Open(path, format, counts);
        foreach (IReadOnlyList<Row> rows in files) file.Add(rows);
        file.Complete();
    }

    private static string[] Record(string csv)
    {
        using var reader = new CsvParser(new StringReader(csv), CultureInfo.InvariantCulture);
        Assert.True(reader.Read());
        return reader.Record!;
    }
}
