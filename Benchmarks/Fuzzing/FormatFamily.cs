using EmotionMLNet.Benchmarks.Fuzzing.Mutation;

namespace EmotionMLNet.Benchmarks.Fuzzing;

/// <summary>One format that the product reads: seeds, how they are changed, and what reads the result.</summary>
/// <remarks>
/// What is changed is the raw form, and <see cref="Complete"/> makes a file of it: checksums, lengths and hashes that stand between a
/// change and the code behind them are put right there. A minimised find is a raw form; what is kept of it is the file.
/// </remarks>
internal abstract class FormatFamily(string name)
{
    public string Name { get; } = name;

    /// <summary>Raw forms of inputs that are accepted.</summary>
    public abstract IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>Inputs of a block, which is the unit that is repeated and resumed: a second or a few of work.</summary>
    public virtual int BlockInputs => 20_000;

    /// <summary>Inputs in the test suite.</summary>
    public virtual int TestInputs => 3000;

    /// <summary>A changed copy.</summary>
    /// <param name="raw">A seed, or what was made of one.</param>
    /// <param name="random">Decides.</param>
    /// <param name="other">Another raw form whose pieces may be taken over.</param>
    public abstract byte[] Mutate(ReadOnlySpan<byte> raw, FuzzRandom random, ReadOnlySpan<byte> other);

    /// <summary>The file.</summary>
    public virtual byte[] Complete(byte[] raw) => raw;

    /// <summary>Reads a file as the product does, and uses what comes out.</summary>
    /// <param name="file">As <see cref="Complete"/> made it, or a case.</param>
    /// <param name="scratch">Of the calling thread.</param>
    /// <returns>A coarse figure of what came out: inputs that give a new one are changed further.</returns>
    /// <exception cref="BrokenPromiseException">It was accepted, and something that must hold does not.</exception>
    public abstract ulong Read(byte[] file, Scratch scratch);

    /// <summary>Whether the readers document this exception besides those of the whole product.</summary>
    public virtual bool Documents(Exception exception) => false;
}

/// <summary>An input was accepted, and what came out of it is not what the product promises.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);
