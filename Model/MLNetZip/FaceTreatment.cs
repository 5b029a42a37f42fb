namespace EmotionMLNet.MLNetZip;

/// <summary>What the pictures show that a model was trained on.</summary>
public enum FacePictures
{
    /// <summary>Whole scenes, as they come: no face is looked for.</summary>
    Off,

    /// <summary>Faces, cut as <see cref="FaceCrop"/> does: other pictures are searched for faces first.</summary>
    Crops,
}

/// <summary>Whether a model wants faces, and how those were cut that it was trained on.</summary>
public sealed record FaceTreatment
{
    /// <summary>What it was trained on.</summary>
    public required FacePictures Pictures { get; init; }

    /// <summary>Side of the square, in heights of the box: see <see cref="FaceCrop.Scale"/>.</summary>
    public float Scale { get; init; } = 1;

    /// <summary>Largest change of the side in training, as a share of it.</summary>
    public float SizeJitter { get; init; }

    /// <summary>Largest shift of the centre in training, each way, as a share of the side.</summary>
    public float PlaceJitter { get; init; }
}
