using System.Text.Json;
using System.Text.Json.Serialization;
using EmotionMLNet.Files;

namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>A whole search as a file, search.json, where no database keeps it.</summary>
internal static class SearchFile
{
    public const string FileName = "search.json";

    /// <summary>The database of a search, where programs have one.</summary>
    public const string Database = "search.db";

    private const int Version = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, // a loss may be no number
        WriteIndented = true,
    };

    /// <summary>Writes a search; a reader sees the old file or the new.</summary>
    /// <exception cref="TrainingFailedException">The file cannot be written.</exception>
    public static void Write(string path, SearchState state)
    {
        try
        {
            var content = new Content(Version, state.Now, state.Facts, state.Trials);
            AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, content, Json));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingFailedException($"{path}: the search cannot be kept: {e.Message}", e);
        }
    }

    /// <summary>Reads a search as it was left, and changes nothing: its clock stands where it was written last.</summary>
    /// <exception cref="TrainingException">It is not there, no file of a search, damaged, or of a newer version.</exception>
    public static SearchState Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            Content? content = JsonSerializer.Deserialize<Content>(stream, Json);
            if (content is { Version: > Version })
                throw new TrainingException($"{path}: written by a newer version of this program.");
            if (content is not { Version: Version, Facts: not null, Trials: not null } || content.Trials.Index().Any(t => !IsWhole(t)))
                throw new TrainingException($"{path}: no file of a search.");
            // Who is lost is for those to say who open a search to go on with it.
            SearchTrial[] trials = [.. content.Trials.Select(t => t with { IsLost = false })];
            return new(trials, new Dictionary<string, string>(content.Facts, StringComparer.Ordinal), content.Seconds);
        }
        catch (JsonException e)
        {
            throw new TrainingException($"{path}: the file is damaged.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"{path}: {e.Message}", e);
        }
    }

    // JSON may hold a null where none can be.
    private static bool IsWhole((int Index, SearchTrial? Trial) numbered) =>
        numbered.Trial is { Epochs: not null, Spans: not null, Proposal: { Point: not null, Settings: not null, Arm: not null } proposal }
        && proposal.Origin is not null
        && numbered.Trial.Id == numbered.Index;

    private sealed record Content(
        int Version,
        double Seconds,
        IReadOnlyDictionary<string, string> Facts,
        IReadOnlyList<SearchTrial> Trials
    );
}
