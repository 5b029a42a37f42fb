using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace EmotionMLNet.Training.Data;

/// <summary>A data report for programs: the record's members in camel case.</summary>
internal static partial class DataReportJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // file names stay readable; this is no web page
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Characters that hide or reverse text are escaped too: the report may go to a terminal.</summary>
    public static string Write(DataReport report) =>
        Hidden()
            .Replace(
                JsonSerializer.Serialize(report with { Notes = [.. report.Notes.Select(MessageTemplate.RemoveBraces)] }, Options),
                c => string.Concat(c.Value.Select(u => $"\\u{(int)u:X4}"))
            ) + "\n";

    [GeneratedRegex(@"[\p{Cf}\u007F-\u009F\u2028\u2029]")]
    private static partial Regex Hidden();
}
