using System.Text.Json.Serialization;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.MLNetZip;

/// <summary>What a model zip says about its network: enough that no reader can prepare images or name classes wrongly.</summary>
public sealed record ModelManifest
{
    /// <summary>The layout that this program writes and reads.</summary>
    public const int CurrentSchema = 2;

    private static readonly IReadOnlyDictionary<string, double> NoFigures = new Dictionary<string, double>();

    private const string UnknownLicence = "not stated; it depends on the pictures and weights that training began from";

    /// <summary>Version of this layout; a reader refuses any other.</summary>
    public int SchemaVersion { get; init; } = CurrentSchema;

    /// <summary>Tool and version that wrote the zip.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>UTC, ISO 8601; null where nobody knows, as in a file that was imported.</summary>
    public string? CreatedAt { get; init; }

    /// <summary>Catalogue name of the architecture, or "onnx:" and the name of the file that it was read from.</summary>
    public required string Architecture { get; init; }

    /// <summary>Class names, in the order of the probabilities.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>How logits become probabilities.</summary>
    [JsonInclude, JsonRequired]
    internal OutputHead Head { get; init; }

    /// <summary>From decoded picture to network input.</summary>
    public required ImagePreprocessing Preprocessing { get; init; }

    /// <summary>What an ML.NET application hands over.</summary>
    public ModelInputMode InputMode { get; init; }

    /// <summary>What the weights may be used for, as far as it is known.</summary>
    // What a zip's maker did not know yet reads as null.
    public string Licence { get; init => field = value ?? UnknownLicence; } = UnknownLicence;

    /// <summary>SHA-256 over the training data's decoded pixels, labels and split, hex.</summary>
    public string? DataFingerprint { get; init; }

    /// <summary>What training saw otherwise than the data have it, a sentence each: images left out, extra annotation, sampling.</summary>
    public IReadOnlyList<string> TrainingNotes { get; init => field = value ?? []; } = [];

    /// <summary>SHA-256 of the ONNX model, hex; written by ModelZip.Save.</summary>
    public string? OnnxSha256 { get; init; }

    /// <summary>Validation figures of the saved weights by name ("accuracy", "macroF1", ...).</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init => field = value ?? NoFigures; } = NoFigures;

    /// <summary>
    /// What was measured of the saved weights afterwards, with its interval; <see cref="ModelZip.Save(string)"/> leaves out what is of
    /// other weights.
    /// </summary>
    public IReadOnlyList<MeasurementRecord> Measurements { get; init => field = value ?? []; } = [];

    /// <summary>How the model's confidence was fitted to how often it is right; null: it was not.</summary>
    public CalibrationRecord? Calibration { get; init; }

    /// <summary>The models whose probabilities this one averages; null: it is a single network.</summary>
    public IReadOnlyList<EnsembleMember>? Members { get; init; }

    /// <summary>Ranges from which predictors make an 8-bit form of the network and run that; null: they run it in floats.</summary>
    [JsonInclude]
    internal ActivationRanges? Quantisation { get; init; }

    /// <summary>How the zip holds the network's weights; a zip that is saved again keeps it.</summary>
    [JsonInclude]
    internal OnnxWeights Weights { get; init; }

    /// <summary>
    /// What could not be held in that form, a sentence each: a tensor whose values are too large for it stays float32. Written by
    /// ModelZip.Save.
    /// </summary>
    public IReadOnlyList<string> WeightNotes { get; init => field = value ?? []; } = [];

    /// <summary>
    /// Threads, width of vectors and platform of the training, on which the bits of the weights depend; null where nobody knows.
    /// </summary>
    public string? TrainedOn { get; init; }

    /// <summary>How the data of its training were divided; null where nobody knows, or members of an ensemble differ.</summary>
    public DataDivision? Division { get; init; }

    /// <summary>How it was trained; null where nobody knows.</summary>
    public TrainingSummary? Training { get; init; }

    /// <summary>The search of settings that it came out of; null: there was none, or nobody knows.</summary>
    public SearchSummary? Search { get; init; }

    /// <summary>Whether its pictures are faces, and how those are cut; null, as in older zips: whole pictures as they come.</summary>
    public FaceTreatment? Faces { get; init; }

    /// <summary>The resolved training settings, verbatim JSON, for people: nothing reads them.</summary>
    public System.Text.Json.JsonElement? Settings { get; init; }
}
