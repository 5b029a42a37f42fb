using System.Net;
using System.Text.Json;
using EmotionMLNet.Terminal;

namespace EmotionMLNet.Web.Settings;

/// <summary>Settings out of their sources: a file, then the environment, then the command line, the later over the earlier.</summary>
internal static class SettingsReader
{
    /// <summary>What the variables of the environment begin with.</summary>
    public const string Prefix = "EMOTIONMLNET_";

    private const int LargestFile = 1 << 20;

    /// <param name="file">A JSON file, or null.</param>
    /// <param name="environment">Gives the value of a variable, or null.</param>
    /// <param name="options">What the command line says, by name without dashes.</param>
    /// <param name="problems">What is wrong, a line each.</param>
    public static ServerSettings Read(
        string? file, Func<string, string?> environment, IReadOnlyDictionary<string, string> options, out IReadOnlyList<string> problems)
    {
        var found = new List<string>();
        var settings = new ServerSettings();
        if (file is not null)
            foreach ((Setting setting, string text) in ReadFile(file, found)) Apply(setting, text, $"{file}: {setting.Key}");
        foreach (Setting setting in SettingsTable.All)
            if (environment(setting.Variable) is { Length: > 0 } text) Apply(setting, text, setting.Variable);
        foreach (Setting setting in SettingsTable.All)
            if (options.TryGetValue(setting.Name, out string? text)) Apply(setting, text, setting.Option);
        if (found.Count == 0 && !IPAddress.IsLoopback(settings.Address) && settings.Token is null && !settings.IsOpen)
            found.Add(
                $"--address {settings.Address} can be reached from other machines: give --token-file FILE for clients that know a token, "
                    + "or --open for everybody");
        problems = found;
        return settings;

        void Apply(Setting setting, string text, string where)
        {
            (settings, string? problem) = setting.Apply(settings, text);
            if (problem is not null) found.Add(ConsoleText.Line($"{where} {text}: {problem}"));
        }
    }

    private static List<(Setting Setting, string Text)> ReadFile(string file, List<string> problems)
    {
        var read = new List<(Setting, string)>();
        try
        {
            InputFile.Check(file, LargestFile);
            using JsonDocument document = JsonDocument.Parse(
                File.ReadAllBytes(file),
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
            );
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException("it is no object of settings");
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (SettingsTable.All.FirstOrDefault(s => s.Key == property.Name) is { } setting)
                {
                    read.Add((setting, Text(property.Value)));
                    continue;
                }
                string? name = NearestName.Find(property.Name, SettingsTable.All.Select(s => s.Key));
                string near = name is null ? "" : $": did you mean {name}?";
                problems.Add(ConsoleText.Line($"{file}: there is no setting {property.Name}{near}"));
            }
        }
        catch (Exception e) when (e is JsonException or EmotionMLNetException or IOException or UnauthorizedAccessException)
        {
            problems.Add(ConsoleText.Line($"--settings {file}: {e.Message.TrimEnd('.')}"));
        }
        return read;
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Array => string.Join(',', value.EnumerateArray().Select(Text)),
        _ => value.GetRawText(),
    };
}
