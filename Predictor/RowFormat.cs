using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using EmotionMLNet.Terminal;

namespace EmotionMLNet.Predictor;

/// <summary>How rows are written.</summary>
internal abstract class RowFormat
{
    /// <summary>The names that --format and the ending of --out may have.</summary>
    public static readonly IReadOnlyList<string> Names = ["csv", "json", "jsonl"];

    /// <summary>What stands before the rows.</summary>
    public abstract string Header { get; }

    /// <summary>What stands behind them.</summary>
    public virtual string Footer => "";

    /// <summary>What joins rows.</summary>
    public virtual string Between => "";

    /// <summary>The row with its line feed. In CSV a quoted path may hold line breaks of its own.</summary>
    public abstract string Line(Row row);

    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="labels">The model's classes in order.</param>
    /// <param name="top">Classes a row; 0 is all, in the model's order.</param>
    /// <param name="isSafe">
    /// In CSV, text that a spreadsheet would run as a formula gets an apostrophe in front, and text that a terminal would run is shown by
    /// its codes.
    /// </param>
    public static RowFormat For(string name, IReadOnlyList<string> labels, int top, bool isSafe) => name switch
    {
        "json" => new JsonRows(top, array: true),
        "jsonl" => new JsonRows(top, array: false),
        _ => new CsvRows(labels, top, isSafe),
    };

    private sealed class CsvRows(IReadOnlyList<string> labels, int top, bool isSafe) : RowFormat
    {
        public override string Header => Join(["path", "label", "confidence", .. Columns(), "error"]);

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
                row.Error ?? "",
            ]);
        }

        private IEnumerable<string> Columns() =>
            top == 0 ? labels : Enumerable.Range(1, Math.Min(top, labels.Count)).SelectMany(i => new[] { $"label{i}", $"probability{i}" });

        private string Join(IEnumerable<string> cells) => OutputFile.CsvRecord(isSafe ? cells.Select(ConsoleText.Lines) : cells, isSafe);
    }

    private sealed class JsonRows(int top, bool array) : RowFormat
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
            var line = new JsonObject
            {
                ["path"] = row.Path,
                ["label"] = row.Error is null ? row.Label : null,
                ["confidence"] = row.Confidence,
                ["scores"] = row.Error is null ? scores : null,
                ["error"] = row.Error,
            };
            return line.ToJsonString(Readable) + "\n";
        }
    }
}
