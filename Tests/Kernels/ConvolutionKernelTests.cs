using EmotionMLNet.Kernels;
using EmotionMLNet.Kernels.Convolution;
using EmotionMLNet.Tests.Reference;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Kernels;

/// <summary>
/// Every algorithm, forward and both derivatives, against the definition in double, on every vector width and several thread counts.
/// </summary>
[Trait("Category", "Kernels")]
public sealed class ConvolutionKernelTests
{
    private static readonly SampleGeometry[] Geometries =
    [
        new(In: 16, Out: 32, Kernel: 3, Height: 9, Width: 7) { Padding = 1, Batch = 2 }, // Winograd, edge tiles
        new(In: 32, Out: 16, Kernel: 3, Height: 8, Width: 11),
        new(In: 16, Out: 48, Kernel: 3, Height: 5, Width: 4) { Padding = 2, Batch = 3 },
        new(In: 64, Out: 64, Kernel: 3, Height: 12, Width: 12) { Padding = 1, Batch = 5 },
        new(In: 16, Out: 16, Kernel: 3, Height: 1, Width: 1) { Padding = 1 },
        new(In: 32, Out: 48, Kernel: 3, Height: 6, Width: 6) { Padding = 1, Batch = 4 }, // Winograd with tiles of 3x3
        new(In: 16, Out: 16, Kernel: 3, Height: 7, Width: 8) { Batch = 2 },
        new(In: 1, Out: 32, Kernel: 3, Height: 10, Width: 10) { Padding = 1, Batch = 2 }, // patches: too few channels
        new(In: 1, Out: 7, Kernel: 3, Height: 15, Width: 17) { Padding = 1, Batch = 3 },
        new(In: 1, Out: 32, Kernel: 5, Height: 12, Width: 9) { Padding = 3, Dilation = 2, Batch = 2 },
        new(In: 3, Out: 7, Kernel: 3, Height: 9, Width: 5) { Padding = 1, Batch = 2 },
        new(In: 3, Out: 32, Kernel: 3, Height: 9, Width: 5) { Padding = 1, Batch = 2 },
        new(In: 16, Out: 24, Kernel: 3, Height: 9, Width: 8) { Stride = 2, Padding = 1, Batch = 2 },
        new(In: 3, Out: 16, Kernel: 7, Height: 21, Width: 17) { Stride = 2, Padding = 3 },
        new(In: 7, Out: 33, Kernel: 5, Height: 6, Width: 6) { Padding = 2, Batch = 2 },
        new(In: 33, Out: 7, Kernel: 1, Height: 5, Width: 3) { Batch = 2 }, // pointwise
        new(In: 64, Out: 32, Kernel: 1, Height: 6, Width: 6) { Batch = 4 },
        new(In: 70, Out: 100, Kernel: 1, Height: 1, Width: 1) { Batch = 25 }, // linear: fewer pixels than outputs
        new(In: 64, Out: 96, Kernel: 1, Height: 1, Width: 1),
        new(In: 40, Out: 24, Kernel: 1, Height: 16, Width: 16) { Batch = 2 }, // several chunks
        new(In: 16, Out: 16, Kernel: 1, Height: 7, Width: 7) { Stride = 2, Batch = 2 },
        new(In: 32, Out: 40, Kernel: 1, Height: 13, Width: 13) { Stride = 2, Batch = 2 },
        new(In: 32, Out: 700, Kernel: 1, Height: 4, Width: 5) { Batch = 2 }, // several blocks of outputs in the weight gradient
        new(In: 512, Out: 288, Kernel: 1, Height: 5, Width: 5) { Batch = 4 }, // long sums; weights that are not kept in the cache
        new(In: 32, Out: 24, Kernel: 3, Height: 9, Width: 8) { Stride = 2, Padding = 1, Batch = 3 }, // data gradient tap by tap
        new(In: 32, Out: 16, Kernel: 3, Height: 33, Width: 31) { Stride = 2, Padding = 1, Batch = 2 }, // and in pieces of an image
        new(In: 128, Out: 128, Kernel: 3, Height: 13, Width: 13) { Stride = 2, Padding = 1 },
        new(In: 512, Out: 256, Kernel: 3, Height: 3, Width: 3) { Padding = 1, Batch = 2 }, // Winograd but for the weight gradient
        new(In: 8, Out: 8, Kernel: 3, Height: 9, Width: 9) { Padding = 2, Dilation = 2 }, // dilation
        new(In: 16, Out: 8, Kernel: 3, Height: 7, Width: 6) { Padding = 1, Groups = 4, Batch = 2 }, // groups
        new(In: 6, Out: 64, Kernel: 3, Height: 7, Width: 6) { Stride = 2, Padding = 1, Groups = 2, Batch = 2 },
        new(In: 16, Out: 16, Kernel: 3, Height: 9, Width: 7) { Padding = 1, Groups = 16, Batch = 2 }, // depthwise
        new(In: 33, Out: 33, Kernel: 3, Height: 8, Width: 9) { Stride = 2, Padding = 1, Groups = 33, Batch = 2 },
        new(In: 20, Out: 20, Kernel: 5, Height: 7, Width: 7) { Stride = 2, Padding = 2, Groups = 20 },
        new(In: 19, Out: 19, Kernel: 3, Height: 17, Width: 23) { Stride = 3, Padding = 1, Dilation = 2, Groups = 19, Batch = 2 },
        new(In: 18, Out: 18, Kernel: 3, Height: 1, Width: 2) { Padding = 2, Groups = 18, Batch = 2 },
    ];

    public static TheoryData<int, int, int> Cases
    {
        get
        {
            var cases = new TheoryData<int, int, int>();
            for (int i = 0; i < Geometries.Length; i++)
            {
                foreach (int lanes in new[] { 16, 8, 4, 1 }) cases.Add(i, lanes, 2);
                cases.Add(i, Lanes.Widest, 1);
                cases.Add(i, Lanes.Widest, 3);
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_and_derivatives_equal_the_definition(int geometry, int lanes, int threads)
    {
        (ConvGeometry g, int batch) = Geometry(geometry);
        using var team = new ThreadTeam(threads);
        var run = new Run(g, batch, lanes, team);
        (double[] y, double[] dx, double[] dw) = ReferenceConvolution.Compute(g, batch, run.X, run.W, run.Dy);
        AssertClose("y", y, run.Y);
        AssertClose("dx", dx, run.Dx);
        AssertClose("dw", dw, run.Dw);
    }

    [Fact]
    public void Random_geometries_equal_the_definition()
    {
        var random = new Random(20240601);
        int[] channels = [1, 2, 3, 7, 16, 32, 33, 48];
        for (int trial = 0; trial < 60; trial++)
        {
            ConvGeometry g = RandomGeometry(random, channels);
            int batch = random.Next(1, 4), lanes = new[] { 16, 8, 4, 1 }[random.Next(4)], threads = random.Next(1, 4);
            using var team = new ThreadTeam(threads);
            var run = new Run(g, batch, lanes, team);
            (double[] y, double[] dx, double[] dw) = ReferenceConvolution.Compute(g, batch, run.X, run.W, run.Dy);
            string where = $" of {g}, batch {batch}, {lanes} lanes, {threads} threads";
            AssertClose("y" + where, y, run.Y);
            AssertClose("dx" + where, dx, run.Dx);
            AssertClose("dw" + where, dw, run.Dw);
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(4)]
    public void Threads_that_share_the_filters_of_few_tiles_compute_the_definition(int lanes)
    {
        ConvGeometry g = Geometry(5).Geometry with { InChannels = 256, OutChannels = 336 };
        using var team = new ThreadTeam(2);
        var run = new Run(g, 7, lanes, team);
        (double[] y, double[] dx, _) = ReferenceConvolution.Compute(g, 7, run.X, run.W, run.Dy);
        AssertClose("y", y, run.Y);
        AssertClose("dx", dx, run.Dx);
    }

    [Fact]
    public void All_widths_give_the_same_bits()
    {
        using var team = new ThreadTeam(2);
        for (int i = 0; i < Geometries.Length; i++)
        {
            (ConvGeometry g, int batch) = Geometry(i);
            var widest = new Run(g, batch, 16, team);
            foreach (int lanes in new[] { 8, 4, 1 })
            {
                var run = new Run(g, batch, lanes, team);
                Assert.Equal(widest.Y, run.Y);
                Assert.Equal(widest.Dx, run.Dx);
                Assert.Equal(widest.Dw, run.Dw);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Equal_settings_give_equal_bits(int geometry, int lanes, int threads)
    {
        (ConvGeometry g, int batch) = Geometry(geometry);
        using var team = new ThreadTeam(threads);
        Run first = new(g, batch, lanes, team), second = new(g, batch, lanes, team);
        Assert.Equal(first.Y, second.Y);
        Assert.Equal(first.Dx, second.Dx);
        Assert.Equal(first.Dw, second.Dw);
    }

    [Theory]
    [InlineData(SampleActivation.None)]
    [InlineData(SampleActivation.ReLU)]
    [InlineData(SampleActivation.ReLU6)]
    public void The_epilogue_adds_bias_and_residual_and_applies_the_activation(string name)
    {
        var activation = SampleActivation.Named(name);
        using var team = new ThreadTeam(2);
        for (int i = 0; i < Geometries.Length; i++)
        {
            (ConvGeometry g, int batch) = Geometry(i);
            var plain = new Run(g, batch, Lanes.Widest, team);
            float[] bias = RandomValues.Uniform(g.OutChannels, 5, 3), residual = RandomValues.Uniform(plain.Y.Length, 6, 3);
            float[] fused = plain.Forward(new Epilogue { Bias = bias, Residual = residual, Activation = activation.Activation });
            for (int k = 0; k < fused.Length; k++)
            {
                float expected = (float)activation.Definition(plain.Y[k] + bias[k % g.OutChannels] + residual[k]);
                Assert.Equal(expected, fused[k], 1e-5f * (1 + MathF.Abs(expected)));
            }
        }
    }

    [Fact]
    public void Winograd_is_used_where_it_suits_with_the_tile_that_covers_the_plane_best()
    {
        var plane = new ConvGeometry
        {
            Height = 12, Width = 12, InChannels = 64, OutChannels = 64, KernelHeight = 3, KernelWidth = 3,
            StrideY = 1, StrideX = 1, PadY = 1, PadX = 1, DilationY = 1, DilationX = 1, Groups = 1,
        };
        Assert.IsType<WinogradConvolution<WinogradTile4x4>>(ConvolutionKernel.Create(plane));
        Assert.IsType<WinogradConvolution<WinogradTile3x3>>(ConvolutionKernel.Create(plane with { Height = 6, Width = 6 }));
        Assert.IsType<PatchConvolution>(ConvolutionKernel.Create(plane with { InChannels = 3 }));
        Assert.IsType<PatchConvolution>(ConvolutionKernel.Create(plane with { StrideX = 2 }));
        Assert.IsType<PointwiseConvolution>(ConvolutionKernel.Create(plane with { KernelHeight = 1, KernelWidth = 1, PadY = 0, PadX = 0 }));
        Assert.IsType<DepthwiseConvolution>(ConvolutionKernel.Create(plane with { Groups = 64 }));
    }

    [Theory]
    [InlineData(12)] // tiles of 4x4
    [InlineData(6)]  // tiles of 3x3
    public void The_error_of_Winograd_stays_below_one_in_a_hundred_thousand(int side)
    {
        (ConvGeometry g, int batch) = Geometry(3);
        g = g with { Height = side, Width = side };
        using var team = new ThreadTeam(1);
        var run = new Run(g, batch, Lanes.Widest, team);
        (double[] y, double[] dx, double[] dw) = ReferenceConvolution.Compute(g, batch, run.X, run.W, run.Dy);
        Assert.InRange(Error(y, run.Y), 0, 1e-5);
        Assert.InRange(Error(dx, run.Dx), 0, 1e-5);
        Assert.InRange(Error(dw, run.Dw), 0, 1e-5);
    }

    private static double Error(double[] expected, float[] actual) =>
        expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max() / expected.Max(Math.Abs);

    // Rows and columns differ in everything, so that an exchange of the two cannot pass.
    private static ConvGeometry RandomGeometry(Random random, int[] channels)
    {
        while (true)
        {
            int groups = random.Next(4) == 0 ? random.Next(2, 5) : 1, kind = random.Next(3);
            int ins = channels[random.Next(channels.Length)] * groups;
            var g = new ConvGeometry
            {
                Height = random.Next(1, 15),
                Width = random.Next(1, 15),
                InChannels = ins,
                Groups = kind == 0 ? ins : groups,
                OutChannels = kind == 0 ? ins : channels[random.Next(channels.Length)] * groups,
                KernelHeight = kind == 1 ? 3 : random.Next(1, 6),
                KernelWidth = kind == 1 ? 3 : random.Next(1, 6),
                StrideY = kind == 1 ? 1 : random.Next(1, 4),
                StrideX = kind == 1 ? 1 : random.Next(1, 4),
                PadY = random.Next(3),
                PadX = random.Next(3),
                DilationY = kind == 1 ? 1 : random.Next(1, 3),
                DilationX = kind == 1 ? 1 : random.Next(1, 3),
            };
            if (g.Height + 2 * g.PadY > g.DilationY * (g.KernelHeight - 1) && g.Width + 2 * g.PadX > g.DilationX * (g.KernelWidth - 1))
                return g;
        }
    }

    private static (ConvGeometry Geometry, int Batch) Geometry(int i) => (Geometries[i].Geometry, Geometries[i].Batch);

    private static void AssertClose(string what, double[] expected, float[] actual)
    {
        double scale = expected.Max(Math.Abs) + 1e-6;
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 2e-5 * scale, $"{what}[{i}]: expected {expected[i]}, got {actual[i]}.");
    }

    private sealed class Run
    {
        private readonly ConvolutionKernel kernel;
        private readonly ThreadTeam team;
        private readonly int batch;
        private readonly float[] packed, scratch;

        public Run(ConvGeometry g, int batch, int lanes, ThreadTeam team)
        {
            this.team = team;
            this.batch = batch;
            kernel = ConvolutionKernel.Create(g, lanes);
            X = RandomValues.Uniform(batch * g.InLength, 1);
            W = RandomValues.Uniform(g.WeightLength, 2);
            Dy = RandomValues.Uniform(batch * g.OutLength, 3);
            packed = new float[kernel.PackedFloats];
            scratch = new float[kernel.ScratchFloats(batch, team.Threads)];
            Array.Fill(scratch, float.NaN); // whatever a kernel reads it must have written
            kernel.Pack(W, packed, team);
            Y = Forward(default);
            Dx = new float[X.Length];
            Array.Fill(Dx, float.NaN);
            kernel.BackwardData(batch, Dy, W, Dx, scratch, team);
            Dw = new float[W.Length];
            kernel.BackwardWeights(batch, X, Dy, Dw, scratch, team);
        }

        public float[] X { get; }

        public float[] W { get; }

        public float[] Dy { get; }

        public float[] Y { get; }

        public float[] Dx { get; }

        public float[] Dw { get; }

        public float[] Forward(Epilogue epilogue)
        {
            var y = new float[Dy.Length];
            Array.Fill(y, float.NaN);
            kernel.Forward(batch, X, packed, epilogue, y, scratch, team);
            return y;
        }
    }
}
