using System.Globalization;
using System.Text;
using EmotionMLNet.Architectures;
using EmotionMLNet.Files;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Onnx;

namespace EmotionMLNet.Benchmarks.Delivery;

/// <summary>
/// delivery: for every architecture zips with drawn weights in every input mode and form of weights, pictures, and the scores of our
/// engine: what any program that uses ML.NET needs to check that it gets the same labels and scores. Tests do it with smaller inputs.
/// </summary>
internal static class DeliveryMode
{
    public static int Run(string[] args)
    {
        string folder = Value("--out") ?? "artifacts/delivery";
        string[] only = Value("--arch")?.Split(',') ?? [.. Catalogue.All.Select(a => a.Name)];
        var scores = new StringBuilder($"zip,picture,label,{string.Join(',', DeliveryZips.Labels)}\n");
        foreach (Architecture architecture in Catalogue.All.Where(a => only.Contains(a.Name)))
        {
            ModelZip model = DeliveryZips.Make(architecture);
            string[] pictures = Pictures(model, Path.Combine(folder, architecture.Name));
            foreach ((string name, ModelInputMode mode, OnnxWeights weights) in DeliveryZips.Variants)
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
            Console.Error.WriteLine($"{architecture.Name}: {DeliveryZips.Variants.Count} zips, {pictures.Length} pictures");
        }
        AtomicFile.WriteText(Path.Combine(folder, "scores.csv"), scores.ToString());
        Console.WriteLine(Path.Combine(folder, "scores.csv"));
        return 0;

        string? Value(string name) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : null;
    }

    // At network size, where all runtimes must agree within 1e-4, and larger, where the resize of each counts.
    private static string[] Pictures(ModelZip model, string folder)
    {
        int side = model.Manifest.Preprocessing.Width;
        var files = new List<string>();
        foreach (string label in DeliveryZips.Labels)
        {
            foreach ((int size, string suffix) in new[] { (side, ""), (3 * side + 11, "-large") })
            {
                string file = Path.Combine(folder, $"{label}{suffix}.png");
                byte[] png = PngEncoder.Encode(DeliveryZips.Face(label, size));
                AtomicFile.Write(file, s => s.Write(png));
                files.Add(file);
            }
        }
        return [.. files];
    }
}
