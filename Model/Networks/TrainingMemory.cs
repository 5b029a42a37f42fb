using EmotionMLNet.Layers;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Networks;

/// <summary>
/// Where every tensor of a training step lives. Time runs 0 ... n-1 through the forward pass and n ... 2n-1 back again, so node i is
/// differentiated at 2n-1-i; a buffer lives from its first write to its last read, and dead buffers' places are reused.
/// </summary>
internal sealed class TrainingMemory
{
    private readonly Network network;
    private readonly int count;
    private readonly MemoryPlanner planner = new();
    private readonly int[] activation, gradient, saved;
    private readonly Dictionary<(int Node, int Slot), int> extra = [];
    private readonly int[][] consumers;
    private readonly int batch;
    private Arena? arena;

    public TrainingMemory(Network network, int batch)
    {
        (this.network, this.batch, count) = (network, batch, network.Nodes.Count);
        consumers = [.. Enumerable.Range(0, count).Select(i => Enumerable.Range(i + 1, count - i - 1).Where(j => network.Nodes[j].Inputs.Contains(i)).ToArray())];
        NeedsGradient = FindNeeds();
        activation = new int[count];
        gradient = new int[count];
        saved = new int[count];
        for (int i = 0; i < count; i++) PlanForward(i);
        for (int i = count - 1; i >= 0; i--) PlanBackward(i);
        planner.Place();
    }

    /// <summary>Whether anything that learns stands at or before a node, so that the loss's derivative must reach it.</summary>
    public bool[] NeedsGradient { get; }

    /// <summary>Floats of all activations, gradients and saved values together.</summary>
    public long Floats => planner.Total;

    /// <summary>Nodes that read node i's output.</summary>
    public ReadOnlySpan<int> ConsumersOf(int node) => consumers[node];

    public Tensor Activation(int node) => Cut(activation[node], network.ShapeOf(node));

    public Tensor Gradient(int node) => Cut(gradient[node], network.ShapeOf(node));

    /// <summary>Where node <paramref name="node"/> writes the gradient of its input number <paramref name="slot"/>, before it is added to
    /// what later consumers of that input wrote; null if it may write to the gradient itself.</summary>
    public Tensor? ExtraGradient(int node, int slot)
        => extra.TryGetValue((node, slot), out int buffer) ? Cut(buffer, network.ShapeOf(network.Nodes[node].Inputs[slot])) : null;

    /// <summary>Whether a node's output is kept for the backward pass, for the node itself or for one that reads it.</summary>
    public bool Keeps(int node)
        => NeedsGradient[node] && network.Nodes[node].Layer.Reads.HasFlag(BackwardReads.Output)
            || consumers[node].Any(j => NeedsGradient[j] && network.Nodes[j].Layer.Reads.HasFlag(BackwardReads.Inputs));

    public Tensor? Saved(int node)
    {
        long floats = network.Nodes[node].Layer.SavedFloats(network.InputShapes(node), batch);
        return floats == 0 ? null : new Tensor(Block, planner.OffsetOf(saved[node]), 1, Shape.Vector(checked((int)floats)));
    }

    private Arena Block => arena ??= new Arena(planner.Total);

    private int BackwardTime(int node) => 2 * count - 1 - node;

    private Tensor Cut(int buffer, Shape shape) => new(Block, planner.OffsetOf(buffer), batch, shape);

    private bool[] FindNeeds()
    {
        var needs = new bool[count];
        for (int i = 0; i < count; i++)
            needs[i] = network.Nodes[i].Layer.Parameters.Any(p => p.Learns) || network.Nodes[i].Inputs.Any(j => j != Network.Input && needs[j]);
        return needs;
    }

    private void PlanForward(int i)
    {
        Node node = network.Nodes[i];
        activation[i] = SharesInput(i) ? activation[node.Inputs[0]] : planner.Add((long)batch * network.ShapeOf(i).Length, birth: i);
        foreach (int input in node.Inputs)
        {
            if (input == Network.Input) continue;
            planner.Use(activation[input], i);
            if (NeedsGradient[i] && node.Layer.Reads.HasFlag(BackwardReads.Inputs)) planner.Use(activation[input], BackwardTime(i));
        }
        if (NeedsGradient[i] && node.Layer.Reads.HasFlag(BackwardReads.Output))
        {
            // One step longer where the output overwrote the input: a plan may differentiate both layers at once, at the earlier node's time.
            planner.Use(activation[i], BackwardTime(SharesInput(i) ? node.Inputs[0] : i));
        }
        if (i == count - 1) planner.Use(activation[i], 2 * count); // the caller may read the logits after Backward
        saved[i] = planner.Add(node.Layer.SavedFloats(network.InputShapes(i), batch), birth: i);
        planner.Use(saved[i], BackwardTime(i));
    }

    // A layer may overwrite its input if nobody else reads it, now or in the backward pass.
    private bool SharesInput(int i)
    {
        Node node = network.Nodes[i];
        if (!node.Layer.InPlace || node.Layer.Reads.HasFlag(BackwardReads.Inputs)) return false;
        int input = node.Inputs[0];
        return input != Network.Input && consumers[input].Length == 1 && !network.Nodes[input].Layer.Reads.HasFlag(BackwardReads.Output);
    }

    private void PlanBackward(int i)
    {
        if (!NeedsGradient[i]) return;
        Node node = network.Nodes[i];
        if (consumers[i].Length == 0) gradient[i] = planner.Add((long)batch * network.ShapeOf(i).Length, birth: count - 1);
        planner.Use(gradient[i], BackwardTime(i));
        for (int slot = 0; slot < node.Inputs.Count; slot++)
        {
            int input = node.Inputs[slot];
            if (input == Network.Input || !NeedsGradient[input]) continue;
            long floats = (long)batch * network.ShapeOf(input).Length;
            bool first = consumers[input][^1] == i && node.Inputs.IndexOf(input) == slot;
            if (!first)
            {
                extra[(i, slot)] = planner.Add(floats, BackwardTime(i));
                planner.Use(gradient[input], BackwardTime(i));
            }
            else if (node.Layer.InPlace && slot == 0)
            {
                gradient[input] = gradient[i];
            }
            else
            {
                gradient[input] = planner.Add(floats, BackwardTime(i));
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
