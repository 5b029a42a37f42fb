using System.Globalization;

namespace EmotionMLNet.Architectures;

/// <summary>What may be changed about a network's blocks.</summary>
[Flags]
internal enum BlockChanges
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><see cref="BlockOptions.Kind"/>.</summary>
    Kind = 1,

    /// <summary><see cref="BlockOptions.SqueezeReduction"/>.</summary>
    Squeeze = 2,

    /// <summary><see cref="BlockOptions.Depths"/>.</summary>
    Depths = 4,

    /// <summary><see cref="BlockOptions.StochasticDepth"/>.</summary>
    StochasticDepth = 8,
}

/// <summary>How the convolutions of a stage are joined.</summary>
public enum BlockKind
{
    /// <summary>One behind the other.</summary>
    Plain,

    /// <summary>
    /// A shortcut around every two: He et al. 2015, arXiv:1512.03385; for faces Pramerdorfer and Kampel 2016, arXiv:1612.02903.
    /// </summary>
    Residual,
}

/// <summary>Changes of a network's blocks; what is not set is as the architecture has it.</summary>
internal sealed record BlockOptions
{
    /// <summary>Whether shortcuts lead around convolutions.</summary>
    public BlockKind Kind { get; init; }

    /// <summary>
    /// Squeeze-and-excitation (Hu et al. 2017, arXiv:1709.01507) with so many times fewer channels inside; 0 is none, the paper has 16.
    /// </summary>
    public int SqueezeReduction { get; init; }

    /// <summary>Convolutions of each stage; empty is two everywhere.</summary>
    public IReadOnlyList<int> Depths { get; init; } = [];

    /// <summary>
    /// Probability that training drops the last residual branch, less for those before it (Huang et al. 2016, arXiv:1603.09382), 0 up to
    /// below 1; null means the architecture's own.
    /// </summary>
    public float? StochasticDepth { get; init; }

    /// <summary>Whether nothing is changed.</summary>
    internal bool AreDefault => Kind == BlockKind.Plain && SqueezeReduction == 0 && Depths.Count == 0 && StochasticDepth is null;

    /// <exception cref="ArgumentException">Something does not suit the architecture.</exception>
    internal void Check(Architecture architecture, int stages)
    {
        foreach ((string name, string value, string remedy) in FindProblems(architecture, stages))
            throw new ArgumentException($"{name} is {value}: {remedy}");
    }

    /// <summary>
    /// Everything that does not suit an architecture: the setting's name, its value, a remedy. Settings in a remedy stand by their paths in
    /// braces.
    /// </summary>
    /// <param name="architecture">The architecture to be built.</param>
    /// <param name="stages">How many stages it is to have.</param>
    internal IEnumerable<(string Name, string Value, string Remedy)> FindProblems(Architecture architecture, int stages)
    {
        string own = $"{architecture.Name} has blocks of its own; leave it away",
            kind = Kind.ToString().ToLowerInvariant(),
            depths = string.Join(',', Depths);
        string squeeze = SqueezeReduction.ToString(CultureInfo.InvariantCulture);
        if (Kind != BlockKind.Plain && Lacks(BlockChanges.Kind)) yield return ("blocks", kind, own);
        if (SqueezeReduction != 0 && Lacks(BlockChanges.Squeeze)) yield return ("squeezeReduction", squeeze, own);
        else if (SqueezeReduction is < 0 or > 64) yield return ("squeezeReduction", squeeze, "give 1 up to 64, or nothing for none");
        if (Depths.Count > 0 && Lacks(BlockChanges.Depths))
            yield return ("depths", depths, $"{architecture.Name} has a depth of its own; leave it away");
        else if (Depths.Count > 0 && Depths.Count != stages)
            yield return ("depths", depths, $"give {stages} numbers, one a stage, as in {{network.widths}}");
        else if (Depths.Any(d => d is < 1 or > 16))
            yield return ("depths", depths, "give 1 to 16 convolutions a stage");
        if (StochasticDepth is not { } rate || rate == 0) yield break;
        string drops = rate.ToString(CultureInfo.InvariantCulture);
        if (!(rate is > 0 and < 1)) yield return ("stochasticDepth", drops, "give 0 (off) up to below 1");
        else if (Lacks(BlockChanges.StochasticDepth))
            yield return ("stochasticDepth", drops, $"{architecture.Name} has no residual branches that could be dropped; leave it away");
        else if (!Lacks(BlockChanges.Kind) && Kind != BlockKind.Residual)
            yield return ("stochasticDepth", drops, "only residual branches can be dropped; make {network.blocks} residual too");

        bool Lacks(BlockChanges change) => !architecture.Changes.HasFlag(change);
    }
}
