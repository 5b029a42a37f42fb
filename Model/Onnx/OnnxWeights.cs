namespace EmotionMLNet.Onnx;

/// <summary>
/// How an ONNX file, or the one in a model zip, holds its weights. Biases and batch-norm values are float32 in every case: they are few.
/// </summary>
public enum OnnxWeights
{
    /// <summary>float32, as they are: bit for bit those of the model.</summary>
    Full,

    /// <summary>float16, half the size. Expanded to float32 before use (Cast).</summary>
    Half,

    /// <summary>
    /// int8, symmetric, with a scale an output channel: a quarter of the size. Expanded to float32 before use (DequantizeLinear).
    /// </summary>
    Quantised,
}
