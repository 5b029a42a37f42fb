using System.Text.Json;
using System.Text.Json.Serialization;

namespace EmotionMLNet.MLNetZip;

/// <summary>The manifest's JSON, by source generation: no reflection, so predictors can be trimmed.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.Strict
)]
[JsonSerializable(typeof(ModelManifest))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(Preprocessing.ImagePreprocessing))]
internal sealed partial class ManifestJson : JsonSerializerContext;
