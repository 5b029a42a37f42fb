using System.Text.Json;
using EmotionMLNet.Architectures;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Tests.Architectures;

/// <summary>
/// vgg16 at 224 pixels, where it has the published dense head, against torchvision's with the same computed weights: vgg16-224.py.
/// </summary>
public sealed class Vgg16DenseHeadTests
{
    private const int Images = 2, Classes = 7, Side = 224, InputArray = 1000;

    [Fact]
    public void Logits_at_224_pixels_are_torchvisions()
    {
        Network network = Catalogue.Find("vgg16")!.Build(new ArchitectureOptions { Input = new Shape(Side, Side, 3), Classes = Classes });
        var norms = network.Nodes.Where(n => n.Layer is BatchNorm).Select(n => n.Name).ToHashSet();
        int array = 0;
        foreach ((string name, Parameter p) in network.Parameters) Fill(p, array++, norms.Contains(name[..name.LastIndexOf('.')]));

        using var team = new ThreadTeam(2);
        var session = new InferenceSession(InferencePlan.Compile(network), Images, team);
        int plane = Side * Side;
        for (int n = 0; n < Images; n++)
            for (int c = 0; c < 3; c++)
                for (int i = 0; i < plane; i++) session.Input.Image(n)[i * 3 + c] = Uniform(InputArray, (n * 3 + c) * plane + i);
        session.Run();

        double[][] expected = JsonSerializer.Deserialize<Dictionary<string, double[][]>>(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Architectures", "vgg16-224.json"))
        )!["logits"];
        for (int n = 0; n < Images; n++)
            for (int k = 0; k < Classes; k++) Assert.Equal(expected[n][k], session.Logits.Image(n)[k], 1e-4);
    }

    // As values() in the script.
    private static void Fill(Parameter p, int array, bool norm)
    {
        float scale = 0.125f, middle = 0;
        if (p.Dimensions.Count > 1) scale = (float)Math.Sqrt(6.0 / p.Dimensions.Skip(1).Aggregate(1L, (a, b) => a * b));
        else if (p.Name == "running_var" || (norm && p.Name == "weight")) (scale, middle) = (0.25f, 1);
        for (int i = 0; i < p.Length; i++) p.Values[i] = middle + scale * Uniform(array, i);
    }

    private static float Uniform(int array, int i)
    {
        uint h = (uint)i * 0x9E3779B1 + (uint)array * 0x85EBCA77;
        h = (h ^ (h >> 16)) * 0x85EBCA6B;
        h = (h ^ (h >> 13)) * 0xC2B2AE35;
        h ^= h >> 16;
        return (h >> 8) * (1f / (1 << 23)) - 1;
    }
}
