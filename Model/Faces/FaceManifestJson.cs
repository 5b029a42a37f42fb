using System.Text.Json.Serialization;

namespace EmotionMLNet.Faces;

/// <summary>The manifest's JSON, by source generation: no reflection, so predictors can be trimmed.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.Strict
)]
[JsonSerializable(typeof(FaceManifest))]
internal sealed partial class FaceManifestJson : JsonSerializerContext;
