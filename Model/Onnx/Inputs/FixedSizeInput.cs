using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Onnx.Inputs;

/// <summary>A picture at network size: uint8 [N, H, W, 3], RGB, as ML.NET's pixel extractor hands it over.</summary>
/// <param name="name">The name of the input.</param>
internal sealed class FixedSizeInput(string name) : InputStage(name)
{
    public override string Write(GraphWriter graph, ImagePreprocessing preprocessing)
    {
        graph.Input(Name, ElementType.UInt8, "N", preprocessing.Height, preprocessing.Width, 3);
        return Planes(graph, Name, preprocessing.Channels);
    }
}
