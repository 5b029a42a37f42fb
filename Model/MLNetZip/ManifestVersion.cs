using System.Text.Json;

namespace EmotionMLNet.MLNetZip;

/// <summary>The version of a manifest, which is looked at before anything else in it.</summary>
internal static class ManifestVersion
{
    /// <summary>Its schemaVersion; 0 where there is none that is a number.</summary>
    public static int Read(JsonElement manifest) =>
        manifest.TryGetProperty("schemaVersion", out JsonElement value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt32(out int version)
            ? version
            : 0;
}
