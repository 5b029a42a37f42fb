using EmotionMLNet.Training.Options;
using EmotionMLNet.Terminal;
using System.Diagnostics;
using System.Globalization;
using EmotionMLNet.Architectures;
using EmotionMLNet.Benchmarks.Compare;
using EmotionMLNet.MLNetZip;

namespace EmotionMLNet.Benchmarks.Photos;

/// <summary>
/// <c>photos [--count 200] [--model ZIP] [--kinds baseline,progressive] [--photos DIR] [--predictor FILE] [--rounds N] [--json]</c>: a
/// folder of 12-megapixel JPEGs to labels, by our classifier and by a Python pipeline on as many processes as there are threads, in turn.
/// Without <c>--photos</c>, whose sub-folders are the kinds, photographs are made and removed.
/// </summary>
internal static class PhotosMode
{
    private const int Threads = 2;

    public static int Run(string[] args)
    {
        string Value(string name, string fallback) =>
            Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : fallback;
        int count = int.Parse(Value("--count", "200"), CultureInfo.InvariantCulture),
            rounds = int.Parse(Value("--rounds", "5"), CultureInfo.InvariantCulture);
        DirectoryInfo work = Directory.CreateTempSubdirectory("emotionmlnet-photos-");
        try
        {
            string model = Value("--model", "");
            if (model.Length == 0)
            {
                model = Path.Combine(work.FullName, "model.zip");
                Peers.Zip(NetworkR.Make()).Save(model);
            }
            string folders = Value("--photos", "");
            if (folders.Length == 0)
            {
                folders = Path.Combine(work.FullName, "photos");
                if (!PhotoFolder.TryMake(work.FullName, folders, count)) return 1;
            }
            if (!File.Exists(Peers.Python)) Console.Error.WriteLine($"The Python pipeline is left out: {Peers.Python} is not here.");
            PythonPipeline? peer = File.Exists(Peers.Python)
                ? new PythonPipeline(ModelZip.Load(model), work.FullName, Threads)
                : null;
            var all = new List<Measurement>();
            foreach (string kind in Value("--kinds", "baseline,progressive").Split(','))
                all.AddRange(Measure(kind, Path.Combine(folders, kind), model, Value("--predictor", ""), peer, rounds));
            if (args.Contains("--json")) foreach (Measurement m in all) Console.WriteLine(m.ToJson());
            else CompareMode.Table(all);
        }
        finally
        {
            work.Delete(recursive: true);
        }
        return 0;
    }

    private static List<Measurement> Measure(string kind, string folder, string model, string predictor, PythonPipeline? peer, int rounds)
    {
        string[] files = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];
        EmotionClassifier classifier = EmotionClassifier.Load(model);
        var ways = new List<(string Name, Action Step)>
        {
            (CompareMode.Ours, () => Consume(classifier.ClassifyMany(files, Threads))),
        };
        if (predictor.Length > 0) ways.Add(("emotionmlnet, start", () => Predict(predictor, model, folder)));
        using PythonPipeline.Workers? workers = peer?.Start();
        if (workers is not null)
        {
            ways.Add(("Pillow, no labels", () => workers.Run(files, labels: false)));
            ways.Add(("Pillow + ONNX", () => workers.Run(files, labels: true)));
            ways.Add(("Pillow + ONNX, start", () => Whole(peer!, files)));
        }
        var rates = ways.ConvertAll(_ => new List<double>());
        // The first round warms up: code, files, buffers.
        for (int round = 0; round <= rounds; round++)
        {
            for (int i = 0; i < ways.Count; i++)
            {
                long start = Stopwatch.GetTimestamp();
                ways[i].Step();
                if (round > 0) rates[i].Add(files.Length / Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }
        return [.. ways.Select((w, i) => new Measurement(w.Name, $"photos-{kind}", 1, Threads, rates[i]))];
    }

    private static void Consume(IEnumerable<FileResult> results)
    {
        foreach (FileResult result in results)
            if (result.Error is not null) throw new InvalidDataException($"{result.Path}: {result.Error}");
    }

    private static void Whole(PythonPipeline peer, string[] files)
    {
        using PythonPipeline.Workers workers = peer.Start();
        workers.Run(files, labels: true);
    }

    // A whole process: start, loading of the model, the folder, the CSV.
    private static void Predict(string predictor, string model, string folder)
    {
        bool managed = Path.GetExtension(predictor) == ".dll";
        string[] arguments = [model, folder, "--threads", $"{Threads}", "--quiet"];
        using Process process = Process.Start(
            new ProcessStartInfo(managed ? "dotnet" : predictor, managed ? [predictor, .. arguments] : arguments)
            {
                RedirectStandardOutput = true,
            }
        )!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{predictor} ended with exit code {process.ExitCode}.");
    }
}
