using System.Globalization;
using EmotionMLNet.Training.Options;
namespace EmotionMLNet.Benchmarks.Compare;

/// <summary>
/// <c>compare [--only WORK,...] [--threads N] [--repeat N] [--rounds N] [--tools DIR] [--int8] [--json]</c>: our
/// engine (with --int8 in 8-bit integers too) and its peers in turn, on the same machine and threads, so that a drift of the machine's
/// speed hits all.
/// </summary>
internal static class CompareMode
{
    /// <summary>What our engine is called among the peers.</summary>
    public const string Ours = "emotionmlnet";

    /// <summary>What it is called where it runs in 8-bit integers.</summary>
    public const string OursInBytes = "emotionmlnet-int8";

    public static int Run(string[] args)
    {
        string Value(string name, string fallback) =>
            Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : fallback;
        Work[] works = [.. Value("--only", string.Join(',', Works.All.Select(w => w.Name))).Split(',').Select(Works.Find)];
        int threads = int.Parse(Value("--threads", Environment.ProcessorCount.ToString()), null),
            repeat = int.Parse(Value("--repeat", "7"), null);
        int rounds = int.Parse(Value("--rounds", "2"), null);
        var peers = new Peers(Value("--tools", "../shared/tools"), threads, repeat);

        bool json = args.Contains("--json");
        var all = new List<Measurement>();
        foreach (Work work in works)
        {
            for (int round = 0; round < (json ? 1 : rounds); round++)
            {
                all.AddRange(Works.Measure(work, threads, repeat, int8: false));
                if (args.Contains("--int8") && !work.Trains) all.AddRange(Works.Measure(work, threads, repeat, int8: true));
                if (!json) all.AddRange(peers.Measure(work));
            }
        }
        if (json) foreach (Measurement m in all) Console.WriteLine(m.ToJson());
        else Table(all);
        return 0;
    }

    /// <summary>A line a work and engine, with the ratio of ours to theirs.</summary>
    public static void Table(List<Measurement> all)
    {
        Console.WriteLine($"{"work",-18} {"batch",5}  {"engine",-20} images/s, median (range)      ours / theirs");
        foreach (var work in all.GroupBy(m => (m.Work, m.Batch)))
        {
            double ours = Pool(work.Where(m => m.Peer == Ours)).Median;
            foreach (var peer in work.GroupBy(m => m.Peer))
            {
                Measurement pooled = Pool(peer);
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{work.Key.Work, -18} {work.Key.Batch, 5}  {peer.Key, -20} {pooled}  "
                            + $"{(peer.Key == Ours ? "" : $"{ours / pooled.Median:0.00}")}"
                    )
                );
            }
        }
    }

    private static Measurement Pool(IEnumerable<Measurement> rounds)
    {
        Measurement[] all = [.. rounds];
        return all[0] with { Rates = [.. all.SelectMany(m => m.Rates)] };
    }
}
