using System.Text.Json;
using EmotionMLNet.Architectures;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Architectures;

/// <summary>The first weights of our backbones come from the distributions that torchvision draws them from.</summary>
public sealed class InitialWeightsTests(InitialWeightsTests.Export export) : IClassFixture<InitialWeightsTests.Export>
{
    private const int Many = 1000;

    [PyTorchTheory]
    [InlineData("resnet18")]
    [InlineData("resnet50")]
    [InlineData("mobilenet-v2")]
    [InlineData("mobilenet-v3-small")]
    [InlineData("efficientnet-b0")]
    [InlineData("vgg16")]
    public void Mean_deviation_and_shape_are_torchvisions(string name)
    {
        Dictionary<string, double[]> theirs = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, double[]>>>(
            File.ReadAllText(Path.Combine(export.FullName, "statistics.json"))
        )![name];
        Network network = Catalogue.Find(name)!.Build(new ArchitectureOptions { Input = new Shape(96, 96, 3), Classes = 7 });
        network.Initialise(seed: 1);
        foreach ((string parameter, Parameter p) in network.Parameters)
        {
            (double mean, double deviation, double largest) = (theirs[parameter][0], theirs[parameter][1], theirs[parameter][2]);
            double ourMean = p.Values.Average(v => (double)v),
                ourDeviation = Math.Sqrt(p.Values.Average(v => (v - ourMean) * (v - ourMean))),
                ourLargest = p.Values.Max(MathF.Abs);
            if (deviation == 0)
            {
                Assert.True(
                    (ourMean, ourDeviation) == (mean, 0),
                    $"{parameter}: torchvision has {mean} everywhere, we have {ourMean} ± {ourDeviation}"
                );
                continue;
            }
            if (p.Length < Many)
            {
                // A bound is all that a few values show; theirs is within a uniform distribution's.
                Assert.True(ourLargest > 0 && ourLargest < 4 * deviation + largest, $"{parameter}: {ourLargest} against {largest}");
                continue;
            }
            Assert.True(Math.Abs(ourDeviation / deviation - 1) < 0.08, $"{parameter}: deviation {ourDeviation}, torchvision's {deviation}");
            Assert.True(Math.Abs(ourMean - mean) < 0.2 * deviation, $"{parameter}: mean {ourMean}, torchvision's {mean}");
            // The largest of many is 1.73 deviations in a uniform distribution and beyond three in a normal one.
            Assert.True(
                ourLargest / ourDeviation < 1.8 == largest / deviation < 1.8,
                $"{parameter}: largest {ourLargest} of deviation {ourDeviation}, torchvision's {largest} of {deviation}"
            );
        }
    }

    public sealed class Export() : PyTorchExport("Architectures/initial-statistics.py");
}
