using System.Text.Json;
using EmotionMLNet.Onnx;

namespace EmotionMLNet;

/// <summary>What a detector's file says of itself.</summary>
public sealed record FaceManifest
{
    /// <summary>The layout that this program writes and reads.</summary>
    public const int CurrentSchema = 1;

    private static readonly IReadOnlyDictionary<string, double> NoFigures = new Dictionary<string, double>();

    private const string UnknownLicence = "not stated; it depends on the pictures that training began from";

    /// <summary>Version of this layout; a reader refuses any other.</summary>
    public int SchemaVersion { get; init; } = CurrentSchema;

    /// <summary>Tool and version that wrote the file.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>UTC, ISO 8601; null where nobody knows.</summary>
    public string? CreatedAt { get; init; }

    /// <summary>Name of the network, "face-pyramid".</summary>
    public required string Architecture { get; init; }

    /// <summary>Channels of the network at the strides 4, 8, 16 and 32.</summary>
    public required IReadOnlyList<int> Widths { get; init; }

    /// <summary>Channels of its pyramid and heads.</summary>
    public required int Pyramid { get; init; }

    /// <summary>Least score of a face where nothing else is asked for, above 0 and below 1.</summary>
    public required float Threshold { get; init; }

    /// <summary>Pixels of the long side at which the threshold was chosen and the figures were measured.</summary>
    public required int LongSide { get; init; }

    /// <summary>What the weights may be used for, as far as it is known.</summary>
    public string Licence { get; init => field = value ?? UnknownLicence; } = UnknownLicence;

    /// <summary>What it was trained on, and who was in it, a sentence each.</summary>
    public IReadOnlyList<string> Data { get; init => field = value ?? []; } = [];

    /// <summary>SHA-256 over the training data, hex; null where nobody knows.</summary>
    public string? DataFingerprint { get; init; }

    /// <summary>What was measured, by name ("averagePrecision", "recall", ...).</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init => field = value ?? NoFigures; } = NoFigures;

    /// <summary>On which pictures that was, and what the figures mean, a sentence each.</summary>
    public IReadOnlyList<string> MetricNotes { get; init => field = value ?? []; } = [];

    /// <summary>Threads, width of vectors and platform of the training, on which the bits of the weights depend; null where nobody
    /// knows.</summary>
    public string? TrainedOn { get; init; }

    /// <summary>How the file holds the weights: <see cref="OnnxWeights.Full"/> or <see cref="OnnxWeights.Half"/>.</summary>
    public OnnxWeights Weights { get; init; } = OnnxWeights.Half;

    /// <summary>SHA-256 of the ONNX model inside, hex; set when the file is written.</summary>
    public string? OnnxSha256 { get; init; }

    /// <summary>The training settings, verbatim JSON, for people: nothing reads them.</summary>
    public JsonElement? Settings { get; init; }
}
