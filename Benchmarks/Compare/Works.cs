using EmotionMLNet.Architectures;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Benchmarks.Compare;

/// <summary>A piece of work that is compared.</summary>
/// <param name="Name">As the peers' scripts call it.</param>
/// <param name="Trains">A training step rather than a forward pass.</param>
/// <param name="Batches">Images at once.</param>
/// <param name="Make">The network, with drawn weights.</param>
internal sealed record Work(string Name, bool Trains, int[] Batches, Func<Network> Make);

/// <summary>The pieces of work that are compared, under the names that the peers' scripts use.</summary>
internal static class Works
{
    public static IReadOnlyList<Work> All { get; } =
    [
        new("r-train", true, [64], NetworkR.Make),
        new("r-infer", false, [64, 1], NetworkR.Make),
        new("resnet50-infer", false, [8, 1], () => Published("resnet50", 224, 1000)),
        new("mobilenet-v2-infer", false, [8, 1], () => Published("mobilenet-v2", 224, 1000)),
        new("vgg16-infer", false, [8, 1], () => Published("vgg16", 224, 1000)),
        new("resnet50-train", true, [32], () => Published("resnet50", 96, 7)),
        new("mobilenet-v2-train", true, [32], () => Published("mobilenet-v2", 96, 7)),
    ];

    public static Work Find(string name) =>
        All.FirstOrDefault(w => w.Name == name)
        ?? throw new ArgumentException($"No work is called '{name}': choose from {string.Join(", ", All.Select(w => w.Name))}.");

    /// <summary>Measures one piece of work, at each of its batch sizes.</summary>
    public static IEnumerable<Measurement> Measure(Work work, int threads, int repeat, bool int8)
    {
        Network network = work.Make();
        foreach (int batch in work.Batches)
            yield return work.Trains
                ? Train(work.Name, network, batch, threads, repeat)
                : Infer(work.Name, network, batch, threads, repeat, int8);
    }

    private static Network Published(string name, int side, int classes)
    {
        Network network = Catalogue.Find(name)!.Build(new ArchitectureOptions { Input = new Shape(side, side, 3), Classes = classes });
        network.Initialise(seed: 1);
        return network;
    }

    private static Measurement Train(string work, Network network, int batch, int threads, int repeat)
    {
        using var training = new TrainingWork(network, batch, threads);
        return Measurement.Take(work, batch, threads, repeat, training.Step);
    }

    private static Measurement Infer(string work, Network network, int batch, int threads, int repeat, bool int8)
    {
        using var team = new ThreadTeam(threads);
        InferenceSession session = Session(network, batch, team, int8);
        Measurement taken = Measurement.Take(work, batch, threads, repeat, session.Run);
        return int8 ? taken with { Peer = CompareMode.OursInBytes } : taken;
    }

    /// <summary>A session with random input, ready to run.</summary>
    public static InferenceSession Session(Network network, int batch, ThreadTeam team, bool int8 = false)
    {
        InferencePlan plan = int8
            ? QuantisedCompiler.Compile(network, Calibration.Measure(network, 8, (_, image) => Fill(image), team))
            : InferencePlan.Compile(network);
        var session = new InferenceSession(plan, batch, team);
        Fill(session.Input.Span);
        return session;
    }

    /// <summary>Uniform random values between -1 and 1, the same every time.</summary>
    public static void Fill(Span<float> values)
    {
        var random = new Random(1);
        foreach (ref float v in values) v = (float)(2 * random.NextDouble() - 1);
    }
}
