namespace EmotionMLNet.Onnx;

/// <summary>
/// Bytes that are no ONNX model, or a graph that contradicts itself, is no classifier of pictures, or has weights that are no numbers; the
/// message is one line that says which.
/// </summary>
public sealed class OnnxFormatException : EmotionMLNetException
{
    internal OnnxFormatException(string message, Exception? inner = null) : base(BrokenContent.Short(message), inner) { }
}
