using EmotionMLNet.Training.Options;
using BenchmarkDotNet.Attributes;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Benchmarks.Kernels;

/// <summary>
/// Layers that memory bounds, against a plain copy by the same threads. A copy reads and writes the tensor once: two streams; what a layer
/// needs at least stands beside it, so a perfect pass has half that many times the copy's ratio.
/// </summary>
public class MemoryBoundBenchmarks
{
    private readonly Dictionary<Type, (Layer Layer, LayerContext Context)> layers = [];
    private Tensor x = null!, copy = null!;

    /// <summary>Side and channels of the four stages of network R, batch 64.</summary>
    [Params("48x32", "24x64", "12x128", "6x256")]
    public string Size { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        int[] size = [.. Size.Split('x').Select(int.Parse)];
        var team = new ThreadTeam(2);
        x = Filled(new Shape(size[0], size[0], size[1]));
        copy = Filled(x.Shape);
        foreach (
            Layer layer in new Layer[]
            {
                new BatchNorm(size[1]),
                new ReLU(),
                new MaxPool(2),
                new AveragePool(2),
                new GlobalAveragePool(),
                new Dropout(0.3f),
                new Flatten(),
            }
        )
            layers[layer.GetType()] = (layer, Context(layer, team));
    }

    [GlobalCleanup]
    public void Cleanup() => layers[typeof(ReLU)].Context.Team.Dispose();

    [Benchmark(Baseline = true, Description = "copy (2 streams)")]
    public void Copy() => Rearrangement.Copy(x.Span, copy.Span, layers[typeof(ReLU)].Context.Team);

    [Benchmark(Description = "batch norm forward (3)")]
    public void BatchNormForward() => Forward<BatchNorm>();

    [Benchmark(Description = "batch norm backward (5)")]
    public void BatchNormBackward() => Backward<BatchNorm>();

    [Benchmark(Description = "ReLU forward (2)")]
    public void ReLUForward() => Forward<ReLU>();

    [Benchmark(Description = "ReLU backward (3)")]
    public void ReLUBackward() => Backward<ReLU>();

    [Benchmark(Description = "max pool forward (1.5)")]
    public void MaxPoolForward() => Forward<MaxPool>();

    [Benchmark(Description = "max pool backward (1.5)")]
    public void MaxPoolBackward() => Backward<MaxPool>();

    [Benchmark(Description = "average pool forward (1.25)")]
    public void AveragePoolForward() => Forward<AveragePool>();

    [Benchmark(Description = "global average pool forward (1)")]
    public void GlobalAveragePoolForward() => Forward<GlobalAveragePool>();

    [Benchmark(Description = "dropout forward (2)")]
    public void DropoutForward() => Forward<Dropout>();

    [Benchmark(Description = "flatten forward (2)")]
    public void FlattenForward() => Forward<Flatten>();

    private static Tensor Filled(Shape shape)
    {
        var tensor = new Tensor(64, shape);
        var random = new Random(1);
        foreach (ref float v in tensor.Span) v = (float)(2 * random.NextDouble() - 1);
        return tensor;
    }

    private LayerContext Context(Layer layer, ThreadTeam team)
    {
        foreach (Parameter parameter in layer.Parameters) parameter.Gradient = new float[parameter.Length];
        var context = new LayerContext
        {
            Inputs = [x],
            Output = Filled(layer.OutputShape(x.Shape)),
            OutputGradient = Filled(layer.OutputShape(x.Shape)),
            InputGradients = [Filled(x.Shape)],
            SavedMemory = new Tensor(1, Shape.Vector((int)layer.SavedFloats([x.Shape], x.Batch))),
            ScratchMemory = new Arena(layer.ScratchFloats([x.Shape], x.Batch, team.Threads)),
            Team = team,
            Training = true,
        };
        layer.Forward(context);
        return context;
    }

    private void Forward<TLayer>() where TLayer : Layer => layers[typeof(TLayer)].Layer.Forward(layers[typeof(TLayer)].Context);

    private void Backward<TLayer>() where TLayer : Layer => layers[typeof(TLayer)].Layer.Backward(layers[typeof(TLayer)].Context);
}
