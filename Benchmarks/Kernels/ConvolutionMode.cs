using System.Globalization;
using EmotionMLNet.Training.Options;
using System.Diagnostics;
using EmotionMLNet.Kernels;
using EmotionMLNet.Kernels.Convolution;
using EmotionMLNet.Layers;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Benchmarks.Kernels;

/// <summary>
/// <c>conv [--only TEXT] [--batch N] [--threads N,...] [--repeat N] [--lanes N]</c>: direct-equivalent GFLOP/s of the convolutions and
/// linear layers of network R, and of one layer of every other kind. A rate counts two operations a multiply-add of the definition, however
/// few the algorithm needs, so that algorithms can be compared by it.
/// </summary>
internal static class ConvolutionMode
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(250);

    public static int Run(string[] args)
    {
        string Value(string name, string fallback) =>
            Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : fallback;
        int batch = int.Parse(Value("--batch", "64"), null),
            repeat = int.Parse(Value("--repeat", "9"), null),
            lanes = int.Parse(Value("--lanes", "0"), null);
        Console.WriteLine(
            $"batch {batch}, {(lanes == 0 ? Lanes.Widest : lanes)} lanes; GFLOP/s (direct-equivalent), best of {repeat}; ms of a "
                + "call in brackets"
        );
        Console.WriteLine(
            $"{"layer", -30} {"threads", 7}  {"forward", 16}  {"with residual", 16}  {"data gradient", 16}  {"weight gradient", 16}  "
                + $"{"packing", 9}"
        );
        foreach (
            (string name, ConvGeometry geometry) in Layers()
                .Where(l => l.Name.Contains(Value("--only", ""), StringComparison.OrdinalIgnoreCase))
        )
        {
            foreach (int threads in Value("--threads", "1,2").Split(',').Select(int.Parse))
            {
                using var work = new ConvolutionWork(geometry, batch, threads, lanes);
                double operations = 2.0 * batch * geometry.OutLength * geometry.Depth;
                string Rate(Action call) =>
                    Best(call, repeat) is var s ? FormattableString.Invariant($"{operations / s / 1e9, 7:0.0} ({s * 1e3, 6:0.00})") : "";
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{name, -30} {threads, 7}  {Rate(work.Forward), 16}  {Rate(work.ForwardResidual), 16}  "
                            + $"{Rate(work.BackwardData), 16}  {Rate(work.BackwardWeights), 16}  {Best(work.Pack, repeat) * 1e3, 9:0.00}"
                    )
                );
            }
        }
        return 0;
    }

    /// <summary>The layers that are measured.</summary>
    public static IEnumerable<(string Name, ConvGeometry Geometry)> Layers()
    {
        foreach (
            (int side, int channels, int filters) in new[]
            {
                (48, 1, 32),
                (48, 32, 32),
                (24, 32, 64),
                (24, 64, 64),
                (12, 64, 128),
                (12, 128, 128),
                (6, 128, 256),
                (6, 256, 256),
            }
        )
            yield return ($"R {side}x{side} {channels} to {filters}", Square(new Conv2D(channels, filters, kernel: 3, padding: 1), side));
        yield return ("R linear 2304 to 256", Square(new Conv2D(2304, 256, kernel: 1), 1));
        yield return ("R linear 256 to 7", Square(new Conv2D(256, 7, kernel: 1), 1));
        yield return ("1x1 14x14 96 to 576", Square(new Conv2D(96, 576, kernel: 1), 14));
        yield return ("1x1 14x14 576 to 96", Square(new Conv2D(576, 96, kernel: 1), 14));
        yield return ("depthwise 28x28 192", Square(new Conv2D(192, 192, kernel: 3, padding: 1, groups: 192), 28));
        yield return ("depthwise 28x28 192 stride 2", Square(new Conv2D(192, 192, kernel: 3, stride: 2, padding: 1, groups: 192), 28));
        foreach ((int side, int width) in new[] { (56, 64), (28, 128), (14, 256), (7, 512) })
        {
            yield return ($"1x1 {side}x{side} {width} to {4 * width}", Square(new Conv2D(width, 4 * width, kernel: 1), side));
            yield return ($"1x1 {side}x{side} {4 * width} to {width}", Square(new Conv2D(4 * width, width, kernel: 1), side));
        }
        yield return ("3x3 7x7 512 to 512", Square(new Conv2D(512, 512, kernel: 3, padding: 1), 7));
        yield return ("3x3 3x3 512 to 512", Square(new Conv2D(512, 512, kernel: 3, padding: 1), 3));
        yield return ("3x3 14x14 512 stride 2", Square(new Conv2D(512, 512, kernel: 3, stride: 2, padding: 1), 14));
        yield return ("1x1 28x28 512 to 1024 stride 2", Square(new Conv2D(512, 1024, kernel: 1, stride: 2), 28));
        yield return ("3x3 14x14 128 stride 2", Square(new Conv2D(128, 128, kernel: 3, stride: 2, padding: 1), 14));
    }

    private static ConvGeometry Square(Conv2D layer, int side) => layer.GeometryFor(new Shape(side, side, layer.InChannels));

    private static double Best(Action call, int repeat)
    {
        // Long enough for the runtime to replace every method on the way by its optimised form.
        for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < WarmUp;) call();
        double best = double.MaxValue;
        for (int i = 0; i < repeat; i++)
        {
            long start = Stopwatch.GetTimestamp();
            call();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return best;
    }
}
