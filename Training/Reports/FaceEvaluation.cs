using EmotionMLNet.Training.Faces;
using EmotionMLNet.Training.Metrics;

namespace EmotionMLNet.Training.Reports;

/// <summary>What a detector is worth on photographs with boxes.</summary>
internal sealed record FaceEvaluation
{
    /// <summary>The file of the detector.</summary>
    public required string Model { get; init; }

    /// <summary>What it says of itself.</summary>
    public required FaceManifest Manifest { get; init; }

    /// <summary>Trainable values of its network.</summary>
    public required long Parameters { get; init; }

    /// <summary>Which photographs: "validation", or "all".</summary>
    public required string Part { get; init; }

    /// <summary>Whether it learned from some of them, or was chosen by them; null where nothing speaks for it.</summary>
    public string? Caution { get; init; }

    public required int Pictures { get; init; }

    public required int Faces { get; init; }

    /// <summary>Pictures in which nobody drew anything.</summary>
    public required int EmptyPictures { get; init; }

    /// <summary>How many of those have a detection at the detector's threshold.</summary>
    public required int Alarms { get; init; }

    /// <summary>Hits and false detections at the detector's threshold, at an overlap of one half.</summary>
    public required (int Hits, int False) AtThreshold { get; init; }

    /// <summary>By the intersection over union that a hit needs.</summary>
    public required IReadOnlyList<DetectionRow> ByOverlap { get; init; }

    /// <summary>By the height of faces in pixels of the photograph, at an overlap of one half.</summary>
    public required IReadOnlyList<DetectionRow> BySize { get; init; }

    /// <summary>
    /// By the set that photographs are of, at an overlap of one half; empty where the annotations tell no sets apart, and without those in
    /// which there is no face.
    /// </summary>
    public required IReadOnlyList<DetectionRow> BySubset { get; init; }

    /// <summary>What went wrong at the threshold, the surest first.</summary>
    public required IReadOnlyList<DetectionError> Errors { get; init; }

    public required string DataFingerprint { get; init; }
}

/// <summary>Average precision and recall of one kind of faces, with 95 % intervals over photographs.</summary>
/// <param name="Name">"IoU 0.5", "32 to 96 pixels".</param>
/// <param name="Faces">How many there are.</param>
/// <param name="AveragePrecision">0 to 1; null without faces.</param>
/// <param name="Recall">At one false positive in ten photographs, 0 to 1; null without faces.</param>
internal sealed record DetectionRow(string Name, int Faces, Interval? AveragePrecision, Interval? Recall);

/// <summary>Kinds of mistakes.</summary>
internal enum DetectionErrorKind
{
    /// <summary>A face that no detection covers.</summary>
    Missed,

    /// <summary>A detection on a face, that covers it by less than a half.</summary>
    Misplaced,

    /// <summary>A second detection on a face.</summary>
    Double,

    /// <summary>A detection where nobody drew anything.</summary>
    Background,
}

/// <summary>One mistake.</summary>
/// <param name="Kind">Of which kind.</param>
/// <param name="Picture">Where.</param>
/// <param name="Box">The face that was missed, or the detection.</param>
/// <param name="Score">Of the detection; 0 where there is none.</param>
internal sealed record DetectionError(DetectionErrorKind Kind, FacePicture Picture, FaceBox Box, float Score);
