using EmotionMLNet.Kernels;
using EmotionMLNet.Kernels.Convolution;
using EmotionMLNet.Kernels.Quantised;
using EmotionMLNet.Tests.Reference;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Kernels.Quantised;

/// <summary>
/// Quantised convolutions against the definition in double, and against each other: every width must give the same bytes.
/// </summary>
[Trait("Category", "Kernels")]
public sealed class QuantisedConvolutionTests
{
    private static readonly int[] Widths = [16, 8, 4, 1];

    private static readonly SampleGeometry[] Geometries =
    [
        new(In: 32, Out: 32, Kernel: 3, Height: 9, Width: 7) { Padding = 1, Batch = 2 }, // Winograd, edge tiles
        new(In: 64, Out: 16, Kernel: 3, Height: 8, Width: 11),
        new(In: 32, Out: 48, Kernel: 3, Height: 5, Width: 4) { Padding = 2, Batch = 3 },
        new(In: 32, Out: 64, Kernel: 3, Height: 6, Width: 6) { Padding = 1, Batch = 4 }, // tiles of 3x3
        new(In: 128, Out: 32, Kernel: 3, Height: 13, Width: 12) { Padding = 1, Batch = 5 }, // several chunks
        new(In: 32, Out: 16, Kernel: 3, Height: 1, Width: 1) { Padding = 1 },
        new(In: 64, Out: 32, Kernel: 1, Height: 6, Width: 6) { Batch = 4 }, // pixels
        new(In: 40, Out: 48, Kernel: 1, Height: 5, Width: 3) { Batch = 2 },
        new(In: 33, Out: 16, Kernel: 1, Height: 5, Width: 3) { Batch = 2 }, // depth that is no whole number of groups
        new(In: 260, Out: 128, Kernel: 1, Height: 1, Width: 3) { Batch = 2 }, // fewer pixels than outputs
        new(In: 16, Out: 16, Kernel: 1, Height: 29, Width: 31) { Batch = 2 },
        new(In: 16, Out: 32, Kernel: 3, Height: 9, Width: 8) { Stride = 2, Padding = 1, Batch = 2 }, // patches
        new(In: 3, Out: 16, Kernel: 7, Height: 21, Width: 17) { Stride = 2, Padding = 3, Batch = 2 },
        new(In: 1, Out: 32, Kernel: 3, Height: 10, Width: 9) { Padding = 1, Batch = 3 },
        new(In: 5, Out: 16, Kernel: 3, Height: 9, Width: 7) { Padding = 2, Dilation = 2 },
        new(In: 16, Out: 16, Kernel: 1, Height: 7, Width: 7) { Stride = 2, Batch = 2 },
        new(In: 7, Out: 16, Kernel: 5, Height: 15, Width: 19) { Stride = 3, Padding = 1, Dilation = 2 },
    ];

    public static TheoryData<int, bool, string> Cases
    {
        get
        {
            var cases = new TheoryData<int, bool, string>();
            for (int i = 0; i < Geometries.Length; i++)
            {
                cases.Add(i, false, SampleActivation.ReLU);
                cases.Add(i, true, SampleActivation.None);
                cases.Add(i, true, SampleActivation.ReLU6);
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_byte_is_the_definition_rounded(int geometry, bool residual, string activation)
    {
        Sample sample = Make(geometry, residual, activation);
        double[] exact = sample.Exact();
        foreach (QuantisedConvolution kernel in Kernels(sample.Layer))
        {
            byte[] y = sample.Run(kernel, threads: 2);
            for (int i = 0; i < y.Length; i++)
                Assert.True(Math.Abs(y[i] - exact[i]) <= 0.5 + sample.Tolerance, $"{kernel} at {i}: {y[i]} instead of {exact[i]}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void All_widths_products_and_thread_counts_give_the_same_bytes(int geometry, bool residual, string activation)
    {
        Sample sample = Make(geometry, residual, activation);
        byte[]? expected = null;
        foreach (QuantisedConvolution kernel in Kernels(sample.Layer))
            foreach (int threads in new[] { 1, 2, 3 }) Assert.Equal(expected ??= sample.Run(kernel, threads), sample.Run(kernel, threads));
    }

    // Of F(4x4, 3x3): where a row is positive, white pixels make the largest entry of V, elsewhere black ones.
    private static readonly int[][] InputRows =
    [
        [4, 0, -5, 0, 1, 0],
        [0, -4, -4, 1, 1, 0],
        [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0],
        [0, 4, 0, -5, 0, 1],
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(128)]
    [InlineData(255)]
    public void The_worst_pixels_do_not_overflow_the_sums(byte zero)
    {
        // All channels alike: nothing cancels, not even the rounding of weights, and a sum comes as near to 2^31 as the scale of its
        // weights allows.
        ConvGeometry g = Geometries[0].Geometry with { InChannels = 256, OutChannels = 16, Height = 6, Width = 6, PadY = 0, PadX = 0 };
        byte[] x = new byte[36 * g.InLength];
        for (int i = 0; i < x.Length; i++)
        {
            (int image, int pixel) = (i / g.InLength, i % g.InLength / g.InChannels);
            x[i] = InputRows[image / 6][pixel / 6] * InputRows[image % 6][pixel % 6] > 0 ? byte.MaxValue : (byte)0;
        }
        float[] filters = RandomValues.Uniform(16 * 9, 4), weights = new float[g.WeightLength];
        for (int i = 0; i < weights.Length; i++) weights[i] = filters[i / g.Depth * 9 + i % 9];
        ByteScale input = new(1, zero), output = new(8000, 128);
        var layer = new QuantisedLayer(g, weights, new float[16], EmotionMLNet.Kernels.Activation.None, input, output, null);
        var sample = new Sample(layer, value => value, 36, x, []);
        double[] exact = sample.Exact();
        foreach (QuantisedConvolution kernel in Kernels(layer))
        {
            byte[] y = sample.Run(kernel, threads: 1);
            for (int i = 0; i < y.Length; i++) Assert.InRange(y[i] - exact[i], -0.5 - sample.Tolerance, 0.5 + sample.Tolerance);
        }
    }

    [Fact]
    public void The_algorithm_suits_the_geometry()
    {
        QuantisedConvolution Create(int geometry) => QuantisedConvolution.Create(Make(geometry, false, SampleActivation.None).Layer);
        Assert.IsType<QuantisedWinograd<WinogradTile4x4, IntegerInputTile4x4>>(Create(4));
        Assert.IsType<QuantisedWinograd<WinogradTile3x3, IntegerInputTile3x3>>(Create(3));
        bool bytes = System.Runtime.Intrinsics.X86.AvxVnni.IsSupported && Lanes.Widest >= 8;
        Assert.IsType(bytes ? typeof(QuantisedProduct<QuadProduct>) : typeof(QuantisedProduct<PairProduct>), Create(11));
        Assert.False(QuantisedConvolution.Suits(Geometries[6].Geometry with { Groups = 2 }));
        Assert.False(QuantisedConvolution.Suits(Geometries[6].Geometry with { OutChannels = 24 }));
    }

    private static IEnumerable<QuantisedConvolution> Kernels(QuantisedLayer layer) =>
        QuantisedWinogradTiling.Suits(layer.Geometry)
            ? Widths.Select(lanes => QuantisedWinogradTiling.Create(layer, lanes))
            : Widths.SelectMany(lanes =>
                new QuantisedConvolution[]
                {
                    new QuantisedProduct<PairProduct>(layer, lanes),
                    new QuantisedProduct<QuadProduct>(layer, lanes),
                }
            );

    private static Sample Make(int i, bool residual, string activation)
    {
        ConvGeometry g = Geometries[i].Geometry;
        int batch = Geometries[i].Batch;
        var random = new Random(i);
        byte[] x = new byte[batch * g.InLength], other = new byte[residual ? batch * g.OutLength : 0];
        random.NextBytes(x);
        random.NextBytes(other);
        float[] weights = RandomValues.Uniform(g.WeightLength, i, 0.2f), bias = RandomValues.Uniform(g.OutChannels, i + 100, 1);
        // So that few outputs are cut off.
        float step = MathF.Sqrt(g.Depth) * 0.004f;
        var named = SampleActivation.Named(activation);
        ByteScale input = new(0.01f, (byte)(residual ? 117 : 0)), output = new(step, (byte)(activation == SampleActivation.ReLU ? 0 : 120));
        var layer = new QuantisedLayer(g, weights, bias, named.Activation, input, output, residual ? new ByteScale(0.013f, 101) : null);
        return new Sample(layer, named.Definition, batch, x, other);
    }

    private sealed record Sample(QuantisedLayer Layer, Func<double, double> Activation, int Batch, byte[] X, byte[] Residual)
    {
        /// <summary>
        /// The rounding of weights, which for products is done here as there; Winograd's, of 10 to 15 bits, may cost this at 128 inputs.
        /// </summary>
        public double Tolerance => QuantisedWinogradTiling.Suits(Layer.Geometry) ? 0.4 : 1e-3;

        public byte[] Run(QuantisedConvolution kernel, int threads)
        {
            using var team = new ThreadTeam(threads);
            byte[] y = new byte[Batch * Layer.Geometry.OutLength];
            var scratch = new float[kernel.ScratchFloats(Batch, threads)];
            Array.Fill(scratch, float.NaN);
            kernel.Forward(Batch, X, Residual, y, scratch, team);
            return y;
        }

        /// <summary>Outputs in steps of the output, cut off but not rounded.</summary>
        public double[] Exact()
        {
            ConvGeometry g = Layer.Geometry;
            float[] x = [.. X.Select(q => (q - Layer.Input.Zero) * Layer.Input.Step)];
            float[] w = QuantisedWinogradTiling.Suits(g) ? Layer.Weights.ToArray() : Rounded(Layer.Weights.ToArray(), g.Depth);
            double[] y = ReferenceConvolution.Compute(g, Batch, x, w, new float[Batch * g.OutLength]).Y;
            for (int i = 0; i < y.Length; i++)
            {
                y[i] += Layer.Bias.Span[i % g.OutChannels];
                if (Layer.Residual is { } r) y[i] += (Residual[i] - r.Zero) * (double)r.Step;
                y[i] = Math.Clamp(Activation(y[i]) / Layer.Output.Step + Layer.Output.Zero, 0, 255);
            }
            return y;
        }

        private static float[] Rounded(float[] weights, int depth)
        {
            for (int row = 0; row < weights.Length; row += depth)
            {
                double step = weights.AsSpan(row, depth).ToArray().Max(Math.Abs) / 127.0;
                foreach (ref float w in weights.AsSpan(row, depth)) w = (float)(Math.Round(w / step) * step);
            }
            return weights;
        }
    }
}
