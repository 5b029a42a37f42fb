using EmotionMLNet.Formatting;
using System.Diagnostics;
using System.Globalization;

namespace EmotionMLNet.Benchmarks.Fuzzing.Running;

/// <summary>
/// Reads an input and says whether that may have happened: success, or a documented exception whose message is one line, in under
/// <see cref="MostBytes"/> allocated and, where time is watched, under <see cref="MostTime"/>.
/// </summary>
internal sealed class Judge(FormatFamily family, Scratch scratch, bool timed)
{
    /// <summary>What reading an input may allocate on its thread; its peak is not above that.</summary>
    public const long MostBytes = 500_000_000;

    /// <summary>How long it may take.</summary>
    public static readonly TimeSpan MostTime = TimeSpan.FromSeconds(2);

    private const string OwnNamespace = "EmotionMLNet", FuzzingNamespace = "EmotionMLNet.Benchmarks";

    public Verdict Read(byte[] file)
    {
        long start = Stopwatch.GetTimestamp();
        Verdict verdict = Once(file);
        if (!timed || verdict.Kind == VerdictKind.Find || Stopwatch.GetElapsedTime(start) < MostTime) return verdict;
        // Other work on the machine makes anything slow once.
        TimeSpan least = TimeSpan.MaxValue;
        for (int i = 0; i < 3 && least > MostTime; i++)
        {
            start = Stopwatch.GetTimestamp();
            Once(file);
            least = TimeSpan.FromTicks(Math.Min(least.Ticks, Stopwatch.GetElapsedTime(start).Ticks));
        }
        return least < MostTime
            ? verdict
            : new Verdict(
                VerdictKind.Find,
                verdict.Feature,
                "slow",
                string.Create(CultureInfo.InvariantCulture, $"{least.TotalSeconds:0.0} s")
            );
    }

    private Verdict Once(byte[] file)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Verdict verdict;
        try
        {
            verdict = new Verdict(VerdictKind.Accepted, family.Read(file, scratch));
        }
        catch (Exception e)
        {
            verdict = Of(e);
        }
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (verdict.Kind == VerdictKind.Find || allocated < MostBytes) return verdict;
        return new Verdict(
            VerdictKind.Find,
            verdict.Feature,
            "memory",
            string.Create(CultureInfo.InvariantCulture, $"{allocated / 1e6:0} MB allocated for {file.Length} bytes ({verdict.Kind})")
        );
    }

    private Verdict Of(Exception e)
    {
        string type = e.GetType().Name;
        ulong feature = Feature(type, e.Message);
        if (e is BrokenPromiseException) return new Verdict(VerdictKind.Find, feature, $"promise: {e.Message}", e.Message);
        bool documented =
            e is EmotionMLNetException or UnauthorizedAccessException
            || (e is IOException and not EndOfStreamException)
            || family.Documents(e);
        if (!documented) return new Verdict(VerdictKind.Find, feature, $"{type} at {Place(e)}", e.ToString());
        if (e.Message.AsSpan().ContainsAny('\n', '\r'))
            return new Verdict(VerdictKind.Find, feature, $"lines: {type} at {Place(e)}", e.ToString());
        return new Verdict(VerdictKind.Rejected, feature);
    }

    // The first method of ours on the way out.
    private static string Place(Exception e)
    {
        foreach (StackFrame frame in new StackTrace(e, fNeedFileInfo: false).GetFrames())
            if (
                frame.GetMethod() is { DeclaringType: { Namespace: { } ns } type } method
                && ns.StartsWith(OwnNamespace, StringComparison.Ordinal)
                && !ns.StartsWith(FuzzingNamespace, StringComparison.Ordinal)
            )
                return $"{type.Name}.{method.Name}";
        return "?";
    }

    // Numbers and what is quoted differ from input to input and do not make another ending.
    private static ulong Feature(string type, string message)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in type) hash = (hash ^ c) * 1099511628211;
        bool quoted = false;
        int length = 0;
        foreach (char c in message)
        {
            if (++length > 400) break;
            if (c == '\'') quoted = !quoted;
            if (quoted || char.IsAsciiDigit(c)) continue;
            hash = (hash ^ c) * 1099511628211;
        }
        return hash;
    }
}
