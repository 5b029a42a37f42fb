using EmotionMLNet.Benchmarks.Fuzzing;
using EmotionMLNet.Benchmarks.Fuzzing.Running;

namespace EmotionMLNet.Tests.Fuzzing;

/// <summary>
/// The minute of fuzzing that runs with every change: always the same inputs. docs/fuzzing.md says how to run an hour of others.
/// </summary>
public sealed class FuzzingTests
{
    private const int Seed = 2026, StackBytes = 1 << 20;

    // A reader that hangs must end the test and not the patience of whoever waits; no input takes a thousandth of that.
    private static readonly TimeSpan Hung = TimeSpan.FromMinutes(15);

    public static TheoryData<string> Families => [.. Catalogue.All.Select(f => f.Name)];

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (string file in Directory.GetFiles(CaseFolder, "*.bin", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                cases.Add(Path.GetFileName(Path.GetDirectoryName(file))!, Path.GetFileName(file));
            return cases;
        }
    }

    private static string CaseFolder => Path.Combine(AppContext.BaseDirectory, "Fuzzing", "Cases");

    [Theory]
    [MemberData(nameof(Families))]
    public void Changed_inputs_are_read_or_refused_as_documented(string name)
    {
        FormatFamily family = Catalogue.Find(name)!;
        BlockResult result = null!;
        byte[] last = [];
        Guarded(
            scratch => result = Block.Run(family, Seed, block: 0, family.TestInputs, scratch, before: file => last = file),
            () => Kept(name, "hangs", last)
        );
        Assert.Empty(result.Finds.Select(f => $"{f.Cause} ({Kept(name, f.Cause, family.Complete(f.Raw))})\n{f.Detail}"));
        // A family whose inputs all end alike tests nothing but its front door.
        Assert.True(result.Accepted > family.TestInputs / 100, $"only {result.Accepted} of {family.TestInputs} inputs were accepted");
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Every_seed_is_accepted(string name)
    {
        FormatFamily family = Catalogue.Find(name)!;
        using var scratch = new Scratch();
        foreach (byte[] seed in family.Seeds) family.Read(family.Complete([.. seed]), scratch);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_fuzzing_found_stays_mended(string family, string file)
    {
        byte[] input = File.ReadAllBytes(Path.Combine(CaseFolder, family, file));
        Verdict verdict = default;
        Guarded(scratch => verdict = new Judge(Catalogue.Find(family)!, scratch, timed: false).Read(input), () => file);
        Assert.True(verdict.Kind != VerdictKind.Find, $"{verdict.Cause}\n{verdict.Detail}");
    }

    [Theory]
    [InlineData("png"), InlineData("model-zip"), InlineData("settings"), InlineData("pth-legacy")]
    public void The_same_block_has_the_same_inputs(string name)
    {
        FormatFamily family = Catalogue.Find(name)!;
        Assert.Equal(Inputs(0), Inputs(0));
        Assert.NotEqual(Inputs(0), Inputs(1));

        List<string> Inputs(long block)
        {
            List<string> inputs = [];
            using var scratch = new Scratch();
            Block.Run(family, Seed, block, family.Seeds.Count + 60, scratch, before: file => inputs.Add(Convert.ToHexString(file)));
            return inputs;
        }
    }

    // On a stack as small as any system gives a thread.
    private static void Guarded(Action<Scratch> work, Func<string> hung)
    {
        Exception? failed = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var scratch = new Scratch();
                work(scratch);
            }
            catch (Exception e)
            {
                failed = e;
            }
        }, StackBytes) { IsBackground = true };
        thread.Start();
        if (!thread.Join(Hung)) Assert.Fail($"An input hangs: {hung()}");
        if (failed is not null) throw new InvalidOperationException("The harness failed.", failed);
    }

    // The input of a find, to be looked at and to become a case.
    private static string Kept(string family, string cause, byte[] file)
    {
        var finds = new FindFolder(Path.Combine(Path.GetTempPath(), "emotionmlnet-finds"));
        finds.Save(family, cause, "", file);
        return Path.Combine(Path.GetTempPath(), "emotionmlnet-finds", family, FindFolder.NameOf(cause) + ".bin");
    }
}
