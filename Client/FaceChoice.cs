namespace EmotionMLNet.Client;

/// <summary>Which faces of a picture are labelled.</summary>
public enum FaceChoice
{
    /// <summary>None is looked for: the picture is labelled as it is.</summary>
    Off = 0,

    /// <summary>The largest one.</summary>
    Largest = 1,

    /// <summary>All.</summary>
    All = 2,
}
