using System.Text.Json;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Onnx.Import;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.MLNetZip;

/// <summary>The manifest as the metadata of an ONNX file, and back: what survives when the file is taken out of the zip.</summary>
internal static class ModelMetadata
{
    public static Dictionary<string, string> Of(ModelManifest manifest, string samples)
    {
        ImagePreprocessing p = manifest.Preprocessing;
        return new()
        {
            [OnnxMetadata.Labels] = JsonSerializer.Serialize([.. manifest.Labels], ManifestJson.Default.StringArray),
            [OnnxMetadata.Input] = $"{p.Width}x{p.Height}x{p.Channels}",
            [OnnxMetadata.Colour] = p.Channels == 1 ? "grey, ITU-R BT.601" : "RGB",
            [OnnxMetadata.Samples] = samples,
            [OnnxMetadata.Preprocessing] = JsonSerializer.Serialize(p, ManifestJson.Default.ImagePreprocessing),
            [OnnxMetadata.Architecture] = manifest.Architecture,
            [OnnxMetadata.Licence] = manifest.Licence,
            [OnnxMetadata.CreatedBy] = manifest.CreatedBy,
        };
    }

    /// <summary>The manifest of a file that our writer made.</summary>
    /// <exception cref="ModelFormatException">Something is missing or contradicts the network.</exception>
    public static ModelManifest Read(OnnxImport import, string path)
    {
        try
        {
            string Value(string key) =>
                import.Metadata.TryGetValue(key, out string? value)
                    ? value
                    : throw new ModelFormatException($"{path} has no metadata '{key}': the file was altered.");
            var manifest = new ModelManifest
            {
                CreatedBy = Value(OnnxMetadata.CreatedBy),
                Architecture = Value(OnnxMetadata.Architecture),
                Labels = JsonSerializer.Deserialize(Value(OnnxMetadata.Labels), ManifestJson.Default.StringArray) ?? [],
                Head = import.Network.Head,
                Preprocessing =
                    JsonSerializer.Deserialize(Value(OnnxMetadata.Preprocessing), ManifestJson.Default.ImagePreprocessing)
                    ?? throw new ModelFormatException($"{path} has empty metadata '{OnnxMetadata.Preprocessing}': the file was altered."),
                Licence = Value(OnnxMetadata.Licence),
            };
            Check(import.Network, manifest, path);
            return manifest;
        }
        catch (Exception e) when (BrokenContent.Explains(e))
        {
            throw new ModelFormatException($"{path} has damaged metadata: {BrokenContent.Short(e.Message)}", e);
        }
    }

    /// <exception cref="ModelFormatException">
    /// A part of the manifest is missing or means nothing, or labels, preprocessing and network do not belong together.
    /// </exception>
    public static void Check(Network network, ModelManifest manifest, string path)
    {
        if (ManifestCheck.Problem(manifest) is { } wrong)
            throw new ModelFormatException($"{path} contradicts itself: {BrokenContent.Short(wrong)}.");
        ImagePreprocessing p = manifest.Preprocessing;
        string? problem =
            manifest.Labels.Count != network.Classes ? $"it names {manifest.Labels.Count} labels for {network.Classes} outputs"
            : (p.Height, p.Width, p.Channels) != (network.InputShape.Height, network.InputShape.Width, network.InputShape.Channels)
                ? $"it prepares pictures of {p.Height} x {p.Width} x {p.Channels} for a network of {network.InputShape}"
            : manifest.Head != network.Head ? $"it names the head {manifest.Head} for a network that ends in {network.Head}"
            : manifest.Quantisation is { } ranges && !ranges.Fit(network) ? "its ranges for int8 do not fit its network"
            : null;
        if (problem is not null) throw new ModelFormatException($"{path} contradicts itself: {problem}.");
    }
}
