using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace EmotionMLNet.Benchmarks.Compare;

/// <summary>Images a second of one piece of work by one engine.</summary>
internal sealed record Measurement(string Peer, string Work, int Batch, int Threads, IReadOnlyList<double> Rates)
{
    /// <summary>The middle rate, or the mean of the two in the middle.</summary>
    public double Median
    {
        get
        {
            double[] sorted = [.. Rates.Order()];
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }

    // The runtime replaces a method by its optimised form in the background, on a thread that competes with those that are measured.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1.5);

    /// <summary>
    /// Times a step after some that are not counted: two at least, and until the runtime has compiled all that is in use.
    /// </summary>
    public static Measurement Take(string work, int batch, int threads, int repeat, Action step)
    {
        step();
        for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < WarmUp;) step();
        var rates = new double[repeat];
        for (int i = 0; i < repeat; i++)
        {
            long start = Stopwatch.GetTimestamp();
            step();
            rates[i] = batch / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        return new Measurement("emotionmlnet", work, batch, threads, rates);
    }

    /// <summary>The form of the peers' scripts: one JSON object a line.</summary>
    public string ToJson() => JsonSerializer.Serialize(new
    {
        peer = Peer,
        work = Work,
        batch = Batch,
        threads = Threads,
        images_per_second = new { min = Rates.Min(), median = Median, max = Rates.Max() },
    });

    /// <summary>Reads a line of a peer's script; null if it is something else.</summary>
    public static Measurement? Parse(string line)
    {
        if (!line.StartsWith('{')) return null;
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement, rates = root.GetProperty("images_per_second");
        return new Measurement(
            root.GetProperty("peer").GetString()!,
            root.GetProperty("work").GetString()!,
            root.GetProperty("batch").GetInt32(),
            root.GetProperty("threads").GetInt32(),
            [rates.GetProperty("min").GetDouble(), rates.GetProperty("median").GetDouble(), rates.GetProperty("max").GetDouble()]
        );
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Median, 10:0.0}  ({Rates.Min():0.0} to {Rates.Max():0.0})");
}
