namespace EmotionMLNet.MLNet;

/// <summary>What the column ImageSource of a loaded folder holds.</summary>
public enum ImageSourceContent
{
    /// <summary>The path of the file (text): a trained model then consists of ML.NET's steps alone.</summary>
    Path,

    /// <summary>The file itself (bytes), as in Model Builder's newest code.</summary>
    Bytes,
}
