using EmotionMLNet.Training.Options;
using System.Text.Json;
using EmotionMLNet.Benchmarks.Fuzzing.Running;

namespace EmotionMLNet.Benchmarks.Fuzzing;

/// <summary>
/// <c>fuzz-worker BLACKBOX FINDS SEED</c>: reads "FAMILY BLOCK INPUTS" a line from stdin, runs that block, minimises and keeps what it
/// found, and answers with a line of JSON. It is a process of its own because a stack overflow ends one.
/// </summary>
internal static class FuzzWorker
{
    /// <summary>As small as a thread's stack is on any system: what recurses deeply is found here and not there.</summary>
    private const int StackBytes = 1 << 20;

    public static int Run(string[] args)
    {
        using var box = new BlackBox(args[0]);
        using var scratch = new Scratch();
        var finds = new FindFolder(args[1]);
        int seed = int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture);
        while (Console.ReadLine() is { } line)
        {
            string[] order = line.Split(' ');
            FormatFamily family = Catalogue.Find(order[0])!;
            long block = long.Parse(order[1], System.Globalization.CultureInfo.InvariantCulture);
            int inputs = int.Parse(order[2], System.Globalization.CultureInfo.InvariantCulture);
            BlockResult? result = null;
            var thread = new Thread(() => result = One(family, seed, block, inputs, scratch, box, finds), StackBytes);
            thread.Start();
            thread.Join();
            Console.WriteLine(
                JsonSerializer.Serialize(result! with { Finds = [.. result.Finds.Select(f => f with { Raw = [], Detail = "" })] })
            );
        }
        return 0;
    }

    private static BlockResult One(FormatFamily family, int seed, long block, int inputs, Scratch scratch, BlackBox box, FindFolder finds)
    {
        BlockResult result = Block.Run(family, seed, block, inputs, scratch, timed: true, box.Write);
        foreach (Find find in result.Finds)
        {
            if (finds.Has(family.Name, find.Cause)) continue;
            byte[] file = family.Complete(Minimiser.Minimise(family, find, scratch, box.Write));
            finds.Save(family.Name, find.Cause, find.Detail, file);
        }
        return result;
    }
}
