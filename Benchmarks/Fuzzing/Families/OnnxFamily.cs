using EmotionMLNet.Training.Options;
using System.Text;
using EmotionMLNet.Benchmarks.Fuzzing.Mutation;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Onnx;

namespace EmotionMLNet.Benchmarks.Fuzzing.Families;

/// <summary>ONNX files, our own and those of others, field by field.</summary>
internal sealed class OnnxFamily() : FormatFamily("onnx")
{
    public static IReadOnlyList<byte[]> Words { get; } =
    [
        .. (
            "Add Sum Sub Mul Div Neg Clip Log Min Max Constant ConstantOfShape Shape Size Identity Dropout Cast DequantizeLinear "
            + "Pow Equal Sqrt Floor Ceil Reciprocal Where Gather Slice Concat Reshape Flatten Unsqueeze Squeeze "
            + "Transpose ReduceMean Expand Conv BatchNormalization MaxPool AveragePool GlobalAveragePool GlobalMaxPool Gemm "
            + "MatMul Relu Sigmoid HardSigmoid HardSwish Softmax Split Pad axis axes perm pads strides kernel_shape "
            + "dilations group auto_pad SAME_UPPER VALID epsilon alpha beta transA transB keepdims value to mode x y shape w b "
            + "EmotionMLNet preprocess.normalised probabilities ai.onnx 8x8x1 8x8x3"
        )
            .Split(' ')
            .Select(Encoding.UTF8.GetBytes),
    ];

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. ModelZipFamily.Models().Select(m => m.Onnx(OnnxInput.Prepared, m.Manifest.Weights).ToArray()),
        ModelZipFamily.Models()[0].Onnx(OnnxInput.Picture, OnnxWeights.Full).ToArray(),
        .. ForeignGraphs.All(),
    ];

    public override int TestInputs => 4000;

    public override byte[] Mutate(ReadOnlySpan<byte> raw, FuzzRandom random, ReadOnlySpan<byte> other) =>
        ProtobufMutator.Mutate(raw, random, Words, other);

    public override ulong Read(byte[] file, Scratch scratch)
    {
        string path = scratch.Write("model.onnx", file);
        try
        {
            return ModelUse.Classify(new OnnxSource().Read(path));
        }
        catch (HeadlessGraphException)
        {
            return (ulong)new OnnxSource().ReadBackbone(path).Network.OutputShape.Channels;
        }
    }
}
