using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Tests.Layers;

/// <summary>Every layer forward and backward against PyTorch's values, on every vector width.</summary>
[Trait("Category", "Kernels")]
public sealed class LayerGoldenTests
{
    private static readonly Dictionary<string, Func<Layer>> Cases = new()
    {
        ["Conv2D 1→17 3x3"] = () => new Conv2D(1, 17, kernel: 3, padding: 1, bias: false),
        ["Conv2D 16→16 3x3"] = () => new Conv2D(16, 16, kernel: 3, padding: 1),
        ["Conv2D 16→16 3x3 unpadded"] = () => new Conv2D(16, 16, kernel: 3),
        ["Conv2D 3→8 3x3 stride 2"] = () => new Conv2D(3, 8, kernel: 3, stride: 2, padding: 1),
        ["Conv2D 3→5 7x7 stride 2"] = () => new Conv2D(3, 5, kernel: 7, stride: 2, padding: 3),
        ["Conv2D 17→9 1x1"] = () => new Conv2D(17, 9, kernel: 1),
        ["Conv2D 8→6 1x1 stride 2"] = () => new Conv2D(8, 6, kernel: 1, stride: 2, bias: false),
        ["Conv2D 8→4 3x3 groups 2"] = () => new Conv2D(8, 4, kernel: 3, padding: 1, groups: 2),
        ["Conv2D 18 depthwise 3x3"] = () => new Conv2D(18, 18, kernel: 3, padding: 1, groups: 18),
        ["Conv2D 18 depthwise 3x3 stride 2"] = () => new Conv2D(18, 18, kernel: 3, stride: 2, padding: 1, groups: 18),
        ["Conv2D 4→6 3x5 dilated"] = () => new Conv2D(4, 6, (3, 5), (1, 2), (2, 3), (2, 1), groups: 1, bias: true),
        ["Linear 33→17"] = () => new Linear(33, 17),
        ["Linear 5→2, batch 1"] = () => new Linear(5, 2),
        ["BatchNorm 35"] = () => new BatchNorm(35),
        ["BatchNorm 3, batch 1"] = () => new BatchNorm(3),
        ["BatchNorm 16, mean 100"] = () => new BatchNorm(16),
        ["BatchNorm 19 frozen"] = () => new BatchNorm(19) { Frozen = true },
        ["ReLU"] = () => new ReLU(),
        ["ReLU6"] = () => new ReLU6(),
        ["Sigmoid"] = () => new Sigmoid(),
        ["Softmax"] = () => new Softmax(),
        ["Softmax of pixels"] = () => new Softmax(),
        ["MaxPool 2"] = () => new MaxPool(2),
        ["MaxPool 2 of ties"] = () => new MaxPool(2),
        ["MaxPool 3 stride 2 padding 1"] = () => new MaxPool(3, 2, 1),
        ["MaxPool 3 stride 1 of ties"] = () => new MaxPool(3, 1, 1),
        ["AveragePool 2"] = () => new AveragePool(2),
        ["AveragePool 3 stride 2 padding 1"] = () => new AveragePool(3, 2, 1),
        ["GlobalAveragePool"] = () => new GlobalAveragePool(),
        ["Flatten"] = () => new Flatten(),
        ["MaxPool 3x2 uneven"] = () => new MaxPool((3, 2), (2, 1), (1, 0, 0, 1)),
        ["AveragePool 3 inside only"] = () => new AveragePool((3, 3), (2, 2), (1, 1, 1, 1), countPadding: false),
        ["Flatten channels last"] = () => new Flatten(channelsLast: true),
        ["Clip"] = () => new Clip(-0.5f, 2),
        ["Log"] = () => new Log(0.5f),
        ["HardSigmoid"] = () => new HardSigmoid(),
        ["HardSwish"] = () => new HardSwish(),
        ["SiLU"] = () => new SiLU(),
        ["Multiply"] = () => new Multiply(),
        ["Multiply by channel"] = () => new Multiply(),
        ["Pad"] = () => new Pad((1, 0, 2, 3), -1.5f),
        ["ChannelShuffle"] = () => new ChannelShuffle(3),
        ["ChannelSlice"] = () => new ChannelSlice(2, 15),
        ["Upsample 2"] = () => new Upsample(),
        ["Upsample 3"] = () => new Upsample(3),
        ["Add"] = () => new Add(),
        ["Concat"] = () => new Concat(),
    };

    public static TheoryData<string, int> NamesAndWidths
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (string name in Cases.Keys)
                foreach (int lanes in new[] { 16, 8, 4, 1 }) data.Add(name, lanes);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(NamesAndWidths))]
    public void Forward_and_backward_equal_PyTorch(string name, int lanes)
    {
        GoldenLayer golden = LayersGolden.Instance.Layers[name];
        // With a mean of 200 deviations, single precision loses that much of its digits before anybody can subtract the mean.
        float tolerance = name.Contains("mean 100", StringComparison.Ordinal) ? 2e-4f : 5e-6f;
        using var team = new ThreadTeam(2, lanes);
        (Layer layer, LayerContext context) = Run(golden, Cases[name](), team);

        LayersGolden.AssertClose("y", golden.Output.Values, context.Output.Span, tolerance);
        for (int i = 0; i < golden.InputGradients.Length; i++)
            LayersGolden.AssertClose($"dx{i}", golden.InputGradients[i].Values, context.InputGradients[i]!.Span, tolerance);
        foreach ((string parameter, byte[] gradient) in golden.ParameterGradients)
            LayersGolden.AssertClose($"d{parameter}", gradient, layer.Parameters.Single(p => p.Name == parameter).Gradient, 4 * tolerance);
        foreach ((string parameter, byte[] after) in golden.After)
            LayersGolden.AssertClose(parameter, after, layer.Parameters.Single(p => p.Name == parameter).Values, tolerance);
    }

    [Fact]
    public void Every_layer_with_values_to_compare_has_golden_ones()
    {
        Assert.Equal(LayersGolden.Instance.Layers.Keys.Order(), Cases.Keys.Order());
        HashSet<Type> random = [typeof(Dropout), typeof(SpatialDropout), typeof(StochasticDepth)]; // PyTorch draws other numbers
        var covered = Cases.Values.Select(make => make().GetType()).ToHashSet();
        Assert.DoesNotContain(
            typeof(Layer).Assembly.GetTypes(),
            t => t.IsSubclassOf(typeof(Layer)) && !t.IsAbstract && !covered.Contains(t) && !random.Contains(t)
        );
    }

    private static (Layer Layer, LayerContext Context) Run(GoldenLayer golden, Layer layer, ThreadTeam team)
    {
        foreach (Parameter p in layer.Parameters)
        {
            LayersGolden.Floats(golden.Parameters[p.Name]).CopyTo(p.Values, 0);
            if (p.Trainable) p.Gradient = new float[p.Length];
        }
        Shape[] shapes = [.. golden.Inputs.Select(t => t.Shape)];
        int batch = golden.Output.Batch;
        Assert.Equal(golden.Output.Shape, layer.OutputShape(shapes));
        long saved = layer.SavedFloats(shapes, batch);
        var context = new LayerContext
        {
            Inputs = [.. golden.Inputs.Select(t => t.ToTensor())],
            Output = new Tensor(batch, golden.Output.Shape),
            OutputGradient = golden.OutputGradient.ToTensor(),
            InputGradients = [.. shapes.Select(s => new Tensor(batch, s))],
            SavedMemory = saved == 0 ? null : new Tensor(1, Shape.Vector((int)saved)),
            ScratchMemory = new Arena(layer.ScratchFloats(shapes, batch, team.Threads)),
            Team = team,
            Training = true,
        };
        layer.Forward(context);
        layer.Backward(context);
        return (layer, context);
    }
}
