using System.Diagnostics.Metrics;

namespace EmotionMLNet.Web.Metrics;

/// <summary>
/// What the server counts, as <see cref="System.Diagnostics.Metrics"/> has it. Nothing of a picture or a client is in it.
/// </summary>
internal sealed class ServerMetrics
{
    public const string MeterName = "EmotionMLNet.Web";

    /// <summary>Bounds of the buckets of all times, wherever they are read.</summary>
    /// <remarks>What collectors would take by themselves is meant for milliseconds.</remarks>
    public static IReadOnlyList<double> Seconds { get; } =
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Counter<long> requests, rejected, frames, swaps;
    private readonly Histogram<double> queued, decoded, prepared, ran;
    private readonly UpDownCounter<long> sockets;
    private readonly Meter meter;

    public ServerMetrics(IMeterFactory factory)
    {
        Factory = factory;
        meter = factory.Create(MeterName);
        requests = meter.CreateCounter<long>("requests", description: "Responses by status and kind of address.");
        rejected = meter.CreateCounter<long>("rejected", description: "Pictures that found the queue full.");
        frames = meter.CreateCounter<long>("frames", description: "Frames of cameras by outcome.");
        swaps = meter.CreateCounter<long>("model.swaps", description: "Model files that were taken over, or not.");
        queued = CreateHistogram("queue.duration", "Time in the queue.");
        decoded = CreateHistogram("decode.duration", "Time to decode a picture, or to find that it cannot be.");
        prepared = CreateHistogram("prepare.duration", "Time to look for faces and bring them to the network's size.");
        ran = CreateHistogram("network.duration", "Time to run the network on a picture.");
        sockets = meter.CreateUpDownCounter<long>("sockets", description: "Open cameras.");
    }

    /// <summary>That of the host, by which its instruments are told from those of others in the process.</summary>
    public IMeterFactory Factory { get; }

    public void Responded(string kind, int status) => requests.Add(1, new("status", status), new("kind", kind));

    public void Rejected() => rejected.Add(1);

    public void Queued(TimeSpan time) => queued.Record(time.TotalSeconds);

    public void Classified(ClassificationTimes times)
    {
        decoded.Record(times.Decoding.TotalSeconds);
        prepared.Record(times.Preparation.TotalSeconds);
        ran.Record(times.Network.TotalSeconds);
    }

    public void NotDecoded(TimeSpan time) => decoded.Record(time.TotalSeconds);

    public void FrameDone(bool isAnswered) => frames.Add(1, Outcome(isAnswered ? "answered" : "refused"));

    public void SocketOpened() => sockets.Add(1);

    public void SocketClosed() => sockets.Add(-1);

    public void Swapped(bool succeeded) => swaps.Add(1, Outcome(succeeded ? "taken" : "failed"));

    /// <summary>Adds what is looked up when somebody asks: bytes held, and which models are served.</summary>
    public void Observe(Func<long> heldBytes, Func<IEnumerable<(string Name, string Sha256)>> models)
    {
        meter.CreateObservableGauge("picture.bytes", heldBytes, "By", "Bytes of pictures in memory.");
        meter.CreateObservableGauge(
            "model.info",
            () => models().Select(m => new Measurement<long>(1, new("model", m.Name), new("sha256", m.Sha256))),
            description: "Models that are served."
        );
    }

    private Histogram<double> CreateHistogram(string name, string description) => meter.CreateHistogram(
        name, "s", description, tags: null, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });

    private static KeyValuePair<string, object?> Outcome(string outcome) => new("outcome", outcome);
}
