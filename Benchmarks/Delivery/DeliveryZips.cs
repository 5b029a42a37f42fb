using EmotionMLNet.Architectures;
using EmotionMLNet.Imaging;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.DrawnFaces;

namespace EmotionMLNet.Benchmarks.Delivery;

/// <summary>The models of the delivery: any architecture with drawn weights, in every input mode and form of weights.</summary>
/// <remarks>Tests compile it too: they give the same zips to ML.NET.</remarks>
internal static class DeliveryZips
{
    public static string[] Labels { get; } = ["happy", "neutral", "sad"];

    /// <summary>What each architecture is written in.</summary>
    public static IReadOnlyList<(string Name, ModelInputMode Mode, OnnxWeights Weights)> Variants { get; } =
    [
        ("bytes", ModelInputMode.Bytes, OnnxWeights.Full),
        ("path", ModelInputMode.Path, OnnxWeights.Full),
        ("raw", ModelInputMode.Raw, OnnxWeights.Full),
        ("float16", ModelInputMode.Bytes, OnnxWeights.Half),
        ("int8", ModelInputMode.Bytes, OnnxWeights.Quantised),
    ];

    /// <param name="architecture">Of the catalogue.</param>
    /// <param name="largestSide">In pixels: a network of a larger input gets this one.</param>
    public static ModelZip Make(Architecture architecture, int largestSide = int.MaxValue)
    {
        ImagePreprocessing p = architecture.Preprocessing;
        p = p with { Width = Math.Min(p.Width, largestSide), Height = Math.Min(p.Height, largestSide) };
        Network network = architecture.Build(
            new ArchitectureOptions
            {
                Input = new Shape(p.Height, p.Width, p.Channels),
                Classes = Labels.Length,
                WidthMultiplier = architecture.ScalesWidths ? 0.25f : 1,
            }
        ); // small zips, every operator
        network.Initialise(seed: 1);
        Normalise(network, p);
        Spread(network, p);
        return new ModelZip(network, new ModelManifest
        {
            CreatedBy = "EmotionMLNet delivery check",
            Architecture = architecture.Name,
            Labels = Labels,
            Head = network.Head,
            Preprocessing = p,
            Licence = "drawn weights, CC0",
        });
    }

    /// <summary>A drawn face of a label.</summary>
    public static Image Face(string label, int side) => Face(label, number: 1, side);

    private static Image Face(string label, int number, int side) => FaceGenerator.Draw(label, number, seed: 5, side);

    // Batch norms get the statistics of faces, as training gives them: with those that they start with, what a face says is lost on the
    // way through a deep network, and every picture gets the same scores.
    private static void Normalise(Network network, ImagePreprocessing preprocessing)
    {
        const int each = 2;
        BatchNorm[] norms = [.. network.Nodes.Select(n => n.Layer).OfType<BatchNorm>()];
        if (norms.Length == 0) return;
        using var team = new ThreadTeam(1);
        var plan = new TrainingPlan(network, each * Labels.Length, team);
        var pixels = new byte[preprocessing.Length];
        for (int n = 0; n < each * Labels.Length; n++)
        {
            preprocessing.ToPixels(Face(Labels[n / each], n, preprocessing.Width), pixels);
            preprocessing.Normalise(pixels, plan.Input.Image(n));
        }
        // A pass moves them towards those of its batch by their momentum: from zero, it is the whole of them but for that factor.
        foreach (Parameter p in norms.SelectMany(n => new[] { n.RunningMean, n.RunningVariance })) p.Values.AsSpan().Clear();
        plan.Forward(seed: 1);
        foreach (BatchNorm norm in norms)
            foreach (Parameter statistic in new[] { norm.RunningMean, norm.RunningVariance })
                foreach (ref float v in statistic.Values.AsSpan()) v /= norm.Momentum;
    }

    /// <summary>
    /// Where all scores are nearly equal, or one is all, a mistake would not show: the head is scaled until the logits of a face span 3.
    /// </summary>
    private static void Spread(Network network, ImagePreprocessing preprocessing)
    {
        using var team = new ThreadTeam(1);
        var session = new InferenceSession(InferencePlan.Compile(network), 1, team);
        var pixels = new byte[preprocessing.Length];
        preprocessing.ToPixels(Face(Labels[0], preprocessing.Width), pixels);
        preprocessing.Normalise(pixels, session.Input.Span);
        session.Run();
        float[] logits = session.Logits.Span.ToArray(), head = network.Nodes[^1].Layer.Parameters[0].Values;
        float scale = 3 / Math.Max(1e-6f, logits.Max() - logits.Min());
        for (int i = 0; i < head.Length; i++) head[i] *= scale;
    }
}
