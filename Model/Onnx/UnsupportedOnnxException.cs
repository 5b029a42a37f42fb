namespace EmotionMLNet.Onnx;

/// <summary>A sound ONNX file with something in it that the engine has no layer for; the message names operator, node and opset.</summary>
public sealed class UnsupportedOnnxException : EmotionMLNetException
{
    internal UnsupportedOnnxException(OnnxNode node, long opset, string why)
        : base(
            $"operator {(node.Domain.Length > 0 ? $"{node.Domain}." : "")}{node.Type} at node '{node.Label}' (opset {opset}) is "
                + $"not supported: {why}"
        ) { }
}
