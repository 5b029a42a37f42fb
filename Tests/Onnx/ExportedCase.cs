using System.Runtime.InteropServices;
using System.Text.Json;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx.Import;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Tests.Onnx;

/// <summary>What onnx_case.py wrote: an ONNX file, images and PyTorch's scores of them.</summary>
internal sealed class ExportedCase
{
    private static readonly JsonSerializerOptions CamelCase = new(JsonSerializerDefaults.Web);

    private readonly Facts facts;

    public ExportedCase(string folder)
    {
        Name = Path.GetFileName(folder);
        facts = JsonSerializer.Deserialize<Facts>(File.ReadAllBytes(Path.Combine(folder, "case.json")), CamelCase)!;
        Model = File.ReadAllBytes(Path.Combine(folder, "model.onnx"));
        Input = Floats(Path.Combine(folder, "input.f32"));
        Expected = Floats(Path.Combine(folder, "expected.f32"));
    }

    public string Name { get; }

    public byte[] Model { get; }

    /// <summary>As PyTorch laid it out, NCHW unless <see cref="Facts.ChannelsLast"/>.</summary>
    public float[] Input { get; }

    public float[] Expected { get; }

    public int Batch => facts.Input[0];

    /// <summary>
    /// An error is small only against how far the scores move between images; the engines' own rounding is some ten times less. Where
    /// PyTorch computed in double precision, only ours is left: measured, 1e-7 to 3e-5 and for ResNet-50, whose residual sums grow, 6e-5.
    /// </summary>
    public float Tolerance => facts.Exact ? Math.Min(1e-4f, 2e-4f * facts.Spread) : 2e-4f * facts.Spread;

    public OnnxImport Import() => OnnxImport.Read(Model, facts.AnySize ? (facts.Input[2], facts.Input[3]) : null);

    public OnnxImport ImportBackbone() => OnnxImport.ReadBackbone(Model, facts.AnySize ? (facts.Input[2], facts.Input[3]) : null);

    /// <summary>Runs a network on the images and compares what comes out with PyTorch's features.</summary>
    public void AssertFeatures(Network network)
    {
        using var team = new ThreadTeam(1);
        ReadOnlySpan<float> actual = Run(network, team).Logits.Span;
        Assert.Equal(Expected.Length, actual.Length);
        for (int i = 0; i < actual.Length; i++) Assert.Equal(Expected[i], actual[i], Tolerance);
    }

    /// <summary>Runs a network on the images and compares what comes out with PyTorch's scores.</summary>
    public void AssertScores(Network network)
    {
        using var team = new ThreadTeam(1);
        InferenceSession session = Run(network, team);
        ReadOnlySpan<float> actual = facts.Probabilities ? session.Probabilities.Span : session.Logits.Span;
        if (facts.Probabilities && network.Head == OutputHead.Sigmoid) actual = actual.ToArray().Where((_, i) => i % 2 == 1).ToArray();
        Assert.Equal(Expected.Length, actual.Length);
        for (int i = 0; i < actual.Length; i++) Assert.Equal(Expected[i], actual[i], Tolerance);
        if (facts.Probabilities) return;
        int classes = facts.Output[1];
        for (int n = 0; n < Batch; n++)
        {
            float[] expected = Softmax(Expected.AsSpan(n * classes, classes));
            for (int c = 0; c < classes; c++) Assert.Equal(expected[c], session.Probabilities.Span[n * classes + c], 1e-4f);
        }
    }

    /// <summary>Writes a network as a file of our own, which must come back bit for bit.</summary>
    public static void AssertComesBack(Network network) => OnnxRoundTripTests.AssertComesBack(network, AsIs(network));

    /// <summary>Writes a network as a file of our own and compares what ONNX Runtime and our engine make of it.</summary>
    public void AssertOnnxRuntimeAgrees(Network network)
    {
        using var team = new ThreadTeam(1);
        InferenceSession session = Run(network, team);
        Shape x = network.InputShape;
        float[] input = session.Input.Span.ToArray(), planes = new float[input.Length];
        for (int i = 0; i < planes.Length; i++)
            planes[i] = input[(i / x.Length * x.Plane + i % x.Plane) * x.Channels + i / x.Plane % x.Channels];
        byte[] written = OnnxRoundTripTests.Write(network, preprocessing: AsIs(network));
        float[] theirs = OnnxRuntime.Run(written, planes, Batch, x.Channels, x.Height, x.Width);
        Assert.Equal(session.Probabilities.Span.Length, theirs.Length);
        for (int i = 0; i < theirs.Length; i++) Assert.Equal(session.Probabilities.Span[i], theirs[i], Math.Min(1e-4f, Tolerance));
    }

    // The numbers of the case go into the network as they are.
    private static ImagePreprocessing AsIs(Network network) => OnnxRoundTripTests.Preprocessing(network) with
    {
        Mean = [.. Enumerable.Repeat(0f, network.InputShape.Channels)],
        StandardDeviation = [.. Enumerable.Repeat(1 / 255f, network.InputShape.Channels)],
    };

    private InferenceSession Run(Network network, ThreadTeam team)
    {
        var session = new InferenceSession(InferencePlan.Compile(network), Batch, team);
        ToChannelsLast(session.Input.Span, network.InputShape.Channels);
        session.Run();
        return session;
    }

    private void ToChannelsLast(Span<float> target, int channels)
    {
        if (facts.ChannelsLast)
        {
            Input.CopyTo(target);
            return;
        }
        int plane = facts.Input[2] * facts.Input[3];
        for (int n = 0; n < Batch; n++)
            for (int c = 0; c < channels; c++)
                for (int i = 0; i < plane; i++) target[(n * plane + i) * channels + c] = Input[(n * channels + c) * plane + i];
    }

    private static float[] Softmax(ReadOnlySpan<float> logits)
    {
        double[] e = [.. logits.ToArray().Select(z => Math.Exp(z))];
        return [.. e.Select(v => (float)(v / e.Sum()))];
    }

    private static float[] Floats(string path) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();

    private sealed record Facts(int[] Input, int[] Output, float Spread, bool AnySize, bool ChannelsLast, bool Probabilities, bool Exact);
}
