using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using EmotionMLNet.Terminal;

namespace EmotionMLNet.Predictor;

/// <summary>How rows are written.</summary>
internal abstract class RowFormat
{
    private const string Csv = "csv", Json = "json", JsonLines = "jsonl", Table = "table";

    /// <summary>The names that --format and the ending of --out may have.</summary>
    public static readonly IReadOnlyList<string> Names = [Csv, Json, JsonLines, Table];

    // What stands behind the probabilities where faces are looked for.
    private static readonly IReadOnlyList<string> FaceColumns =
        ["state", "face", "face_x", "face_y", "face_width", "face_height", "face_score"];

    /// <summary>What stands before the rows.</summary>
    public abstract string Header { get; }

    /// <summary>What stands behind them.</summary>
    public virtual string Footer => "";

    /// <summary>What joins rows.</summary>
    public virtual string Between => "";

    /// <summary>The row with its line feed. In CSV a quoted path may hold line breaks of its own.</summary>
    public abstract string Line(Row row);

    /// <summary>The rows of one file, joined.</summary>
    public virtual string Lines(IReadOnlyList<Row> rows) => string.Join(Between, rows.Select(Line));

    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="labels">The model's classes in order.</param>
    /// <param name="top">Classes a row; 0 is all, in the model's order.</param>
    /// <param name="isSafe">
    /// In CSV, text that a spreadsheet would run as a formula gets an apostrophe in front, and text that a terminal would run is shown by
    /// its codes.
    /// </param>
    /// <param name="hasFaces">Whether faces are looked for: rows then say where.</param>
    public static RowFormat For(string name, IReadOnlyList<string> labels, int top, bool isSafe, bool hasFaces = false) => name switch
    {
        Json => new JsonRows(top, array: true, hasFaces),
        JsonLines => new JsonRows(top, array: false, hasFaces),
        Table => new TableRows(labels, hasFaces),
        _ => new CsvRows(labels, top, isSafe, hasFaces),
    };

    private static string Pixels(float value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    private sealed class CsvRows(IReadOnlyList<string> labels, int top, bool isSafe, bool hasFaces) : RowFormat
    {
        public override string Header =>
            Join(["path", "label", "confidence", .. Columns(), .. hasFaces ? FaceColumns : [], "error"]);

        public override string Line(Row row)
        {
            IEnumerable<string> cells = top == 0
                ? labels.Select((_, i) => row.Scores.Count == 0 ? "" : Row.Number(row.Scores[i].Probability))
                : row.Scores.OrderByDescending(s => s.Probability).Take(top).SelectMany(s => new[] { s.Label, Row.Number(s.Probability) });
            string[] padded = [.. cells];
            int missing = top == 0 ? 0 : 2 * Math.Min(top, labels.Count) - padded.Length;
            return Join([
                row.Path,
                row.Label,
                row.Confidence is { } c ? Row.Number(c) : "",
                .. padded,
                .. Enumerable.Repeat("", missing),
                .. hasFaces ? Face(row) : [],
                row.Error ?? "",
            ]);
        }

        private static IEnumerable<string> Face(Row row) =>
            row.Face is { Box: var box } face
                ?
                [
                    row.State,
                    face.Number.ToString(CultureInfo.InvariantCulture),
                    Pixels(box.X),
                    Pixels(box.Y),
                    Pixels(box.Width),
                    Pixels(box.Height),
                    Row.Number(face.Score),
                ]
                : [row.State, .. Enumerable.Repeat("", FaceColumns.Count - 1)];

        private IEnumerable<string> Columns() =>
            top == 0 ? labels : Enumerable.Range(1, Math.Min(top, labels.Count)).SelectMany(i => new[] { $"label{i}", $"probability{i}" });

        // A box that begins left of the picture has a minus sign, which is no formula.
        private string Join(IEnumerable<string> cells) => OutputFile.CsvRecord(isSafe ? cells.Select(ConsoleText.Lines) : cells, isSafe);
    }

    private sealed class JsonRows(int top, bool array, bool hasFaces) : RowFormat
    {
        private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

        public override string Header => array ? "[\n" : "";

        public override string Footer => array ? "]\n" : "";

        public override string Between => array ? "," : "";

        public override string Line(Row row)
        {
            var scores = new JsonObject();
            IEnumerable<LabelScore> shown = top == 0 ? row.Scores : row.Scores.OrderByDescending(s => s.Probability).Take(top);
            foreach (LabelScore score in shown) scores[score.Label] = score.Probability;
            bool isLabelled = row.Class >= 0;
            var line = new JsonObject
            {
                ["path"] = row.Path,
                ["label"] = isLabelled ? row.Label : null,
                ["confidence"] = row.Confidence,
                ["scores"] = isLabelled ? scores : null,
            };
            if (hasFaces) AddFace(line, row);
            line["error"] = row.Error;
            return line.ToJsonString(Readable) + "\n";
        }

        private static void AddFace(JsonObject line, Row row)
        {
            line["state"] = row.State;
            line["face"] = row.Face?.Number;
            line["face_x"] = Tenths(row.Face?.Box.X);
            line["face_y"] = Tenths(row.Face?.Box.Y);
            line["face_width"] = Tenths(row.Face?.Box.Width);
            line["face_height"] = Tenths(row.Face?.Box.Height);
            line["face_score"] = row.Face?.Score;
        }

        private static double? Tenths(float? pixels) => pixels is { } p ? Math.Round((double)p, 1, MidpointRounding.AwayFromZero) : null;
    }

    // For people: a line of at most 79 cells a row, whatever the names. The labels set the columns, so that rows can come one by one.
    private sealed class TableRows : RowFormat
    {
        private const int Cells = 79, MostLabel = 16, BoxCells = 19, SureCells = 5;
        private const string Gap = "  ";

        private readonly bool hasFaces;
        private readonly int file, label;

        public TableRows(IReadOnlyList<string> labels, bool hasFaces)
        {
            this.hasFaces = hasFaces;
            label = Math.Min(MostLabel, labels.Concat([Row.Uncertain, "label"]).Max(ConsoleText.Width));
            file = Cells - label - SureCells - (hasFaces ? BoxCells + Gap.Length : 0) - 2 * Gap.Length;
        }

        public override string Header => Columns("file", "face: x,y w x h", "label", "sure");

        public override string Line(Row row) => Line(row, row.Path);

        // The name stands once, above the faces in it.
        public override string Lines(IReadOnlyList<Row> rows) => string.Concat(rows.Select((r, i) => Line(r, i == 0 ? r.Path : "")));

        private string Line(Row row, string path)
        {
            if (row.Class == Row.Unread)
                return Left(ConsoleText.ShortenStart(path, file), file)
                    + Gap
                    + ConsoleText.Shorten($"not read: {row.Error}", Cells - file - Gap.Length)
                    + "\n";
            if (row.Class == Row.WithoutFace) return Columns(path, Row.NoFace, "", "");
            string box = row.Face is { Box: var b }
                ? string.Create(CultureInfo.InvariantCulture, $"{b.X:0},{b.Y:0} {b.Width:0} x {b.Height:0}")
                : "";
            return Columns(path, box, row.Label, string.Create(CultureInfo.InvariantCulture, $"{100 * row.Confidence:0} %"));
        }

        private string Columns(string path, string box, string name, string sure)
        {
            string line = Left(ConsoleText.ShortenStart(path, file), file);
            if (hasFaces) line += Gap + Left(ConsoleText.Shorten(box, BoxCells), BoxCells);
            line += Gap + Left(ConsoleText.Shorten(name, label), label) + Gap + sure.PadLeft(SureCells);
            return line.TrimEnd() + "\n";
        }

        private static string Left(string text, int cells) => text + new string(' ', Math.Max(0, cells - ConsoleText.Width(text)));
    }
}
