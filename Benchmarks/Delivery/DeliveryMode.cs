using EmotionMLNet.Training.Options;
using System.Globalization;
using System.Text;
using EmotionMLNet.Architectures;
using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.DrawnFaces;

namespace EmotionMLNet.Benchmarks.Delivery;

/// <summary>
/// delivery: for every architecture zips with drawn weights in every input mode and form of weights, pictures, and the scores of our
/// engine: what a machine with the real ML.NET needs to check that it loads them with the same labels and scores.
/// </summary>
internal static class DeliveryMode
{
    private static readonly string[] Labels = ["happy", "neutral", "sad"];

    private static readonly (string Name, ModelInputMode Mode, OnnxWeights Weights)[] Variants =
    [
        ("bytes", ModelInputMode.Bytes, OnnxWeights.Full),
        ("path", ModelInputMode.Path, OnnxWeights.Full),
        ("raw", ModelInputMode.Raw, OnnxWeights.Full),
        ("float16", ModelInputMode.Bytes, OnnxWeights.Half),
        ("int8", ModelInputMode.Bytes, OnnxWeights.Quantised),
    ];

    public static int Run(string[] args)
    {
        string folder = Value("--out") ?? "artifacts/delivery";
        string[] only = Value("--arch")?.Split(',') ?? [.. Catalogue.All.Select(a => a.Name)];
        var scores = new StringBuilder($"zip,picture,label,{string.Join(',', Labels)}\n");
        foreach (Architecture architecture in Catalogue.All.Where(a => only.Contains(a.Name)))
        {
            ModelZip model = Make(architecture);
            string[] pictures = Pictures(model, Path.Combine(folder, architecture.Name));
            foreach ((string name, ModelInputMode mode, OnnxWeights weights) in Variants)
            {
                string zip = Path.Combine(folder, $"{architecture.Name}-{name}.zip");
                (model with { Manifest = model.Manifest with { InputMode = mode, Weights = weights } }).Save(zip);
                EmotionClassifier classifier = EmotionClassifier.Load(zip);
                foreach (string picture in pictures)
                {
                    Prediction p = classifier.Classify(picture);
                    scores.Append(
                        CultureInfo.InvariantCulture,
                        $"{Path.GetFileName(zip)},{Path.GetRelativePath(folder, picture)},{p.Label},"
                            + $"{string.Join(',', p.Scores.Select(s => s.Probability.ToString("R", CultureInfo.InvariantCulture)))}\n"
                    );
                }
            }
            Console.Error.WriteLine($"{architecture.Name}: {Variants.Length} zips, {pictures.Length} pictures");
        }
        AtomicFile.WriteText(Path.Combine(folder, "scores.csv"), scores.ToString());
        Console.WriteLine(Path.Combine(folder, "scores.csv"));
        return 0;

        string? Value(string name) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : null;
    }

    private static ModelZip Make(Architecture architecture)
    {
        var p = architecture.Preprocessing;
        Network network = architecture.Build(
            new ArchitectureOptions
            {
                Input = new Shape(p.Height, p.Width, p.Channels),
                Classes = Labels.Length,
                WidthMultiplier = architecture.ScalesWidths ? 0.25f : 1,
            }
        ); // small zips, every operator
        network.Initialise(seed: 1);
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

    // Where all scores are nearly equal, or one is all, a mistake would not show: the head is scaled until the logits of a face span 3.
    private static void Spread(Network network, ImagePreprocessing preprocessing)
    {
        using var team = new ThreadTeam(1);
        var session = new InferenceSession(InferencePlan.Compile(network), 1, team);
        var pixels = new byte[preprocessing.Length];
        preprocessing.ToPixels(FaceGenerator.Draw(Labels[0], number: 1, seed: 5, preprocessing.Width), pixels);
        preprocessing.Normalise(pixels, session.Input.Span);
        session.Run();
        float[] logits = session.Logits.Span.ToArray(), head = network.Nodes[^1].Layer.Parameters[0].Values;
        float scale = 3 / Math.Max(1e-6f, logits.Max() - logits.Min());
        for (int i = 0; i < head.Length; i++) head[i] *= scale;
    }

    // At network size, where all runtimes must agree within 1e-4, and larger, where the resize of each counts.
    private static string[] Pictures(ModelZip model, string folder)
    {
        int side = model.Manifest.Preprocessing.Width;
        var files = new List<string>();
        foreach (string label in Labels)
        {
            foreach ((int size, string suffix) in new[] { (side, ""), (3 * side + 11, "-large") })
            {
                string file = Path.Combine(folder, $"{label}{suffix}.png");
                byte[] png = PngEncoder.Encode(FaceGenerator.Draw(label, number: 1, seed: 5, size));
                AtomicFile.Write(file, s => s.Write(png));
                files.Add(file);
            }
        }
        return [.. files];
    }
}
