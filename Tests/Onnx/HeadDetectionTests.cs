using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx.Import;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Tests.Onnx;

public sealed class HeadDetectionTests
{
    private static readonly Dictionary<string, (bool EndsInClasses, Func<Layer[]> Layers)> Cases = new()
    {
        ["a linear layer"] = (true, () => [new GlobalAveragePool(), new Linear(3, 7)]),
        ["a linear layer behind which training dropped"] = (true, () => [new GlobalAveragePool(), new Linear(3, 7), new Dropout(0.5f)]),
        ["a convolution of one pixel"] = (true, () => [new GlobalAveragePool(), new Conv2D(3, 7, kernel: 1)]),
        ["a convolution and the mean"] = (true, () => [new Conv2D(3, 7, kernel: 3), new GlobalAveragePool()]),
        ["SqueezeNet's classifier"] = (true, () => [new Conv2D(3, 7, kernel: 1), new ReLU(), new GlobalAveragePool()]),
        ["probabilities"] = (true, () => [new GlobalAveragePool(), new Linear(3, 7), new Softmax()]),
        ["logarithms of probabilities"] = (true, () => [new GlobalAveragePool(), new Linear(3, 7), new Softmax(), new Log()]),
        ["a hidden layer"] = (false, () => [new GlobalAveragePool(), new Linear(3, 7), new ReLU()]),
        ["a hidden layer with dropout"] = (false, () => [new GlobalAveragePool(), new Linear(3, 7), new ReLU(), new Dropout(0.5f)]),
        ["MobileNet's last convolution"] = (false, () => [new Conv2D(3, 7, kernel: 1), new ReLU6(), new GlobalAveragePool()]),
        ["EfficientNet's"] = (false, () => [new Conv2D(3, 7, kernel: 1), new SiLU(), new GlobalAveragePool()]),
        ["a convolution that looks around"] = (false, () => [new Conv2D(3, 7, kernel: 3), new ReLU(), new GlobalAveragePool()]),
        ["a norm"] = (false, () => [new Conv2D(3, 7, kernel: 1), new BatchNorm(7), new ReLU(), new GlobalAveragePool()]),
        ["the largest of a map"] = (false, () => [new Conv2D(3, 7, kernel: 1), new MaxPool(4)]),
        ["a flattened map"] = (false, () => [new Conv2D(3, 7, kernel: 1), new ReLU(), new Flatten()]),
        ["the picture itself"] = (false, () => [new GlobalAveragePool()]),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_makes_the_outputs_tells_whether_they_are_classes(string name)
    {
        (bool expected, Func<Layer[]> layers) = Cases[name];
        var builder = new NetworkBuilder(new Shape(4, 4, 3));
        foreach (Layer layer in layers()) builder.Add($"{builder.Count}", layer);
        Assert.Equal(expected, HeadDetection.EndsInClasses(builder.Build()));
    }

    [Fact]
    public void A_sum_of_branches_means_features()
    {
        var builder = new NetworkBuilder(new Shape(1, 1, 3));
        int a = builder.Add("a", new Linear(3, 5), Network.Input), b = builder.Add("b", new Linear(3, 5), Network.Input);
        builder.Add("sum", new Add(), a, b);
        Assert.False(HeadDetection.EndsInClasses(builder.Build()));
    }
}
