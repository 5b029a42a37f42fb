using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Runs;

/// <summary>
/// Which blocks of a pretrained network learn in which epoch, and how fast: frozen blocks at the input, gradual unfreezing from the head
/// and a learning rate that falls from block to block (Howard and Ruder 2018, arXiv:1801.06146).
/// </summary>
internal sealed class FineTuning
{
    private readonly TrainingOptions options;
    private readonly Network network;
    private readonly int[] blocks;
    private readonly int kept;

    /// <exception cref="TrainingException">More blocks are to be frozen than there are.</exception>
    public FineTuning(TrainingOptions options, Network network)
    {
        this.options = options;
        this.network = network;
        blocks = NetworkBlocks.Find(network);
        Blocks = blocks[^1] + 1;
        kept = options.FineTuning.Freeze.Blocks;
        if (kept >= Blocks)
            throw new TrainingException(
                $"{{fineTuning.freeze}} {kept}: the network has {Blocks} blocks, of which the last, the head, must learn: give 1 to "
                    + $"{Blocks - 1}."
            );
        Frozen = -1;
    }

    /// <summary>Blocks of the network, the head included.</summary>
    public int Blocks { get; }

    /// <summary>How many of them, from the input, keep their weights now.</summary>
    public int Frozen { get; private set; }

    /// <summary>Whether anything is ever frozen.</summary>
    public bool IsStaged => kept > 0 || options.FineTuning.UnfreezeEvery is not null;

    /// <summary>Values that learn now.</summary>
    public long LearningParameters => network.Parameters.Where(p => p.Parameter.Learns).Sum(p => (long)p.Parameter.Length);

    /// <summary>Freezes and releases what belongs to an epoch.</summary>
    /// <param name="epoch">Number of the epoch, from 0.</param>
    /// <returns>Whether other blocks learn than before.</returns>
    public bool Enter(int epoch)
    {
        int frozen = options.FineTuning.UnfreezeEvery is { } every ? Math.Max(kept, Blocks - 1 - epoch / every) : kept;
        if (frozen == Frozen) return false;
        Frozen = frozen;
        for (int i = 0; i < blocks.Length; i++)
        {
            float factor = blocks[i] < frozen ? 0 : MathF.Pow(options.FineTuning.LayerDecay, Blocks - 1 - blocks[i]);
            foreach (Parameter parameter in network.Nodes[i].Layer.Parameters) parameter.LearningRateFactor = factor;
            if (network.Nodes[i].Layer is BatchNorm norm) norm.Frozen = options.FineTuning.FreezeNorm || blocks[i] < frozen;
        }
        return true;
    }
}
