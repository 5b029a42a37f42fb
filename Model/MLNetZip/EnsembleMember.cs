using System.Text.Json;

namespace EmotionMLNet.MLNetZip;

/// <summary>One of the models that an ensemble was made of.</summary>
public sealed record EnsembleMember
{
    /// <summary>Name of its file.</summary>
    public required string File { get; init; }

    /// <summary>SHA-256 of the whole file, hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Its share of the mean; those of all members sum to 1.</summary>
    public required double Weight { get; init; }

    /// <summary>Catalogue name of its architecture.</summary>
    public required string Architecture { get; init; }

    /// <summary>Trainable values.</summary>
    public required long Parameters { get; init; }

    /// <summary>Tool and version that wrote it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>UTC, ISO 8601, or null.</summary>
    public string? CreatedAt { get; init; }

    /// <summary>Data that it was trained on, or null.</summary>
    public string? DataFingerprint { get; init; }

    /// <summary>Its own validation figures, as it recorded them.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>How its confidence was fitted, or null.</summary>
    public CalibrationRecord? Calibration { get; init; }

    /// <summary>How the data of its training were divided, or null.</summary>
    public DataDivision? Division { get; init; }

    /// <summary>How it was trained, or null.</summary>
    public TrainingSummary? Training { get; init; }

    /// <summary>Its training settings, verbatim JSON, for people.</summary>
    public JsonElement? Settings { get; init; }
}
