namespace EmotionMLNet.Onnx;

/// <summary>How an exported ONNX file holds its weights. Biases and batch-norm values are float32 in every case: they are few.</summary>
public enum OnnxWeights
{
    /// <summary>float32, as they are: bit for bit those of the model.</summary>
    Full,

    /// <summary>float16, half the size. ML.NET refuses such files, ONNX Runtime and others read them.</summary>
    Half,

    /// <summary>int8, symmetric, with a scale an output channel: a quarter of the size. Expanded to float32 before use (DequantizeLinear).</summary>
    Quantised,
}
