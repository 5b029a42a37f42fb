using EmotionMLNet.Training.Options;
using EmotionMLNet.Formatting;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EmotionMLNet.Benchmarks.Fuzzing.Running;
using EmotionMLNet.Files;
using EmotionMLNet.Terminal;

namespace EmotionMLNet.Benchmarks.Fuzzing;

/// <summary>
/// <c>fuzz [--family all] [--minutes 60] [--seed 1] [--out FOLDER] [--workers N] [--inputs N]</c>: feeds changed files to every reader, in
/// processes of its own, until the time is over. The same folder and seed go on where they stopped; another number of minutes is as good.
/// <c>fuzz --family F --case FILE</c> reads one file and says how it ends. <c>fuzz --list</c> names the families.
/// </summary>
internal static class FuzzMode
{
    private static readonly TimeSpan Hung = TimeSpan.FromSeconds(20), Shown = TimeSpan.FromSeconds(15);

    public static int Run(string[] args)
    {
        string Value(string name, string fallback) =>
            Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : fallback;
        string wanted = Value("--family", "all");
        FormatFamily[] families =
        [
            .. wanted == "all"
                ? Catalogue.All
                : wanted
                    .Split(',')
                    .Select(n =>
                        Catalogue.Find(n)
                        ?? throw new ArgumentException($"There is no family {n}: {string.Join(", ", Catalogue.All.Select(f => f.Name))}.")
                    ),
        ];
        if (args.Contains("--list")) return List(families);
        if (Value("--case", "") is { Length: > 0 } file) return Case(families[0], file);
        int seed = int.Parse(Value("--seed", "1"), CultureInfo.InvariantCulture),
            inputs = int.Parse(Value("--inputs", "0"), CultureInfo.InvariantCulture);
        double minutes = double.Parse(Value("--minutes", "60"), CultureInfo.InvariantCulture);
        int workers = int.Parse(Value("--workers", $"{Environment.ProcessorCount}"), CultureInfo.InvariantCulture);
        var session = new FuzzSession(Value("--out", "artifacts/fuzz"), seed, families, inputs);
        session.Run(workers, TimeSpan.FromMinutes(minutes));
        Console.WriteLine(session.Table());
        return session.Finds > 0 ? ExitCode.Findings : ExitCode.Ok;
    }

    // A seed that is refused reaches nothing: a new family is looked at here first.
    private static int List(FormatFamily[] families)
    {
        using var scratch = new Scratch();
        foreach (FormatFamily family in families)
        {
            Console.WriteLine($"{family.Name,-14} {family.Seeds.Count} seeds, {family.Seeds.Max(s => s.Length)} bytes at most");
            foreach (byte[] seed in family.Seeds)
            {
                try
                {
                    family.Read(family.Complete([.. seed]), scratch);
                }
                catch (Exception e)
                {
                    Console.WriteLine($"  refused: {PrintableText.Line(e.Message)}");
                }
            }
        }
        return ExitCode.Ok;
    }

    private static int Case(FormatFamily family, string file)
    {
        using var scratch = new Scratch();
        Verdict verdict = new Judge(family, scratch, timed: true).Read(File.ReadAllBytes(file));
        Console.WriteLine($"{verdict.Kind} {verdict.Cause}\n{verdict.Detail}");
        return verdict.Kind == VerdictKind.Find ? ExitCode.Findings : ExitCode.Ok;
    }

    /// <summary>What a folder of one seed has come to, and going on with it.</summary>
    private sealed class FuzzSession
    {
        private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

        private readonly string folder, statePath;
        private readonly FormatFamily[] families;
        private readonly int seed, inputs;
        private readonly FindFolder finds;
        private readonly Dictionary<string, FamilyTotals> totals;
        private readonly Lock gate = new();
        private readonly long start = Stopwatch.GetTimestamp();
        private TimeSpan limit;
        private long shown, here;

        public FuzzSession(string folder, int seed, FormatFamily[] families, int inputs)
        {
            this.folder = Path.GetFullPath(folder);
            this.seed = seed;
            this.families = families;
            this.inputs = inputs;
            Directory.CreateDirectory(this.folder);
            finds = new FindFolder(Path.Combine(this.folder, "finds"));
            statePath = Path.Combine(this.folder, string.Create(CultureInfo.InvariantCulture, $"seed-{seed}.json"));
            totals = File.Exists(statePath)
                ? JsonSerializer.Deserialize<Dictionary<string, FamilyTotals>>(File.ReadAllText(statePath))!
                : [];
            foreach (FormatFamily family in families) totals.TryAdd(family.Name, new FamilyTotals());
        }

        public int Finds => finds.All().Count();

        public void Run(int workers, TimeSpan time)
        {
            limit = time;
            Thread[] threads = [.. Enumerable.Range(0, workers).Select(w => new Thread(() => Work(w, time)))];
            foreach (Thread thread in threads) thread.Start();
            foreach (Thread thread in threads) thread.Join();
            Save();
        }

        public string Table()
        {
            List<string> lines = [$"{"family",-14} {"inputs",12} {"a second",9} {"rejected",12} {"accepted",12} {"ended",6} {"finds",6}"];
            ILookup<string, string> found = finds.All().ToLookup(f => f.Family, f => f.File);
            foreach ((string name, FamilyTotals t) in totals.OrderBy(t => t.Key, StringComparer.Ordinal))
                lines.Add(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{name, -14} {t.Inputs, 12:N0} {t.Inputs / Math.Max(0.001, t.Seconds), 9:N0} {t.Rejected, 12:N0} "
                            + $"{t.Accepted, 12:N0} {t.Ended, 6} {found[name].Count(), 6}"
                    )
                );
            lines.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{"all", -14} {totals.Values.Sum(t => t.Inputs), 12:N0} "
                        + $"{totals.Values.Sum(t => t.Inputs) / Math.Max(0.001, totals.Values.Sum(t => t.Seconds)), 9:N0} "
                        + $"{totals.Values.Sum(t => t.Rejected), 12:N0} {totals.Values.Sum(t => t.Accepted), 12:N0} "
                        + $"{totals.Values.Sum(t => t.Ended), 6} {Finds, 6}"
                )
            );
            return string.Join('\n', lines);
        }

        private void Work(int number, TimeSpan time)
        {
            string boxPath = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"worker-{number}.input"));
            using var box = new BlackBox(boxPath);
            Process? worker = null;
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                (FormatFamily family, long block) = Take();
                worker ??= Start(boxPath);
                int count = inputs > 0 ? inputs : family.BlockInputs;
                worker.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{family.Name} {block} {count}"));
                Task<string?> answer = worker.StandardOutput.ReadLineAsync();
                string? why = Watch(worker, box, answer);
                if (why is null && answer.Result is { } json) Add(JsonSerializer.Deserialize<BlockResult>(json)!);
                else
                {
                    Lost(family, worker, box, why);
                    worker.Dispose();
                    worker = null;
                }
            }
            worker?.StandardInput.Close();
            worker?.WaitForExit();
            worker?.Dispose();
        }

        // The family that has had the least time; its next block.
        private (FormatFamily, long) Take()
        {
            lock (gate)
            {
                FormatFamily family = families.MinBy(f => totals[f.Name].Seconds + 3 * totals[f.Name].Running)!;
                totals[family.Name].Running++;
                return (family, totals[family.Name].Blocks++);
            }
        }

        // Null where an answer came; else what kept it.
        private static string? Watch(Process worker, BlackBox box, Task<string?> answer)
        {
            long last = -1, since = Stopwatch.GetTimestamp();
            while (!answer.Wait(250))
            {
                if (box.Number != last) (last, since) = (box.Number, Stopwatch.GetTimestamp());
                if (Stopwatch.GetElapsedTime(since) < Hung) continue;
                worker.Kill(entireProcessTree: true);
                worker.WaitForExit();
                return "hangs";
            }
            return answer.Result is null ? "ends the process" : null;
        }

        private void Lost(FormatFamily family, Process worker, BlackBox box, string? why)
        {
            worker.WaitForExit();
            string said = worker.StandardError.ReadToEnd();
            string[] lines = said.Split('\n');
            // A stack overflow prints its frames; the first of ours names the cause.
            string place =
                lines
                    .FirstOrDefault(l =>
                        l.Contains(" at EmotionMLNet.", StringComparison.Ordinal) && !l.Contains("Benchmarks", StringComparison.Ordinal)
                    )
                    ?.Trim()
                    .Split('(')[0]
                ?? "";
            string cause = $"{why} {(said.Contains("Stack overflow", StringComparison.Ordinal) ? "stack overflow " : "")}{place}";
            lock (gate)
            {
                totals[family.Name].Ended++;
                totals[family.Name].Running--;
                if (!finds.Has(family.Name, cause)) finds.Save(family.Name, cause, string.Join('\n', lines.Take(60)), box.Content);
            }
        }

        private void Add(BlockResult result)
        {
            lock (gate)
            {
                FamilyTotals t = totals[result.Family];
                t.Running--;
                t.Inputs += result.Inputs;
                t.Accepted += result.Accepted;
                t.Rejected += result.Rejected;
                t.Seconds += result.Seconds;
                here += result.Inputs;
                if (Stopwatch.GetElapsedTime(shown) < Shown) return;
                shown = Stopwatch.GetTimestamp();
                TimeSpan passed = Stopwatch.GetElapsedTime(start);
                Console.Error.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{passed:hh\\:mm\\:ss} of {limit:hh\\:mm\\:ss}  {totals.Values.Sum(f => f.Inputs):N0} inputs, "
                            + $"{here / passed.TotalSeconds:N0}/s, {Finds} finds; {result.Family}"
                    )
                );
                Save();
            }
        }

        private void Save() => AtomicFile.WriteText(statePath, JsonSerializer.Serialize(totals, Indented) + "\n");

        private Process Start(string box)
        {
            string[] arguments =
            [
                Path.Combine(AppContext.BaseDirectory, "EmotionMLNet.Benchmarks.dll"),
                "fuzz-worker",
                box,
                Path.Combine(folder, "finds"),
                seed.ToString(CultureInfo.InvariantCulture),
            ];
            var info = new ProcessStartInfo("dotnet", arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            info.Environment["DOTNET_gcServer"] = "0";
            // 2 GB: more is an OutOfMemoryException, and a find, before it is the machine's trouble.
            info.Environment["DOTNET_GCHeapHardLimit"] = "0x80000000";
            info.Environment["DOTNET_DbgEnableMiniDump"] = "0";
            return Process.Start(info)!;
        }
    }

    /// <summary>Of a family under one seed.</summary>
    private sealed class FamilyTotals
    {
        /// <summary>Blocks begun: the number of the next one.</summary>
        public long Blocks { get; set; }

        public long Inputs { get; set; }

        public long Accepted { get; set; }

        public long Rejected { get; set; }

        public double Seconds { get; set; }

        /// <summary>Blocks that a crash or a hang ended.</summary>
        public int Ended { get; set; }

        /// <summary>Blocks under way now.</summary>
        [System.Text.Json.Serialization.JsonIgnore]
        public int Running { get; set; }
    }
}
