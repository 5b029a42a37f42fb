using System.Globalization;
using System.Text;
using EmotionMLNet.Networks;

namespace EmotionMLNet.Faces;

/// <summary>
/// The page that travels in a detector's file for people: what it finds, on what it was trained, how well, and its limits.
/// </summary>
internal static class FaceCard
{
    /// <returns>Markdown, one newline convention on every machine.</returns>
    public static string Render(FaceManifest manifest, Network network)
    {
        var card = new StringBuilder();
        void Line(FormattableString line) => card.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        Line($"# {manifest.Architecture}");
        Line($"");
        Line($"Finds faces in photographs: boxes from hairline to chin and cheek to cheek, with a score. It does not tell who it is.");
        Line($"");
        string widths = string.Join(", ", manifest.Widths), held = manifest.Weights == Onnx.OnnxWeights.Half
            ? "float16 and expanded to float32 before use"
            : "float32";
        Line($"- Network: {network.ParameterCount:N0} parameters; widths {widths}, pyramid {manifest.Pyramid}");
        Line($"- Input: grey (ITU-R BT.601), the long side brought to {manifest.LongSide} pixels, and once more to two fifths of that");
        Line($"- Threshold: a score of {manifest.Threshold:0.###}");
        Line($"- Weights are held in {held}");
        Line($"- Made by {manifest.CreatedBy}{(manifest.CreatedAt is { } at ? $" at {at}" : "")}");
        Line($"- Licence: {manifest.Licence}");
        Line($"");
        Line($"## Training data");
        Line($"");
        if (manifest.Data.Count == 0) Line($"Not recorded.");
        foreach (string sentence in manifest.Data) Line($"- {sentence}");
        if (manifest.DataFingerprint is { } print) Line($"- Fingerprint {print}");
        Line($"");
        Line($"## Figures");
        Line($"");
        if (manifest.Metrics.Count == 0) Line($"None were recorded. Measure it on pictures of your own before use.");
        foreach ((string name, double value) in manifest.Metrics) Line($"- {name}: {value:0.####}");
        foreach (string note in manifest.MetricNotes) Line($"- {note}");
        Line($"");
        Line($"## Use");
        Line($"");
        Line($"- Intended: finding the faces of photographs before their expression is labelled; research and teaching.");
        Line($"- Out of scope: telling who somebody is, counting crowds for safety, watching people without their consent.");
        Line($"- Faces below ten pixels at the input's size, from behind, or mostly covered are missed.");
        Line($"- Detectors carry the habits of their pictures. Measure on the people and cameras that it is meant for, by group.");
        return card.ToString();
    }
}
