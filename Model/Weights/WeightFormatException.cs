namespace EmotionMLNet.Weights;

/// <summary>
/// A file of weights that is damaged, of another kind, or with more in it than tensors; the message is one line that says which.
/// </summary>
public sealed class WeightFormatException : EmotionMLNetException
{
    internal WeightFormatException(string message, Exception? inner = null) : base(message, inner) { }
}
