namespace EmotionMLNet;

/// <summary>A model gave scores for a picture that are no numbers (NaN or infinite): there is no label to tell.</summary>
public sealed class ModelOutputException : EmotionMLNetException
{
    internal ModelOutputException(string? picture = null)
        : base(
            $"{(picture is null ? "" : $"{picture}: ")}the model's scores for this picture are not finite numbers, so there is no "
                + "label: its weights or its normalisation are damaged; train it again, or use another model"
        ) { }
}
