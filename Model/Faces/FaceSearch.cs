namespace EmotionMLNet;

/// <summary>Which faces of a picture are classified.</summary>
public enum FaceSearch
{
    /// <summary>None is looked for: the whole picture is classified.</summary>
    Off,

    /// <summary>The largest one.</summary>
    Largest,

    /// <summary>Each of them.</summary>
    All,
}
