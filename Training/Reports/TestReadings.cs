using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EmotionMLNet.Files;
using EmotionMLNet.Training.Metrics;

namespace EmotionMLNet.Training.Reports;

/// <summary>
/// The record of every evaluation on a test split, a line of JSON each: a figure that was looked at ten times is no longer a test figure,
/// and a reader must be able to see that. It stands beside the model; where that can't be written, or the model is one that comes with the
/// program, in a folder of the user.
/// </summary>
internal static class TestReadings
{
    private const int Attempts = 200, PauseMilliseconds = 50;

    /// <summary>model.zip is accompanied by model.test-readings.jsonl.</summary>
    public static string PathFor(string modelPath) => Path.ChangeExtension(modelPath, ".test-readings.jsonl");

    /// <summary>
    /// Appends a line, and one more for a reading with test-time augmentation. It never fails: figures are worth more than their record.
    /// </summary>
    public static TestReading Add(Evaluation evaluation, TimeProvider time)
    {
        string model, beside = PathFor(evaluation.ModelPath);
        using (FileStream zip = File.OpenRead(evaluation.ModelPath)) model = Convert.ToHexStringLower(SHA256.HashData(zip));
        // Under the network's hash: a copy elsewhere, or a zip that says more about the same weights, is the same model.
        string? ofUser = UserState.FindFolder() is { } state
            ? Path.Combine(state, "test-readings", $"{evaluation.Manifest.OnnxSha256 ?? model}.jsonl")
            : null;
        List<string> lines = [Line("none", evaluation.Report)];
        if (evaluation.Augmented is { } augmented) lines.Add(Line(augmented.Augmentation.ToString(), augmented.Report));

        string[] places = [.. new[] { IsOfProgram(evaluation.ModelPath) ? null : beside, ofUser }.OfType<string>()];
        string? written = null, problem = places.Length == 0 ? "there is no folder for it" : null;
        foreach (string place in places)
        {
            if (Append(place, lines) is not { } failure)
            {
                written = place;
                break;
            }
            problem ??= failure;
        }
        int count = new[] { beside, ofUser }
            .OfType<string>()
            .SelectMany(Read)
            .Count(l => IsSame(l, model, evaluation.Manifest.OnnxSha256, evaluation.DataFingerprint));
        return written is not null ? new TestReading(count, written, null) : new TestReading(count + lines.Count, null, problem);

        string Line(string tta, ClassificationReport report) => new JsonObject
        {
            ["at"] = time.GetUtcNow().ToString("O"),
            ["modelSha256"] = model,
            ["onnxSha256"] = evaluation.Manifest.OnnxSha256,
            ["dataFingerprint"] = evaluation.DataFingerprint,
            ["split"] = evaluation.Images.Name,
            ["testTimeAugmentation"] = tta,
            ["images"] = report.Images,
            ["accuracy"] = report.Accuracy,
            ["macroF1"] = report.MacroF1,
        }.ToJsonString();
    }

    /// <summary>
    /// Whether a model comes with the program: one in the artifacts folder of a checkout, whose files are under version control, or beside
    /// the program.
    /// </summary>
    internal static bool IsOfProgram(string modelPath)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(modelPath))!,
            program = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        bool inCheckout = Path.GetFileName(folder) == "artifacts" && File.Exists(Path.Combine(folder, "..", "EmotionMLNet.sln"));
        return inCheckout || folder == program || folder.StartsWith(program + Path.DirectorySeparatorChar, StringComparison.Ordinal);
    }

    /// <summary>Appends under the operating system's lock on the file itself, waiting for others that do the same.</summary>
    /// <returns>What is in the way; null when it is written.</returns>
    private static string? Append(string path, List<string> lines)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using FileStream file = Exclusive(path);
            bool torn = false; // by somebody who was killed
            if (file.Length > 0)
            {
                file.Seek(-1, SeekOrigin.End);
                torn = file.ReadByte() != '\n';
            }
            file.Write(Encoding.UTF8.GetBytes((torn ? "\n" : "") + string.Concat(lines.Select(l => l + "\n"))));
            file.Flush(flushToDisk: true);
            return null;
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or NotSupportedException or System.Security.SecurityException)
        {
            return e.Message;
        }
    }

    private static FileStream Exclusive(string path)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (attempt < Attempts && IsHeld(e))
            {
                Thread.Sleep(PauseMilliseconds);
            }
        }
    }

    // Sharing and lock violations of Windows; EWOULDBLOCK of Linux and macOS.
    private static bool IsHeld(IOException e) => OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) is 32 or 33 : e.HResult is 11 or 35;

    private static string[] Read(string path)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return File.Exists(path) ? File.ReadAllLines(path) : [];
            }
            catch (IOException e) when (attempt < Attempts && IsHeld(e))
            {
                Thread.Sleep(PauseMilliseconds);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return [];
            }
        }
    }

    // A zip that says more about the same weights, such as these figures, is still the same model.
    private static bool IsSame(string line, string model, string? network, string fingerprint)
    {
        try
        {
            return JsonNode.Parse(line) is JsonObject o
                && Text(o, "dataFingerprint") == fingerprint
                && (Text(o, "modelSha256") == model || (network is not null && Text(o, "onnxSha256") == network));
        }
        catch (JsonException)
        {
            return false; // somebody edited the file; what is no record does not count as one
        }

        static string? Text(JsonObject record, string name) =>
            record[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
    }
}

/// <summary>What became of a reading.</summary>
/// <param name="Count">Readings of these very pictures by this very model that are known, this one included.</param>
/// <param name="Path">The record; null where none could be written.</param>
/// <param name="Problem">Why not.</param>
internal sealed record TestReading(int Count, string? Path, string? Problem)
{
    /// <summary>One line.</summary>
    public string Describe(string what) => Path is not null
        ? $"reading {Count} of {what} by this model, recorded in {Path}"
        : $"reading {Count} of {what} by this model that is known of; it could not be recorded ({Problem})";
}
