using EmotionMLNet.Architectures;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Onnx.Import;
using EmotionMLNet.Onnx.Inputs;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Onnx;

public sealed class OnnxRoundTripTests
{
    public static TheoryData<string> Names => [.. Catalogue.All.Select(a => a.Name), .. SampleNetworks.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_layer_and_every_bit_of_the_weights_comes_back(string name)
    {
        Network network = Make(name);
        AssertComesBack(network, Preprocessing(network));
    }

    /// <summary>Writes a network and reads the file again.</summary>
    internal static void AssertComesBack(Network network, ImagePreprocessing preprocessing)
    {
        byte[] written = Write(network, preprocessing: preprocessing);
        OnnxImport import = OnnxImport.Read(written);
        Network read = import.Network;
        Assert.True(import.IsOwn);
        Assert.Equal(network.Head, read.Head);
        Assert.Equal(
            network.Nodes.Select(n => $"{n.Name} {n.Layer} {string.Join(',', n.Inputs)}"),
            read.Nodes.Select(n => $"{n.Name} {n.Layer} {string.Join(',', n.Inputs)}")
        );
        foreach ((var a, var b) in network.Parameters.Zip(read.Parameters)) Assert.Equal(a.Parameter.Values, b.Parameter.Values);
        Assert.True(written.AsSpan().SequenceEqual(Write(read, preprocessing: preprocessing)));
    }

    [Fact]
    public void Broken_bytes_end_in_one_kind_of_exception()
    {
        Network network = SampleNetworks.Make("branches");
        byte[] whole = Write(network);
        var random = new Random(1);
        for (int i = 0; i < 3000; i++)
        {
            byte[] broken = i % 3 == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
            for (int k = 0; k < 3 && broken.Length > 0; k++) broken[random.Next(Math.Min(broken.Length, 2000))] = (byte)random.Next(256);
            try
            {
                OnnxImport.Read(broken);
            }
            catch (Exception e) when (e is OnnxFormatException or UnsupportedOnnxException)
            {
                // what a reader may throw
            }
        }
    }

    /// <summary>The file with the input stage that is given, float by default, and the metadata that every file of ours has.</summary>
    internal static byte[] Write(
        Network network,
        InputStage? input = null,
        OnnxWeights weights = OnnxWeights.Full,
        ImagePreprocessing? preprocessing = null
    )
    {
        Shape x = network.InputShape;
        return OnnxWriter
            .Write(
                network,
                preprocessing ?? Preprocessing(network),
                input ?? new FloatInput(),
                weights,
                [new(OnnxMetadata.Input, $"{x.Width}x{x.Height}x{x.Channels}")]
            )
            .ToArray();
    }

    internal static Network Make(string name)
    {
        if (Catalogue.Find(name) is not { } a) return SampleNetworks.Make(name);
        Network network = a.Build(
            new ArchitectureOptions
            {
                Input = new Shape(a.Preprocessing.Height, a.Preprocessing.Width, a.Preprocessing.Channels),
                Classes = name == "happy-sad-cnn" ? 2 : 7,
            }
        );
        network.Initialise(3);
        var random = new Random(4);
        // What doubles with every residual block of a deep network would drown in rounding.
        float variance = network.Nodes.Count > 60 ? 2 : 0.5f;
        foreach ((_, Parameter p) in network.Parameters.Where(p => !p.Parameter.Trainable))
            for (int i = 0; i < p.Length; i++)
                p.Values[i] = (p.Name == "running_var" ? variance : -0.25f) + 0.5f * (float)random.NextDouble();
        return network;
    }

    internal static ImagePreprocessing Preprocessing(Network network) => new()
    {
        Width = network.InputShape.Width,
        Height = network.InputShape.Height,
        Channels = network.InputShape.Channels,
        Mean = [.. Enumerable.Range(0, network.InputShape.Channels).Select(c => 0.4f + 0.1f * c)],
        StandardDeviation = [.. Enumerable.Range(0, network.InputShape.Channels).Select(c => 0.25f + 0.02f * c)],
    };
}
