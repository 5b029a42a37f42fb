namespace EmotionMLNet.Training.Reports;

/// <summary>What measured pictures are to the model's training.</summary>
internal enum DataOrigin
{
    /// <summary>Nobody looked: a part was asked for by name.</summary>
    NotCompared,

    /// <summary>The model does not say what it was trained on.</summary>
    Unknown,

    /// <summary>Held out of the very data that it was trained on.</summary>
    Training,

    /// <summary>Held out of the folder that it was trained on, whose pictures have changed since.</summary>
    ChangedTraining,

    /// <summary>Other data than those that it was trained on.</summary>
    Other,
}

/// <summary>Which pictures figures are of.</summary>
/// <param name="Origin">The relation of the pictures to the model's training.</param>
/// <param name="Heading">"all 293 pictures of photos: not the data that this model was trained on".</param>
/// <param name="Caution">Why the figures may say too much; null where nothing speaks for it.</param>
internal sealed record MeasuredPart(DataOrigin Origin, string Heading, string? Caution = null)
{
    /// <summary>The origin in JSON.</summary>
    public string OriginName => Origin switch
    {
        DataOrigin.Training => "training data, held out",
        DataOrigin.ChangedTraining => "training data, changed since",
        DataOrigin.Other => "other data",
        DataOrigin.Unknown => "unknown",
        _ => "not compared",
    };
}
