using System.Diagnostics;

namespace EmotionMLNet.Benchmarks.Compare;

/// <summary>
/// <c>compare [--only WORK,...] [--threads N] [--repeat N] [--rounds N] [--tools DIR] [--json]</c>: our engine and its peers in turn, on the
/// same machine and threads, so that a drift of the machine's speed hits both.
/// </summary>
internal static class CompareMode
{
    public static int Run(string[] args)
    {
        string Value(string name, string fallback) => Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : fallback;
        string[] works = Value("--only", string.Join(',', Works.Names)).Split(',');
        int threads = int.Parse(Value("--threads", Environment.ProcessorCount.ToString()), null), repeat = int.Parse(Value("--repeat", "7"), null);
        int rounds = int.Parse(Value("--rounds", "2"), null);
        string tools = Value("--tools", "../shared/tools");

        bool json = args.Contains("--json");
        var all = new List<Measurement>();
        for (int round = 0; round < (json ? 1 : rounds); round++)
        {
            foreach (string work in works)
            {
                all.AddRange(Works.Measure(work, threads, repeat));
                if (!json) all.AddRange(PyTorch(Path.Combine(tools, "peer-torch.py"), work, threads, repeat));
            }
        }
        if (json) foreach (Measurement m in all) Console.WriteLine(m.ToJson());
        else Table(all);
        return 0;
    }

    private static List<Measurement> PyTorch(string script, string work, int threads, int repeat)
    {
        const string python = "/usr/bin/python3"; // Debian's, which has python3-torch
        if (!File.Exists(script) || !File.Exists(python))
        {
            Console.Error.WriteLine($"PyTorch is left out: {(File.Exists(script) ? python : script)} is not here.");
            return [];
        }
        var start = new ProcessStartInfo(python, [script, "--threads", $"{threads}", "--repeat", $"{repeat}", "--only", work]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        var measured = new List<Measurement>();
        while (process.StandardOutput.ReadLine() is { } line)
            if (Measurement.Parse(line) is { } m) measured.Add(m);
        process.WaitForExit();
        if (process.ExitCode != 0) Console.Error.WriteLine($"PyTorch failed with exit code {process.ExitCode} and is left out.");
        return measured;
    }

    private static void Table(List<Measurement> all)
    {
        Console.WriteLine($"{"work",-14} {"batch",5}  {"engine",-20} images/s, median (range)      ours / theirs");
        foreach (var work in all.GroupBy(m => (m.Work, m.Batch)))
        {
            double ours = Pool(work.Where(m => m.Peer == "emotionmlnet")).Median;
            foreach (var peer in work.GroupBy(m => m.Peer))
            {
                Measurement pooled = Pool(peer);
                Console.WriteLine(FormattableString.Invariant($"{work.Key.Work,-14} {work.Key.Batch,5}  {peer.Key,-20} {pooled}  {(peer.Key == "emotionmlnet" ? "" : $"{ours / pooled.Median:0.00}")}"));
            }
        }
    }

    private static Measurement Pool(IEnumerable<Measurement> rounds)
    {
        Measurement[] all = [.. rounds];
        return all[0] with { Rates = [.. all.SelectMany(m => m.Rates)] };
    }
}
