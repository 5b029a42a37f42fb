using System.Diagnostics;
using System.Globalization;
using EmotionMLNet.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace EmotionMLNet.Benchmarks.MLNet;

/// <summary>
/// <c>mlnet MODEL.zip FOLDER [--count N] [--rounds N]</c>: pictures a second and bytes allocated a picture of the classifier, of
/// ScoreExpression and of ML.NET's own steps with the same model, on the same files, in turn.
/// </summary>
internal static class MLNetMode
{
    public static int Run(string[] args)
    {
        string Value(string name, string fallback) =>
            Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : fallback;
        if (args is not [var zip, var folder, ..])
        {
            Console.Error.WriteLine("mlnet wants a model zip and a folder of pictures.");
            return 2;
        }
        int count = int.Parse(Value("--count", "400"), CultureInfo.InvariantCulture);
        int rounds = int.Parse(Value("--rounds", "5"), CultureInfo.InvariantCulture);
        var context = new MLContext();
        EmotionClassifier classifier = EmotionClassifier.Load(zip);
        // Pictures that both sides read.
        string[] known = [".jpg", ".jpeg", ".png"];
        IEnumerable<string> found = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(f => known.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase));
        IEnumerable<FileResult> read = classifier.ClassifyMany(found.Order(StringComparer.Ordinal)).Where(r => r.IsClassified);
        string[] files = [.. read.Select(r => r.Path).Take(count)];
        Input[] inputs = [.. files.Select(f => new Input { Path = f, Bytes = File.ReadAllBytes(f) })];
        IDataView view = context.Data.LoadFromEnumerable(inputs);
        ExpressionScoringTransformer paths = context.Transforms.ScoreExpression(zip, nameof(Input.Path)).Fit(view);
        ExpressionScoringTransformer bytes = context.Transforms.ScoreExpression(zip, nameof(Input.Bytes)).Fit(view);
        var stock = paths.ToStockSteps(context);
        IDataView loaded = context.Transforms.LoadImages("Image", null, nameof(Input.Path)).Fit(view).Transform(view);
        ExpressionScoringTransformer images = context.Transforms.ScoreExpression(zip, "Image").Fit(loaded);
        (string Name, Func<int> Work)[] works =
        [
            ("EmotionClassifier.ClassifyMany, paths", () => classifier.ClassifyMany(files).Count(r => r.IsClassified)),
            ("ScoreExpression, paths", () => Read(paths.Transform(view))),
            ("ScoreExpression, bytes", () => Read(bytes.Transform(view))),
            ("ScoreExpression, MLImage of LoadImages", () => Read(images.Transform(loaded))),
            ("ML.NET's steps, paths", () => Read(stock.Transform(view))),
        ];
        var seconds = new double[works.Length, rounds];
        var allocated = new double[works.Length];
        foreach ((_, Func<int> work) in works) work(); // buffers and compiled code are there
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < works.Length; i++)
            {
                long before = GC.GetTotalAllocatedBytes(precise: true), start = Stopwatch.GetTimestamp();
                int done = works[i].Work();
                seconds[i, round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
                allocated[i] = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)files.Length;
                if (done != files.Length) throw new InvalidOperationException($"{works[i].Name}: {done} of {files.Length} were scored.");
            }
        }
        Console.WriteLine($"{Path.GetFileName(zip)}, {files.Length} pictures, {rounds} rounds, {Environment.ProcessorCount} cores");
        Console.WriteLine($"{"images/s",10} {"of the first",12} {"kB/picture",11}");
        for (int i = 0; i < works.Length; i++)
        {
            double[] ratios = [.. Enumerable.Range(0, rounds).Select(r => seconds[0, r] / seconds[i, r]).Order()];
            double best = Enumerable.Range(0, rounds).Min(r => seconds[i, r]);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{files.Length / best,10:0} {ratios[rounds / 2],12:0.00} {allocated[i] / 1e3,11:0.0}  {works[i].Name}"
                )
            );
        }
        return 0;
    }

    private static int Read(IDataView scored)
    {
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Score"]]);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(scored.Schema["Score"]);
        VBuffer<float> score = default;
        int count = 0;
        while (cursor.MoveNext())
        {
            getter(ref score);
            if (float.IsFinite(score.GetItemOrDefault(0))) count++;
        }
        return count;
    }

    private sealed class Input
    {
        public string Path { get; set; } = "";

        public byte[] Bytes { get; set; } = [];
    }
}
