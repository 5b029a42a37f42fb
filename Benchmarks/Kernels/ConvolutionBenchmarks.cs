using BenchmarkDotNet.Attributes;

namespace EmotionMLNet.Benchmarks.Kernels;

/// <summary>Convolutions of network R at batch 64 on two threads; <see cref="ConvolutionMode"/> prints the same as rates.</summary>
public class ConvolutionBenchmarks : IDisposable
{
    private ConvolutionWork work = null!;

    [Params("R 48x48 32 to 32", "R 24x24 64 to 64", "R 12x12 128 to 128", "R 6x6 256 to 256")]
    public string Layer { get; set; } = "";

    /// <summary>Floats in a vector.</summary>
    [Params(16, 8, 4)]
    public int Lanes { get; set; }

    [GlobalSetup]
    public void Setup() =>
        work = new ConvolutionWork(ConvolutionMode.Layers().First(l => l.Name == Layer).Geometry, batch: 64, threads: 2, Lanes);

    [GlobalCleanup]
    public void Dispose()
    {
        work.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public void Forward() => work.Forward();

    [Benchmark]
    public void BackwardData() => work.BackwardData();

    [Benchmark]
    public void BackwardWeights() => work.BackwardWeights();
}
