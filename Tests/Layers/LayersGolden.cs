using System.Runtime.InteropServices;
using System.Text.Json;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Tests.Layers;

/// <summary>Tests/Golden/layers.json, which Tests/Golden/layers.py makes with PyTorch.</summary>
internal sealed record LayersGolden(Dictionary<string, GoldenLayer> Layers, Dictionary<string, GoldenLoss> Losses)
{
    public static LayersGolden Instance { get; } = JsonSerializer.Deserialize<LayersGolden>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "layers.json")), JsonSerializerOptions.Web)!;

    /// <summary>Little-endian float32.</summary>
    public static float[] Floats(byte[] bytes) => MemoryMarshal.Cast<byte, float>(bytes).ToArray();

    public static void AssertClose(string what, byte[] expected, ReadOnlySpan<float> actual, float tolerance)
    {
        float[] values = Floats(expected);
        Assert.Equal(values.Length, actual.Length);
        float scale = values.Max(MathF.Abs) + 1e-3f;
        for (int i = 0; i < values.Length; i++)
            Assert.True(
                MathF.Abs(values[i] - actual[i]) <= tolerance * scale,
                $"{what}[{i}]: PyTorch {values[i]}, ours {actual[i]} (Tests/Golden/layers.py)."
            );
    }
}

/// <param name="Parameters">By PyTorch's names, before the pass.</param>
/// <param name="After">Running statistics after it.</param>
internal sealed record GoldenLayer(
    GoldenTensor[] Inputs,
    Dictionary<string, byte[]> Parameters,
    GoldenTensor Output,
    GoldenTensor OutputGradient,
    GoldenTensor[] InputGradients,
    Dictionary<string, byte[]> ParameterGradients,
    Dictionary<string, byte[]> After
);

/// <param name="Values">[Batch, Height, Width, Channels].</param>
internal sealed record GoldenTensor(int Batch, int Height, int Width, int Channels, byte[] Values)
{
    public Shape Shape => new(Height, Width, Channels);

    public Tensor ToTensor()
    {
        var tensor = new Tensor(Batch, Shape);
        LayersGolden.Floats(Values).CopyTo(tensor.Span);
        return tensor;
    }
}

internal sealed record GoldenLoss(
    int Batch,
    int Classes,
    float LabelSmoothing,
    float[]? ClassWeights,
    byte[] Logits,
    byte[] Targets,
    double Loss,
    byte[] Gradient
);
