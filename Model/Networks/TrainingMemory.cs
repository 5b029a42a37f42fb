using EmotionMLNet.Layers;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Networks;

/// <summary>
/// Where every tensor of a training step lives. Time runs 0 ... n-1 through the groups' forward passes and n ... 2n-1 back again, so group
/// i is differentiated at 2n-1-i; a buffer lives from its first write to its last read, and dead buffers' places are reused.
/// </summary>
internal sealed class TrainingMemory
{
    private readonly Network network;
    private readonly IReadOnlyList<FusedGroup> groups;
    private readonly MemoryPlanner planner = new();
    private readonly int[] activation, gradient, saved;
    private readonly Dictionary<(int Group, int Slot), int> extra = [];
    private readonly int[] groupOf; // of each node
    private readonly int[][] consumers; // of each group's output, in order, each once
    private readonly bool[] needsGradient;
    private readonly int batch, count;
    private Arena? arena;

    /// <summary>Plans all memory.</summary>
    /// <param name="network">The graph.</param>
    /// <param name="groups">The groups of nodes that run as one, see <see cref="FusedGroup.Partition"/>.</param>
    /// <param name="batch">Most images a step.</param>
    public TrainingMemory(Network network, IReadOnlyList<FusedGroup> groups, int batch)
    {
        this.network = network;
        this.groups = groups;
        this.batch = batch;
        count = groups.Count;
        groupOf = new int[network.Nodes.Count];
        for (int i = 0; i < count; i++) groupOf.AsSpan(groups[i].First..(groups[i].Last + 1)).Fill(i);
        consumers = [.. groups.Select(g => network.Readers(g.Last).Select(reader => groupOf[reader]).Distinct().ToArray())];
        needsGradient = FindNeeds();
        activation = new int[count];
        gradient = new int[count];
        saved = new int[count];
        for (int i = 0; i < count; i++) PlanForward(i);
        for (int i = count - 1; i >= 0; i--) PlanBackward(i);
        planner.Place();
    }

    /// <summary>Floats of all activations, gradients and saved values together.</summary>
    public long Floats => planner.Total;

    private Arena Block => arena ??= new Arena(planner.Total);

    /// <summary>
    /// Whether anything that learns stands at or before a node that ends a group, so that the loss's derivative must reach it; never for
    /// the network's input.
    /// </summary>
    public bool NeedsGradient(int node) => node != Network.Input && needsGradient[groupOf[node]];

    /// <summary>The output of a node that ends a group.</summary>
    public Tensor Activation(int node) => Cut(activation[groupOf[node]], node);

    /// <summary>dLoss/dOutput of a node that ends a group.</summary>
    public Tensor Gradient(int node) => Cut(gradient[groupOf[node]], node);

    /// <summary>Where group <paramref name="group"/> leaves the gradient of its input number <paramref name="slot"/>, before it is added to
    /// what later consumers of that input wrote; null if that is the gradient itself.</summary>
    public Tensor? ExtraGradient(int group, int slot)
        => extra.TryGetValue((group, slot), out int buffer) ? Cut(buffer, groups[group].Inputs[slot]) : null;

    /// <summary>What a group's first layer keeps for the backward pass, or null.</summary>
    public Tensor? Saved(int group)
    {
        long floats = SavedFloats(group);
        return floats == 0 ? null : new Tensor(Block, planner.OffsetOf(saved[group]), 1, Shape.Vector(checked((int)floats)));
    }

    /// <summary>Floats that wait for the backward pass: the statistics of a group, and its output if somebody reads it then.</summary>
    public long KeptFloats(int group)
    {
        bool output = needsGradient[group] && groups[group].Reads.HasFlag(BackwardReads.Output)
            || consumers[group].Any(j => needsGradient[j] && groups[j].Reads.HasFlag(BackwardReads.Inputs)
                && groups[j].Inputs.Where((_, slot) => slot != groups[j].PassThrough).Contains(groups[group].Last));
        return SavedFloats(group) + (output ? FloatsOf(groups[group].Last) : 0);
    }

    private long SavedFloats(int group) =>
        network.Nodes[groups[group].First].Layer.SavedFloats(network.InputShapes(groups[group].First), batch);

    private int BackwardTime(int group) => 2 * count - 1 - group;

    private Tensor Cut(int buffer, int node) => new(Block, planner.OffsetOf(buffer), batch, network.ShapeOf(node));

    private long FloatsOf(int node) => (long)batch * network.ShapeOf(node).Length;

    private bool[] FindNeeds()
    {
        var needs = new bool[count];
        for (int i = 0; i < count; i++)
        {
            needs[i] =
                Enumerable
                    .Range(groups[i].First, groups[i].Last - groups[i].First + 1)
                    .Any(n => network.Nodes[n].Layer.Parameters.Any(p => p.Learns))
                || groups[i].Inputs.Any(j => j != Network.Input && needs[groupOf[j]]);
        }
        return needs;
    }

    private void PlanForward(int i)
    {
        FusedGroup group = groups[i];
        activation[i] = SharesInput(i) ? activation[groupOf[group.Inputs[0]]] : planner.Add(FloatsOf(group.Last), birth: i);
        for (int slot = 0; slot < group.Inputs.Count; slot++)
        {
            if (group.Inputs[slot] == Network.Input) continue;
            int buffer = activation[groupOf[group.Inputs[slot]]];
            planner.Use(buffer, i);
            if (needsGradient[i] && group.Reads.HasFlag(BackwardReads.Inputs) && slot != group.PassThrough)
                planner.Use(buffer, BackwardTime(i));
        }
        if (needsGradient[i] && group.Reads.HasFlag(BackwardReads.Output)) planner.Use(activation[i], BackwardTime(i));
        if (i == count - 1) planner.Use(activation[i], 2 * count); // the caller may read the logits after Backward
        saved[i] = planner.Add(SavedFloats(i), birth: i);
        planner.Use(saved[i], BackwardTime(i));
    }

    // A group may overwrite its input if nobody else reads it, now or in the backward pass.
    private bool SharesInput(int i)
    {
        FusedGroup group = groups[i];
        if (!group.InPlace || group.Reads.HasFlag(BackwardReads.Inputs) || group.Inputs[0] == Network.Input) return false;
        int input = groupOf[group.Inputs[0]];
        return consumers[input].Length == 1
            && group.Inputs.Count(j => j == group.Inputs[0]) == 1
            && !groups[input].Reads.HasFlag(BackwardReads.Output);
    }

    private void PlanBackward(int i)
    {
        if (!needsGradient[i]) return;
        FusedGroup group = groups[i];
        if (consumers[i].Length == 0) gradient[i] = planner.Add(FloatsOf(group.Last), birth: count - 1);
        planner.Use(gradient[i], BackwardTime(i));
        for (int slot = 0; slot < group.Inputs.Count; slot++)
        {
            int node = group.Inputs[slot];
            if (!NeedsGradient(node)) continue;
            int input = groupOf[node];
            bool first = consumers[input][^1] == i && group.Inputs.IndexOf(node) == slot;
            if (!first)
            {
                extra[(i, slot)] = slot == group.PassThrough ? gradient[i] : planner.Add(FloatsOf(node), BackwardTime(i));
                planner.Use(gradient[input], BackwardTime(i));
            }
            else if (slot == group.PassThrough || group.GradientInPlace && slot == 0)
            {
                gradient[input] = gradient[i];
            }
            else
            {
                gradient[input] = planner.Add(FloatsOf(node), BackwardTime(i));
            }
        }
    }
}

file static class ListExtensions
{
    public static int IndexOf(this IReadOnlyList<int> list, int value)
    {
        for (int i = 0; i < list.Count; i++)
            if (list[i] == value) return i;
        return -1;
    }
}
