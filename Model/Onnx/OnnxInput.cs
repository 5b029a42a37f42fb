namespace EmotionMLNet.Onnx;

/// <summary>What an exported ONNX file takes.</summary>
internal enum OnnxInput
{
    /// <summary>"input": float [N, C, H, W] at network size, samples 0 to 255, RGB or ITU-R BT.601 luma. Opset 13.</summary>
    Prepared,

    /// <summary>"input": uint8 [N, H, W, 3] of any size, RGB; the resize is inside the graph. Opset 18.</summary>
    Picture,
}
