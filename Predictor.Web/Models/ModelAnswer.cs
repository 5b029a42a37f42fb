using System.Text.Json.Serialization;
using EmotionMLNet.MLNetZip;

namespace EmotionMLNet.Web.Models;

/// <summary>The models of a server.</summary>
/// <param name="Default">Name of the model of requests that name none.</param>
/// <param name="Models">By name.</param>
/// <param name="Failed">Files of which no version could be served so far.</param>
internal sealed record ModelsAnswer(string Default, IReadOnlyList<ModelAnswer> Models, IReadOnlyList<FailedModelAnswer> Failed);

/// <summary>A file that could not be served.</summary>
/// <param name="Name">Its name.</param>
/// <param name="At">When it was tried last.</param>
/// <param name="Title">The reason.</param>
internal sealed record FailedModelAnswer(string Name, DateTimeOffset At, string Title);

/// <summary>What a model says of itself; see <see cref="ModelManifest"/>.</summary>
internal class ModelAnswer(ServedModel model, SwapFailure? failure)
{
    public string Name { get; } = model.Name;

    /// <summary>Of the file, hexadecimal.</summary>
    public string Sha256 { get; } = model.Sha256;

    public string Architecture { get; } = model.Manifest.Architecture;

    public IReadOnlyList<string> Labels { get; } = model.Manifest.Labels;

    public string Licence { get; } = model.Manifest.Licence;

    /// <summary>Length of the file.</summary>
    public int Bytes { get; } = model.Bytes;

    /// <summary>Whether pictures are cut to faces where a request does not say.</summary>
    public bool Faces { get; } = model.LooksForFaces;

    public InputAnswer Input { get; } = new(
        model.Manifest.Preprocessing.Width, model.Manifest.Preprocessing.Height, model.Manifest.Preprocessing.Channels);

    /// <summary>What was measured of it.</summary>
    public IReadOnlyList<FigureAnswer> Figures { get; } = [.. model.Manifest.Measurements.Select(m => new FigureAnswer(m))];

    /// <summary>Whether its confidence was fitted to how often it is right.</summary>
    public bool Calibrated { get; } = model.Manifest.Calibration is not null;

    public string? CreatedAt { get; } = model.Manifest.CreatedAt;

    public string CreatedBy { get; } = model.Manifest.CreatedBy;

    public DateTimeOffset LoadedAt { get; } = model.LoadedAt;

    /// <summary>The file that was to take its place last and did not; null: none failed.</summary>
    public SwapFailure? Swap { get; } = failure;
}

/// <summary>A model with its card.</summary>
internal sealed class ModelCardAnswer(ServedModel model, SwapFailure? failure) : ModelAnswer(model, failure)
{
    /// <summary>Markdown.</summary>
    [JsonPropertyOrder(1)]
    public string Card { get; } = model.Card;
}

/// <summary>Size of the network's input.</summary>
internal sealed record InputAnswer(int Width, int Height, int Channels);

/// <summary>A measurement of a model, with the 95 % interval of its accuracy.</summary>
internal sealed class FigureAnswer(MeasurementRecord record)
{
    public string Split { get; } = record.Split;

    /// <summary>Fingerprint of the data.</summary>
    public string Data { get; } = record.DataFingerprint;

    /// <summary>Views that were averaged.</summary>
    public string Tta { get; } = record.TestTimeAugmentation;

    public int Images { get; } = record.Images;

    public double Accuracy { get; } = record.Accuracy;

    public double Low { get; } = record.AccuracyLow;

    public double High { get; } = record.AccuracyHigh;

    [JsonPropertyName("macroF1")]
    public double MacroF1 { get; } = record.MacroF1;
}
