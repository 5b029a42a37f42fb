using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Onnx.Inputs;

/// <summary>The application prepares the picture itself: "input", float [N, C, H, W], 0 to 255, RGB or ITU-R BT.601 luma.</summary>
internal sealed class FloatInput() : InputStage("input")
{
    public override string Write(GraphWriter graph, ImagePreprocessing preprocessing)
        => graph.Input(Name, ElementType.Float, "N", preprocessing.Channels, preprocessing.Height, preprocessing.Width);
}
