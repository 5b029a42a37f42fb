using System.Diagnostics;
using System.Globalization;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Metrics;

namespace EmotionMLNet.Tests.Metrics;

/// <summary>Average precision and recall of faces, by hand and beside another implementation.</summary>
public sealed class DetectionMatchesTests
{
    [Fact]
    public void A_detection_is_a_hit_false_or_neither()
    {
        var matches = new DetectionMatches(0.5f);
        FaceBox face = new(0, 0, 10, 10), other = new(50, 50, 10, 10), ignored = new(100, 0, 20, 20);
        matches.Add(
            [
                new Face(face, 0.9f),
                new Face(new FaceBox(1, 0, 10, 10), 0.8f), // the same again: false
                new Face(new FaceBox(105, 5, 5, 5), 0.7f), // inside an ignored place: nothing
                new Face(other, 0.6f),
            ],
            [face, other],
            [ignored]
        );

        // Precision 1 up to a recall of 1/2, then 2/3.
        Assert.Equal(0.5 + 0.5 * 2 / 3, matches.ComputeAveragePrecision(), 1e-12);
        Assert.Equal(0.5, matches.ComputeRecall(0), 1e-12);
        Assert.Equal(1, matches.ComputeRecall(1), 1e-12);
        Assert.Equal(0.9, matches.FindScore(0), 1e-6);
        Assert.Equal(2, matches.Faces);
    }

    [Fact]
    public void Without_faces_there_is_no_figure()
    {
        var matches = new DetectionMatches(0.5f);
        matches.Add([new Face(new FaceBox(0, 0, 9, 9), 0.5f)], [], []);

        Assert.True(double.IsNaN(matches.ComputeAveragePrecision()));
        Assert.True(double.IsNaN(matches.ComputeRecall(0.1)));
    }

    [Fact]
    public void The_interval_holds_the_figure_and_repeats()
    {
        DetectionMatches matches = Random(out _);
        (Interval a, Interval b) = matches.Bootstrap(0.1, 200, new Random(1).Next);
        (Interval again, _) = matches.Bootstrap(0.1, 200, new Random(1).Next);

        Assert.InRange(a.Value, a.Low, a.High);
        Assert.InRange(b.Value, b.Low, b.High);
        Assert.True(a.High - a.Low is > 0.001 and < 0.5);
        Assert.Equal(a, again);
    }

    // The tool that deliveries are measured with.
    [MeasuringToolFact]
    public void Figures_are_those_of_the_measuring_tool()
    {
        DetectionMatches matches = Random(out string python);
        var start = new ProcessStartInfo(PyTorch.Python, ["-c", python])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PYTHONPATH"] = Path.GetDirectoryName(MeasuringToolFactAttribute.Tool), ["PYTHONDONTWRITEBYTECODE"] = "1" },
        };
        using Process process = Process.Start(start)!;
        ProcessResult result = TrainerProcess.Finish(process);

        Assert.True(result.Code == 0, result.Error);
        double[] figures = [.. result.Output.Split(' ').Select(f => double.Parse(f, CultureInfo.InvariantCulture))];
        Assert.Equal(figures[0], matches.ComputeAveragePrecision(), 1e-6);
        Assert.Equal(figures[1], matches.ComputeRecall(0.1), 1e-6);
    }

    // Sixty pictures with faces, near hits, misses and ignored places; the same for the tool in Python.
    private static DetectionMatches Random(out string python)
    {
        var random = new Random(7);
        var matches = new DetectionMatches(0.5f);
        var script = new System.Text.StringBuilder("from evaluate_detections import evaluate\nG={};I=[];D={}\n");
        for (int picture = 0; picture < 60; picture++)
        {
            List<Face> found = [];
            List<FaceBox> faces = [], ignored = [];
            for (int i = random.Next(4); i >= 0; i--)
            {
                var box = new FaceBox(random.Next(200), random.Next(200), 20 + random.Next(40), 20 + random.Next(40));
                (random.Next(4) == 0 ? ignored : faces).Add(box);
                if (random.Next(5) > 0)
                    found.Add(new Face(new FaceBox(box.X + random.Next(12), box.Y + random.Next(12), box.Width, box.Height), Score()));
                if (random.Next(3) == 0)
                    found.Add(new Face(new FaceBox(random.Next(240), random.Next(240), 30, 30), Score()));
            }
            found.Sort((a, b) => b.Score.CompareTo(a.Score));
            matches.Add(found, faces, ignored);
            script.AppendLine(CultureInfo.InvariantCulture, $"I.append(('{picture}','x'))");
            script.AppendLine(
                CultureInfo.InvariantCulture,
                $"G['{picture}']=[{string.Join(",", faces.Select(f => Row(f, 0)).Concat(ignored.Select(f => Row(f, 1))))}]"
            );
            script.AppendLine(
                CultureInfo.InvariantCulture,
                $"D['{picture}']=[{string.Join(",", found.Select(f => FormattableString.Invariant($"({Box(f.Box)},{f.Score:R})")))}]"
            );
        }
        python = script.Append("r=evaluate(G,I,D)\nprint(r['ap'],r['r01'],end='')\n").ToString();
        return matches;

        float Score() => (float)random.NextDouble();
        static string Box(FaceBox b) => FormattableString.Invariant($"({b.X},{b.Y},{b.Width},{b.Height})");
        static string Row(FaceBox b, int ignore) => FormattableString.Invariant($"({b.X},{b.Y},{b.Width},{b.Height},{ignore})");
    }
}

/// <summary>A fact that needs the tool of ../shared and a Python with NumPy, and says so when it skips.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MeasuringToolFactAttribute : FactAttribute
{
    public MeasuringToolFactAttribute() =>
        Skip = PyTorch.Missing ?? (File.Exists(Tool) ? null : "needs ../shared/tools/evaluate_detections.py, which is not on this machine");

    /// <summary>The script; null where ../shared is not there.</summary>
    public static string? Tool { get; } =
        SharedData.Folder is { } data ? Path.GetFullPath(Path.Combine(data, "..", "tools", "evaluate_detections.py")) : null;
}
