using System.Diagnostics;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Networks;

/// <summary>A network with the memory for training steps of up to <c>batch</c> images: all buffers are planned once, a step allocates nothing.</summary>
internal sealed class TrainingPlan
{
    private readonly List<ITrainingStep> steps = [];
    private readonly List<Tensor> tensors = [];
    private readonly TrainingCosts costs;

    /// <summary>Plans memory and creates the parameters' gradients.</summary>
    /// <param name="network">Trained in place.</param>
    /// <param name="batch">Most images a step.</param>
    /// <param name="team">Threads that every kernel is split over; not shared while a step runs.</param>
    public TrainingPlan(Network network, int batch, ThreadTeam team)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        foreach ((_, Parameter parameter) in network.Parameters)
            if (parameter.Learns) parameter.Gradient ??= new float[parameter.Length];

        var memory = new TrainingMemory(network, batch);
        Input = Track(new Tensor(batch, network.InputShape));
        var scratch = new Arena(network.Nodes.Select((n, i) => n.Layer.ScratchFloats(network.InputShapes(i), batch, team.Threads)).Max());
        var contexts = new LayerContext[network.Nodes.Count];
        for (int i = 0; i < contexts.Length; i++) contexts[i] = Context(network, memory, i, scratch, team);
        Logits = contexts[^1].Output;
        LogitsGradient = contexts[^1].OutputGradient ?? throw new ArgumentException("The network has nothing to train.");
        for (int i = 0; i < contexts.Length; i++)
        {
            (Tensor, Tensor)[] sums = Sums(network, memory, contexts[i], i);
            if (BatchNormReLUStep.Fits(network, memory, i)) steps.Add(new BatchNormReLUStep((BatchNorm)network.Nodes[i].Layer, i, contexts[i], contexts[++i], sums));
            else steps.Add(new LayerStep(network.Nodes[i].Layer, contexts[i], node: i, sums));
        }
        costs = new TrainingCosts(network, memory);
        Bytes = sizeof(float) * (memory.Floats + scratch.Length);
        ScratchBytes = sizeof(float) * (long)scratch.Length;
    }

    /// <summary>Memory of activations, gradients of activations and scratch.</summary>
    public long Bytes { get; }

    /// <summary>The part of <see cref="Bytes"/> that kernels use while they run.</summary>
    public long ScratchBytes { get; }

    /// <summary>Normalised images, NHWC; the caller sets Batch (at most the planned one) and fills it.</summary>
    public Tensor Input { get; }

    /// <summary>[N, Outputs] after <see cref="Forward"/>.</summary>
    public Tensor Logits { get; }

    /// <summary>dLoss/dLogits; the caller fills it between <see cref="Forward"/> and <see cref="Backward"/>.</summary>
    public Tensor LogitsGradient { get; }

    /// <summary>Runs all layers in training mode on Input.Batch images.</summary>
    /// <param name="seed">Seed of this step's dropout; derived from run seed and step.</param>
    public void Forward(ulong seed)
    {
        foreach (Tensor tensor in tensors) tensor.Batch = Input.Batch;
        foreach (ITrainingStep step in steps) step.Forward(seed);
    }

    /// <summary>Fills Parameter.Gradient of every trainable parameter.</summary>
    public void Backward()
    {
        for (int i = steps.Count - 1; i >= 0; i--)
        {
            steps[i].BackwardWeights();
            steps[i].BackwardData();
        }
    }

    /// <summary>Times every pass of every step by itself, in order, so that each finds its inputs as a real step leaves them.</summary>
    /// <param name="runs">Timed runs, at least 1, after two that are not counted.</param>
    /// <param name="loss">Fills LogitsGradient between the passes.</param>
    /// <param name="update">Called after the backward pass.</param>
    public IReadOnlyList<TrainingStepProfile> Profile(int runs, Action loss, Action update)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        var best = new TimeSpan[3, steps.Count];
        for (int i = 0; i < best.Length; i++) best[i / steps.Count, i % steps.Count] = TimeSpan.MaxValue;
        foreach (Tensor tensor in tensors) tensor.Batch = Input.Batch;
        for (int run = -2; run < runs; run++)
        {
            for (int i = 0; i < steps.Count; i++) Time(0, i, () => steps[i].Forward(seed: 1));
            loss();
            for (int i = steps.Count - 1; i >= 0; i--)
            {
                Time(1, i, steps[i].BackwardWeights);
                Time(2, i, steps[i].BackwardData);
            }
            update();

            void Time(int pass, int step, Action call)
            {
                long start = Stopwatch.GetTimestamp();
                call();
                TimeSpan taken = Stopwatch.GetElapsedTime(start);
                if (run >= 0 && taken < best[pass, step]) best[pass, step] = taken;
            }
        }
        return [.. steps.Select((s, i) => costs.Of(s, Input.Batch, (best[0, i], best[1, i], best[2, i])))];
    }

    internal static void AddUp((Tensor Sum, Tensor Summand)[] sums, ThreadTeam team)
    {
        foreach ((Tensor sum, Tensor summand) in sums) Elementwise.AddTo(sum.Span, summand.Span, team);
    }

    private LayerContext Context(Network network, TrainingMemory memory, int i, Arena scratch, ThreadTeam team)
    {
        Node node = network.Nodes[i];
        bool needed = memory.NeedsGradient[i];
        return new LayerContext
        {
            Inputs = [.. node.Inputs.Select(j => j == Network.Input ? Input : Track(memory.Activation(j)))],
            Output = Track(memory.Activation(i)),
            OutputGradient = needed ? Track(memory.Gradient(i)) : null,
            InputGradients = [.. node.Inputs.Select((j, slot) => j == Network.Input || !needed || !memory.NeedsGradient[j] ? null
                : Track(memory.ExtraGradient(i, slot) ?? memory.Gradient(j)))],
            SavedMemory = memory.Saved(i),
            ScratchMemory = scratch,
            Team = team,
            Training = true,
        };
    }

    // Where a tensor feeds several nodes, its gradient is the sum of theirs: the last consumer writes it, the earlier ones add to it.
    private (Tensor Sum, Tensor Summand)[] Sums(Network network, TrainingMemory memory, LayerContext context, int i)
        => [.. network.Nodes[i].Inputs.Select((input, slot) => (input, slot))
            .Where(e => memory.ExtraGradient(i, e.slot) is not null)
            .Select(e => (Track(memory.Gradient(e.input)), context.InputGradients[e.slot]!))];

    private Tensor Track(Tensor tensor)
    {
        tensors.Add(tensor);
        return tensor;
    }
}
