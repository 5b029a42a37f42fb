using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using EmotionMLNet.Imaging;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Onnx;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Metrics;

namespace EmotionMLNet.Benchmarks.Agreement;

/// <summary>
/// agree: our predictor against ONNX Runtime on real pictures, for each of the fronts that are exported. ML.NET's part of the chain, the
/// nearest pixel of its Fill resize, is imitated, since ML.NET itself is not here.
/// </summary>
internal static class AgreementMode
{
    private const string Usage = "usage: agree --model ZIP --images FOLDER [--count N] --node-modules DIR   (DIR holds onnxruntime-node)";

    public static int Run(string[] args)
    {
        string? model = Value("--model"),
            images = Value("--images"),
            modules = Value("--node-modules") ?? Environment.GetEnvironmentVariable("EMOTIONMLNET_NODE_MODULES");
        if (model is null || images is null || modules is null)
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }
        int count = int.Parse(Value("--count") ?? "300", CultureInfo.InvariantCulture);
        DirectoryInfo work = Directory.CreateTempSubdirectory("emotionmlnet-agree-");
        try
        {
            Measure(model, images, modules, count, work);
        }
        finally
        {
            work.Delete(recursive: true);
        }
        return 0;

        string? Value(string name) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : null;
    }

    private static void Measure(string model, string images, string modules, int count, DirectoryInfo work)
    {
        EmotionClassifier classifier = EmotionClassifier.Load(model);
        ImagePreprocessing p = classifier.Manifest.Preprocessing;
        ModelZip zip = ModelZip.Load(model);
        if (zip.Manifest.InputMode == ModelInputMode.Raw)
            throw new NotSupportedException("A zip in raw mode has no resize to compare: give one in bytes or path mode.");
        (OnnxRuntimeBatch prepared, OnnxRuntimeBatch any, OnnxRuntimeBatch chain) = (Front("prepared"), Front("any"), Front("chain"));
        zip.ExportOnnx(Path.Combine(work.FullName, "prepared", "model.onnx"));
        zip.ExportOnnx(Path.Combine(work.FullName, "any", "model.onnx"), OnnxInput.Picture);
        (int width, int height) = Unpack(model, Path.Combine(work.FullName, "chain", "model.onnx"), p);

        var ours = new List<float[]>();
        foreach (string file in Directory.EnumerateFiles(images, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (ours.Count == count) break;
            Image image;
            try
            {
                image = ImageReader.Read(File.ReadAllBytes(file));
            }
            catch (ImageFormatException)
            {
                continue; // folders of real pictures have others among them
            }
            ours.Add(Scores(classifier.Classify(image)));
            byte[] rgb = Rgb(image);
            any.Add(rgb, "uint8", 1, image.Height, image.Width, 3);
            prepared.Add(MemoryMarshal.AsBytes(Planes(p, image).AsSpan()), "float32", 1, p.Channels, p.Height, p.Width);
            chain.Add(Nearest(rgb, image.Width, image.Height, width, height), "uint8", 1, height, width, 3);
        }
        foreach (OnnxRuntimeBatch batch in new[] { prepared, any, chain }) batch.Finish();
        Console.WriteLine(
            $"{Path.GetFileName(model)}, {zip.Manifest.Architecture} {p.Width} x {p.Height} x {p.Channels}, {ours.Count} pictures "
                + $"of {images}; our predictor against ONNX Runtime:"
        );
        Console.WriteLine(
            $"{"front", -44} {"same label", 10} {"largest", 9} {"mean", 9} {"95 %", 9}   (difference of a score, the largest of each "
                + "picture)"
        );
        Report("float, at network size", ours, prepared.Scores);
        Report("uint8, any size", ours, any.Scores);
        Report($"chain: nearest pixel to {width} x {height}", ours, chain.Scores);

        OnnxRuntimeBatch Front(string name) =>
            new(modules, Path.Combine(work.CreateSubdirectory(name).FullName, "model.onnx"), Path.Combine(work.FullName, name));

        static float[] Scores(Prediction prediction) => [.. prediction.Scores.Select(s => s.Probability)];
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

    // The network that stands in the zip itself, and the size of the picture that the chain gives it.
    private static (int Width, int Height) Unpack(string model, string to, ImagePreprocessing p)
    {
        using ZipArchive zip = ZipFile.OpenRead(model);
        using Stream entry = zip.Entries.Single(e => e.Name == "OnnxModel").Open();
        entry.ReadExactly(new byte[4]);
        using (FileStream file = File.Create(to)) entry.CopyTo(file);
        int scale = EmotionMLNet.Onnx.Inputs.FixedSizeInput.ScaleFor(p);
        return (scale * p.Width, scale * p.Height);
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

    private static byte[] Nearest(byte[] rgb, int width, int height, int toWidth, int toHeight)
    {
        var to = new byte[3 * toWidth * toHeight];
        for (int y = 0; y < toHeight; y++)
        {
            int row = (int)((2L * y + 1) * height / (2L * toHeight)) * width;
            for (int x = 0; x < toWidth; x++)
                rgb.AsSpan(3 * (row + (int)((2L * x + 1) * width / (2L * toWidth))), 3).CopyTo(to.AsSpan(3 * (y * toWidth + x)));
        }
        return to;
    }
}
