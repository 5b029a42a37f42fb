using System.Globalization;
using System.Reflection;

namespace EmotionMLNet.Training.Runs;

/// <summary>Who made a model and when, as manifests and reports have it.</summary>
internal static class ModelOrigin
{
    /// <summary>This program with its version and commit.</summary>
    public static string CreatedBy { get; } =
        "EmotionMLNet "
        + $"{typeof(ModelOrigin).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion}";

    /// <summary>Now, UTC, ISO 8601 to the second.</summary>
    public static string FormatNow(TimeProvider time) => time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
