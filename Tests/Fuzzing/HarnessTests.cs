using EmotionMLNet.Benchmarks.Fuzzing;
using EmotionMLNet.Benchmarks.Fuzzing.Mutation;
using EmotionMLNet.Benchmarks.Fuzzing.Running;
using EmotionMLNet.Imaging;

namespace EmotionMLNet.Tests.Fuzzing;

/// <summary>The fuzzer finds what it is there to find: a reader with one fault of each kind behind a header.</summary>
public sealed class HarnessTests
{
    [Theory]
    [InlineData("bytes", "IndexOutOfRangeException at FaultyFamily.Read")]
    [InlineData("promise", "promise: nothing came out")]
    [InlineData("lines", "lines: IOException at FaultyFamily.Read")]
    [InlineData("end", "EndOfStreamException at FaultyFamily.Read")]
    public void A_fault_behind_a_header_is_found_and_made_small(string fault, string cause)
    {
        var family = new FaultyFamily(fault);
        using var scratch = new Scratch();
        BlockResult result = Block.Run(family, seed: 1, block: 0, inputs: 20_000, scratch);
        Find find = Assert.Single(result.Finds);
        Assert.Equal(cause, find.Cause);
        byte[] small = Minimiser.Minimise(family, find, scratch);
        Assert.Equal(4, small.Length); // the header's three bytes and the one that is wrong
        Assert.Equal(cause, new Judge(family, scratch, timed: false).Read(small).Cause);
    }

    [Fact]
    public void A_documented_exception_is_no_find()
    {
        using var scratch = new Scratch();
        BlockResult result = Block.Run(new FaultyFamily("none"), seed: 1, block: 0, inputs: 5000, scratch);
        Assert.Empty(result.Finds);
        Assert.True(result.Accepted > 0 && result.Rejected > 0);
        Assert.Equal(5000, result.Accepted + result.Rejected);
    }

    [Fact]
    public void What_allocates_more_than_the_limit_is_found()
    {
        using var scratch = new Scratch();
        Assert.Equal("memory", new Judge(new FaultyFamily("memory"), scratch, timed: false).Read([1, 2, 3, 255]).Cause);
    }

    [Fact]
    public void What_takes_long_again_and_again_is_slow()
    {
        using var scratch = new Scratch();
        Assert.Equal("slow", new Judge(new FaultyFamily("slow"), scratch, timed: true).Read([1, 2, 3, 255]).Cause);
    }

    [Fact]
    public void Entries_come_back_out_of_any_bytes()
    {
        (string Name, byte[] Content)[] entries = [("a", [1, 2]), ("b/c", []), ("d", [.. Enumerable.Repeat((byte)'\n', 9)])];
        byte[] list = EntryList.Of(entries);
        Assert.Equal(
            entries.Select(e => $"{e.Name} {Convert.ToHexString(e.Content)}"),
            EntryList.Entries(list).Select(e => $"{e.Name} {Convert.ToHexString(e.Content)}")
        );
        var random = new FuzzRandom(1);
        for (int i = 0; i < 2000; i++) EntryList.Entries(ByteMutator.Mutate(list, random, [], list));
        Assert.Equal(list, EntryList.OfZip(new MemoryStream(EntryList.ToZip(entries))));
    }

    private sealed class FaultyFamily(string fault) : FormatFamily("faulty")
    {
        public override IReadOnlyList<byte[]> Seeds => [[1, 2, 3, 0, 0, 0, 0, 0]];

        public override byte[] Mutate(ReadOnlySpan<byte> raw, FuzzRandom random, ReadOnlySpan<byte> other) =>
            ByteMutator.Mutate(raw, random, [], other);

        public override ulong Read(byte[] file, Scratch scratch)
        {
            if (!file.AsSpan().StartsWith((ReadOnlySpan<byte>)[1, 2, 3])) throw new ImageFormatException("faulty", 0, "no header");
            if (file.Length < 4 || file[3] < 200) return (ulong)file.Length;
            switch (fault)
            {
                case "bytes": return file[file.Length];
                case "memory": return (ulong)new byte[600_000_000].Length;
                case "promise": throw new BrokenPromiseException("nothing came out");
                case "lines": throw new IOException("two\nlines");
                case "end": throw new EndOfStreamException();
                case "slow":
                    Thread.Sleep(Judge.MostTime + TimeSpan.FromMilliseconds(50));
                    return 1;
                default: return 1;
            }
        }
    }
}
