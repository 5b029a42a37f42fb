using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Onnx.Inputs;

/// <summary>
/// The front of an exported graph: from what the application hands over to float samples [N, C, H, W], 0 to 255, at network size.
/// </summary>
internal abstract class InputStage(string name)
{
    /// <summary>The graph's input.</summary>
    public string Name { get; } = name;

    /// <summary>The oldest opset that has the operators.</summary>
    public virtual int Opset => 13;

    /// <summary>Declares the input and writes the nodes.</summary>
    /// <returns>Name of the samples.</returns>
    public abstract string Write(GraphWriter graph, ImagePreprocessing preprocessing);

    /// <summary>Bytes [N, H, W, 3] to float [N, C, H, W]; luma is that of <see cref="Imaging.Luma"/> to the bit.</summary>
    protected static string Planes(GraphWriter graph, string bytes, int channels)
    {
        string samples = graph.Node("Cast", [bytes], "preprocess.samples", new OnnxAttribute("to", (long)ElementType.Float));
        if (channels == 1)
        {
            // Every product and sum is a whole number below 2^24, so floats hold it exactly, in any order of summation.
            graph.Tensor("preprocess.luma.weights", [3, 1], [19595, 38470, 7471]);
            string sum = graph.Node("MatMul", [samples, "preprocess.luma.weights"], "preprocess.luma.sum");
            string rounded = graph.Node("Add", [sum, graph.Scalar("preprocess.luma.half", 32768)], "preprocess.luma.rounded");
            samples = graph.Node(
                "Floor",
                [graph.Node("Mul", [rounded, graph.Scalar("preprocess.luma.scale", 1f / 65536)], "preprocess.luma.scaled")],
                "preprocess.luma"
            );
        }
        return graph.Node("Transpose", [samples], "preprocess.planes", new OnnxAttribute("perm", 0, 3, 1, 2));
    }
}
