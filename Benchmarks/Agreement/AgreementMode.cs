using System.Globalization;
using EmotionMLNet.Imaging;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Onnx;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Metrics;

namespace EmotionMLNet.Benchmarks.Agreement;

/// <summary>
/// agree: our predictor against ONNX Runtime on real pictures, for each of the fronts that are exported, and against ML.NET with the zip.
/// </summary>
internal static class AgreementMode
{
    private const string Usage = "usage: agree --model ZIP --images FOLDER [--count N]";

    public static int Run(string[] args)
    {
        string? model = Value("--model"), images = Value("--images");
        if (model is null || images is null)
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }
        int count = int.Parse(Value("--count") ?? "300", CultureInfo.InvariantCulture);
        DirectoryInfo work = Directory.CreateTempSubdirectory("emotionmlnet-agree-");
        try
        {
            Measure(model, images, count, work);
        }
        finally
        {
            work.Delete(recursive: true);
        }
        return 0;

        string? Value(string name) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : null;
    }

    private static void Measure(string model, string images, int count, DirectoryInfo work)
    {
        EmotionClassifier classifier = EmotionClassifier.Load(model);
        ImagePreprocessing p = classifier.Manifest.Preprocessing;
        ModelZip zip = ModelZip.Load(model);
        if (zip.Manifest.InputMode == ModelInputMode.Raw)
            throw new NotSupportedException("A zip in raw mode has no resize to compare: give one in bytes or path mode.");
        string prepared = Path.Combine(work.FullName, "prepared.onnx"),
            picture = Path.Combine(work.FullName, "picture.onnx");
        zip.ExportOnnx(prepared);
        zip.ExportOnnx(picture, OnnxInput.Picture);
        // As this version writes it, whichever wrote the file.
        string written = Path.Combine(work.FullName, "model.zip");
        zip.Save(written);
        using OnnxRuntimeFront atSize = new(prepared), anySize = new(picture);
        using var chain = new StockChain(written, zip.Manifest.InputMode);
        var ours = new List<float[]>();
        foreach (string file in Directory.EnumerateFiles(images, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (ours.Count == count) break;
            Image image;
            try
            {
                image = ImageReader.Read(File.ReadAllBytes(file));
                chain.Add(file);
            }
            catch (Exception e) when (e is ImageFormatException or ArgumentException)
            {
                continue; // folders of real pictures have others among them; ML.NET throws ArgumentException
            }
            ours.Add([.. classifier.Classify(image).Scores.Select(s => s.Probability)]);
            atSize.Add(Planes(p, image), 1, p.Channels, p.Height, p.Width);
            anySize.Add(Rgb(image), 1, image.Height, image.Width, 3);
        }
        Console.WriteLine(
            $"{Path.GetFileName(model)}, {zip.Manifest.Architecture} {p.Width} x {p.Height} x {p.Channels}, {ours.Count} pictures "
                + $"of {images}; our predictor against others:"
        );
        Console.WriteLine(
            $"{"front", -44} {"same label", 10} {"largest", 9} {"mean", 9} {"95 %", 9}   (difference of a score, the largest of each "
                + "picture)"
        );
        Report("ONNX Runtime, float, at network size", ours, atSize.Scores);
        Report("ONNX Runtime, uint8, any size", ours, anySize.Scores);
        Report($"ML.NET, {zip.Manifest.InputMode.ToString().ToLowerInvariant()}", ours, chain.Scores);
    }

    private static void Report(string name, List<float[]> ours, List<float[]> theirs)
    {
        double[] differences = [.. ours.Zip(theirs, (a, b) => (double)a.Zip(b, (x, y) => Math.Abs(x - y)).Max()).Order()];
        int same = ours.Zip(theirs, (a, b) => ClassificationReport.ArgMax(a) == ClassificationReport.ArgMax(b)).Count(s => s);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name, -44} {(double)same / ours.Count, 10:P1} {differences[^1], 9:0.000000} {differences.Average(), 9:0.000000} "
                    + $"{differences[differences.Length * 95 / 100], 9:0.000000}"
            )
        );
    }

    private static float[] Planes(ImagePreprocessing p, Image image)
    {
        var pixels = new byte[p.Length];
        p.ToPixels(image, pixels);
        var planes = new float[p.Length];
        for (int i = 0; i < pixels.Length; i++) planes[i % p.Channels * (p.Length / p.Channels) + i / p.Channels] = pixels[i];
        return planes;
    }

    private static byte[] Rgb(Image image)
        => image.Channels == 3 ? image.Pixels : [.. image.Pixels.SelectMany(v => new[] { v, v, v })];
}
