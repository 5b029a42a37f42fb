namespace EmotionMLNet.MLNetZip;

/// <summary>What an ML.NET application hands to the model zip; our own predictors read every mode alike.</summary>
public enum ModelInputMode
{
    /// <summary>The bytes of an image file: Model Builder's newest classes, plus one get-only property that decodes them.</summary>
    Bytes,

    /// <summary>The path of an image file in column ImageSource.</summary>
    Path,

    /// <summary>Height · width · 3 RGB bytes at network size in column ImageSource; needs neither ImageAnalytics nor SkiaSharp.</summary>
    Raw,
}
