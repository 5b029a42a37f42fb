using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsvHelper;
using CsvHelper.Configuration;

namespace EmotionMLNet.Predictor;

/// <summary>How rows are written: one line each, so that a torn last line is all that a killed run can leave behind.</summary>
internal abstract class RowFormat
{
    /// <summary>What stands before the rows, and behind them in the finished file.</summary>
    public abstract string Header { get; }

    public virtual string Footer => "";

    /// <summary>What joins rows.</summary>
    public virtual string Between => "";

    /// <summary>The row's line, with its line feed.</summary>
    public abstract string Line(Row row);

    /// <summary>By the name's ending; CSV without a name.</summary>
    /// <param name="path">The output file, or null.</param>
    /// <param name="labels">The model's classes in order.</param>
    /// <param name="top">Classes a row; 0 is all, in the model's order.</param>
    public static RowFormat For(string? path, IReadOnlyList<string> labels, int top) => Path.GetExtension(path)?.ToLowerInvariant() switch
    {
        ".json" => new JsonRows(top, array: true),
        ".jsonl" => new JsonRows(top, array: false),
        _ => new CsvRows(labels, top),
    };

    private sealed class CsvRows(IReadOnlyList<string> labels, int top) : RowFormat
    {
        public override string Header => Join(["path", "label", "confidence", .. Columns(), "error"]);

        public override string Line(Row row)
        {
            IEnumerable<string> cells = top == 0
                ? labels.Select((_, i) => row.Scores.Count == 0 ? "" : Row.Number(row.Scores[i].Probability))
                : row.Scores.OrderByDescending(s => s.Probability).Take(top).SelectMany(s => new[] { s.Label, Row.Number(s.Probability) });
            string[] padded = [.. cells];
            int missing = top == 0 ? 0 : 2 * Math.Min(top, labels.Count) - padded.Length;
            return Join([row.Path, row.Label, row.Confidence is { } c ? Row.Number(c) : "", .. padded, .. Enumerable.Repeat("", missing), row.Error ?? ""]);
        }

        private IEnumerable<string> Columns()
            => top == 0 ? labels : Enumerable.Range(1, Math.Min(top, labels.Count)).SelectMany(i => new[] { $"label{i}", $"probability{i}" });

        private static string Join(IEnumerable<string> cells)
        {
            using var text = new StringWriter();
            using (var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" }))
            {
                foreach (string cell in cells) csv.WriteField(cell.ReplaceLineEndings(" "));
                csv.NextRecord();
            }
            return text.ToString();
        }
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
            var line = new JsonObject { ["path"] = row.Path, ["label"] = row.Error is null ? row.Label : null, ["confidence"] = row.Confidence, ["scores"] = row.Error is null ? scores : null, ["error"] = row.Error };
            return new StringBuilder(line.ToJsonString(Readable)).Append('\n').ToString();
        }
    }
}
