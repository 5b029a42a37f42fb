using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Tests.Layers;

/// <summary>What every layer must do. A new layer is one line in <see cref="Cases"/>; without it the last test fails.</summary>
[Trait("Category", "Kernels")]
public sealed class LayerContractTests
{
    private static readonly Dictionary<string, (Func<Layer> Make, Shape[] Inputs)> Cases = new()
    {
        ["Conv2D 3→8 k3 s2"] = (() => new Conv2D(3, 8, kernel: 3, stride: 2, padding: 1), [new(9, 7, 3)]),
        ["Conv2D 16→16 k3 Winograd"] = (() => new Conv2D(16, 16, kernel: 3, padding: 1), [new(5, 6, 16)]),
        ["Conv2D 6 depthwise k5"] = (() => new Conv2D(6, 6, kernel: 5, padding: 2, groups: 6), [new(6, 5, 6)]),
        ["Conv2D 8→4 groups 2"] = (() => new Conv2D(8, 4, kernel: 3, groups: 2), [new(5, 5, 8)]),
        ["Linear 4→3"] = (() => new Linear(4, 3), [Shape.Vector(4)]),
        ["Linear 70→33 no bias"] = (() => new Linear(70, 33, bias: false), [Shape.Vector(70)]),
        ["BatchNorm 5"] = (() => new BatchNorm(5), [new(4, 3, 5)]),
        ["BatchNorm 17 frozen"] = (() => new BatchNorm(17) { Frozen = true }, [new(3, 3, 17)]),
        ["ReLU"] = (() => new ReLU(), [new(3, 5, 7)]),
        ["ReLU6"] = (() => new ReLU6(), [new(3, 5, 7)]),
        ["Sigmoid"] = (() => new Sigmoid(), [new(3, 5, 7)]),
        ["Softmax"] = (() => new Softmax(), [Shape.Vector(7)]),
        ["Dropout"] = (() => new Dropout(0.4f), [new(3, 5, 7)]),
        ["SpatialDropout"] = (() => new SpatialDropout(0.4f), [new(3, 5, 7)]),
        ["StochasticDepth"] = (() => new StochasticDepth(0.4f), [new(3, 5, 7)]),
        ["StochasticDepth of gates"] = (() => new StochasticDepth(0.4f), [Shape.Vector(19)]),
        ["MaxPool 2"] = (() => new MaxPool(2), [new(7, 5, 18)]),
        ["MaxPool 3 s2 p1"] = (() => new MaxPool(3, 2, 1), [new(7, 6, 5)]),
        ["AveragePool 2"] = (() => new AveragePool(2), [new(6, 5, 18)]),
        ["AveragePool 3 s1 p1"] = (() => new AveragePool(3, 1, 1), [new(4, 5, 3)]),
        ["GlobalAveragePool"] = (() => new GlobalAveragePool(), [new(4, 3, 19)]),
        ["Flatten"] = (() => new Flatten(), [new(4, 3, 19)]),
        ["MaxPool 3x2 s2x1 p1,0,0,1"] = (() => new MaxPool((3, 2), (2, 1), (1, 0, 0, 1)), [new(6, 5, 18)]),
        ["AveragePool 2x3 uneven, inside only"] = (
            () => new AveragePool((2, 3), (2, 2), (0, 1, 1, 1), countPadding: false),
            [new(5, 6, 18)]
        ),
        ["Flatten channels last"] = (() => new Flatten(channelsLast: true), [new(4, 3, 19)]),
        ["Clip"] = (() => new Clip(-0.5f, 2), [new(3, 5, 7)]),
        ["Log"] = (() => new Log(0.5f), [new(3, 5, 7)]),
        ["HardSigmoid"] = (() => new HardSigmoid(), [new(3, 5, 7)]),
        ["HardSwish"] = (() => new HardSwish(), [new(3, 5, 7)]),
        ["SiLU"] = (() => new SiLU(), [new(3, 5, 7)]),
        ["Multiply"] = (() => new Multiply(), [new(3, 4, 5), new(3, 4, 5)]),
        ["Multiply by channel"] = (() => new Multiply(), [new(3, 3, 19), Shape.Vector(19)]),
        ["Pad"] = (() => new Pad((1, 0, 2, 3), -1.5f), [new(3, 4, 5)]),
        ["ChannelShuffle"] = (() => new ChannelShuffle(3), [new(3, 4, 12)]),
        ["ChannelSlice"] = (() => new ChannelSlice(2, 5), [new(3, 4, 12)]),
        ["Upsample 2"] = (() => new Upsample(), [new(3, 4, 5)]),
        ["Upsample 3 of a vector's width"] = (() => new Upsample(3), [new(2, 3, 19)]),
        ["Add of two"] = (() => new Add(), [new(3, 4, 5), new(3, 4, 5)]),
        ["Add of three"] = (() => new Add(), [new(3, 4, 5), new(3, 4, 5), new(3, 4, 5)]),
        ["Concat"] = (() => new Concat(), [new(3, 4, 5), new(3, 4, 2), new(3, 4, 16)]),
    };

    // Tests of one class run one after the other, so they may share threads.
    private static readonly Dictionary<(int Threads, int Lanes), ThreadTeam> Teams = [];

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_equal_central_differences(string name)
    {
        var run = new Run(name, batch: 3, threads: 2);
        run.Backward();
        foreach ((string what, Func<int, float, double> lossAt, float[] values, float[] gradient) in run.Differentiables())
        {
            double scale = gradient.Max(MathF.Abs) + 0.05;
            for (int i = 0; i < values.Length; i += Math.Max(1, values.Length / 25))
            {
                const float step = 1e-2f; // inputs stay 0.03 away from every kink
                double difference = (lossAt(i, values[i] + step) - lossAt(i, values[i] - step)) / (2 * step);
                Assert.True(
                    Math.Abs(difference - gradient[i]) < 5e-3 * scale,
                    $"{name} d{what}[{i}]: Backward {gradient[i]}, finite difference {difference}."
                );
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_shape_rule_tells_the_real_shape_and_every_output_is_written(string name)
        => Assert.DoesNotContain(new Run(name, batch: 2, threads: 2).Forward().ToArray(), float.IsNaN);

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_pass_twice_gives_the_same_bits(string name)
    {
        Run first = new(name, 5, 2), second = new(name, 5, 2);
        Assert.Equal(first.Backward(), second.Backward());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void One_two_and_three_threads_agree(string name)
    {
        float[] one = new Run(name, 5, 1).Backward();
        foreach (int threads in new[] { 2, 3 })
        {
            float[] many = new Run(name, 5, threads).Backward();
            for (int i = 0; i < one.Length; i++) Assert.Equal(one[i], many[i], 1e-4f * (1 + MathF.Abs(one[i])));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_vector_width_gives_the_same_bits(string name)
    {
        var widest = new Run(name, 3, 2);
        float[] y = widest.Forward().ToArray(), gradients = widest.Backward();
        foreach (int lanes in new[] { 16, 8, 4, 1 })
        {
            var run = new Run(name, 3, 2, lanes: lanes);
            // Exponentials of one value and of vectors come from different polynomials.
            float tolerance = run.Layer is Sigmoid or SiLU or Log ? 2e-6f : 0;
            AssertEqual(y, run.Forward().ToArray(), tolerance);
            AssertEqual(gradients, run.Backward(), tolerance);
        }

        static void AssertEqual(float[] expected, float[] actual, float tolerance)
        {
            for (int i = 0; i < expected.Length; i++) Assert.InRange(actual[i], expected[i] - tolerance, expected[i] + tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void In_place_is_out_of_place(string name)
    {
        var apart = new Run(name, 3, 2);
        if (!apart.Layer.InPlace) return;
        Assert.Equal(apart.Backward(), new Run(name, 3, 2, inPlace: true).Backward());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Outside_training_an_image_does_not_see_its_neighbours(string name)
    {
        float[] many = new Run(name, 4, 2).Forward(training: false).ToArray(), one = new Run(name, 1, 2).Forward(training: false).ToArray();
        for (int i = 0; i < one.Length; i++) Assert.Equal(one[i], many[i], 1e-6f * (1 + MathF.Abs(one[i])));
    }

    [Fact]
    public void Every_layer_has_a_case()
    {
        var covered = Cases.Values.Select(c => c.Make().GetType()).ToHashSet();
        Assert.DoesNotContain(
            typeof(Layer).Assembly.GetTypes(),
            t => t.IsSubclassOf(typeof(Layer)) && !t.IsAbstract && !covered.Contains(t)
        );
    }

    private sealed class Run
    {
        private readonly LayerContext context;
        private readonly float[][] inputs;
        private readonly float[] cotangent;

        public Run(string name, int batch, int threads, bool inPlace = false, int lanes = 0)
        {
            (Func<Layer> make, Shape[] shapes) = Cases[name];
            if (!Teams.TryGetValue((threads, lanes), out ThreadTeam? team)) Teams[(threads, lanes)] = team = new ThreadTeam(threads, lanes);
            Layer = make();
            Layer.Initialise(new Random(3));
            foreach (Parameter p in Layer.Parameters)
            {
                if (p.Name is "weight" && Layer is BatchNorm or Linear) FillRange(p.Values, 4, 0.5f, 1.5f);
                if (p.Name is "bias" or "running_mean") FillRange(p.Values, 5, -0.4f, 0.4f);
                if (p.Trainable) p.Gradient = new float[p.Length];
            }
            Tensor[] x = [.. shapes.Select(s => new Tensor(batch, s))];
            var output = inPlace ? x[0] : new Tensor(batch, Layer.OutputShape(shapes));
            var dy = new Tensor(batch, output.Shape);
            var scratch = new Arena(Layer.ScratchFloats(shapes, batch, threads));
            scratch.Slice(0, scratch.Length).Fill(float.NaN);
            long saved = Layer.SavedFloats(shapes, batch);
            context = new LayerContext
            {
                Inputs = x,
                Output = output,
                OutputGradient = dy,
                InputGradients = [.. shapes.Select((s, i) => inPlace && i == 0 ? dy : new Tensor(batch, s))],
                SavedMemory = saved == 0 ? null : new Tensor(1, Shape.Vector((int)saved)),
                ScratchMemory = scratch,
                Team = team,
                Seed = 9,
            };
            inputs = [.. x.Select((t, i) => Enumerable.Range(0, batch).SelectMany(n => KinkFree(t.Shape.Length, 10 * i + n)).ToArray())];
            cotangent = new float[dy.Span.Length];
            FillRange(cotangent, 20, -1, 1);
        }

        public Layer Layer { get; }

        public Span<float> Forward(bool training = true)
        {
            for (int i = 0; i < inputs.Length; i++) inputs[i].CopyTo(context.Inputs[i].Span);
            context.Training = training;
            if (!ReferenceEquals(context.Output, context.Inputs[0])) context.Output.Span.Fill(float.NaN);
            Layer.Forward(context);
            return context.Output.Span;
        }

        /// <summary>All gradients, one after the other.</summary>
        public float[] Backward()
        {
            Forward();
            if (!ReferenceEquals(context.InputGradients[0], context.OutputGradient))
                foreach (Tensor? dx in context.InputGradients)
                    dx!.Span.Fill(float.NaN);
            cotangent.CopyTo(context.OutputGradient!.Span);
            Layer.Backward(context);
            return
            [
                .. context.InputGradients.SelectMany(t => t!.Span.ToArray()),
                .. Layer.Parameters.Where(p => p.Trainable).SelectMany(p => p.Gradient!),
            ];
        }

        public IEnumerable<(string What, Func<int, float, double> LossAt, float[] Values, float[] Gradient)> Differentiables()
        {
            for (int k = 0; k < inputs.Length; k++)
            {
                float[] values = inputs[k];
                yield return (
                    $"x{k} of {context.Inputs[k]}",
                    (i, v) => LossAt(values, i, v),
                    values,
                    context.InputGradients[k]!.Span.ToArray()
                );
            }
            foreach (Parameter p in Layer.Parameters.Where(p => p.Trainable))
                yield return ($"{p}", (i, v) => LossAt(p.Values, i, v), p.Values, [.. p.Gradient!]);
        }

        private double LossAt(float[] values, int i, float v)
        {
            float kept = values[i];
            values[i] = v;
            Span<float> y = Forward();
            double loss = 0;
            for (int k = 0; k < y.Length; k++) loss += (double)cotangent[k] * y[k];
            values[i] = kept;
            return loss;
        }

        // Distinct values at least 0.03 apart and as far from 0 and 6, so that no step of a difference crosses a kink or changes a maximum.
        private static float[] KinkFree(int count, int seed)
        {
            var random = new Random(seed);
            int[] order = [.. Enumerable.Range(0, count)];
            random.Shuffle(order);
            return [.. order.Select(i => (i % 2 == 0 ? 1 : -1) * (0.05f + 0.031f * (i % 180)))];
        }

        private static void FillRange(float[] values, int seed, float low, float high)
        {
            var random = new Random(seed);
            for (int i = 0; i < values.Length; i++) values[i] = low + (high - low) * (float)random.NextDouble();
        }
    }
}
