namespace EmotionMLNet.Imaging;

/// <summary>Why a picture is refused: whose fault it is.</summary>
public enum ImageProblem
{
    /// <summary>Its content is broken or of a kind that is not read.</summary>
    Content = 0,

    /// <summary>It is larger than the options allow: in bytes, in pixels, or in what decoding it takes of memory.</summary>
    Size = 1,

    /// <summary>Decoding it takes longer than <see cref="ImageReaderOptions.TimeLimit"/>.</summary>
    Time = 2,
}
