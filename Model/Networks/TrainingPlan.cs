using System.Diagnostics;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Networks;

/// <summary>
/// A network with the memory for training steps of up to <c>batch</c> images: all buffers are planned once, a step allocates nothing.
/// </summary>
internal sealed class TrainingPlan
{
    private readonly List<ITrainingStep> steps = [];
    private readonly List<Tensor> tensors = [];
    private readonly StepProfiler costs;

    /// <summary>Plans memory and creates the parameters' gradients.</summary>
    /// <param name="network">Trained in place.</param>
    /// <param name="batch">Most images a step.</param>
    /// <param name="team">Threads that every kernel is split over; not shared while a step runs.</param>
    public TrainingPlan(Network network, int batch, ThreadTeam team)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        foreach ((_, Parameter parameter) in network.Parameters)
            if (parameter.Learns) parameter.Gradient ??= new float[parameter.Length];

        IReadOnlyList<FusedGroup> groups = FusedGroup.Partition(network);
        var memory = new TrainingMemory(network, groups, batch);
        Input = Track(new Tensor(batch, network.InputShape));
        var scratch = new Arena(network.Nodes.Select((n, i) => n.Layer.ScratchFloats(network.InputShapes(i), batch, team.Threads)).Max());
        for (int i = 0; i < groups.Count; i++)
        {
            LayerContext context = Context(memory, groups[i], i, scratch, team);
            steps.Add(Step(network, groups[i], context, Sums(memory, groups[i], context, i)));
            if (i < groups.Count - 1) continue;
            Logits = context.Output;
            LogitsGradient = context.OutputGradient!;
        }
        if (LogitsGradient is null || Logits is null) throw new ArgumentException("The network has nothing to train.");
        costs = new StepProfiler(network, memory);
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
        return [.. steps.Select((s, i) => costs.Profile(s, i, Input.Batch, (best[0, i], best[1, i], best[2, i])))];
    }

    internal static void AddUp((Tensor Sum, Tensor Summand)[] sums, ThreadTeam team)
    {
        foreach ((Tensor sum, Tensor summand) in sums) Elementwise.AddTo(sum.Span, summand.Span, team);
    }

    private LayerContext Context(TrainingMemory memory, FusedGroup group, int number, Arena scratch, ThreadTeam team)
    {
        bool needed = memory.NeedsGradient(group.Last);
        return new LayerContext
        {
            Inputs = [.. group.Inputs.Select(j => j == Network.Input ? Input : Track(memory.Activation(j)))],
            Output = Track(memory.Activation(group.Last)),
            OutputGradient = needed ? Track(memory.Gradient(group.Last)) : null,
            InputGradients =
            [
                .. group.Inputs.Select(
                    (j, slot) => needed && memory.NeedsGradient(j) ? Track(memory.ExtraGradient(number, slot) ?? memory.Gradient(j)) : null
                ),
            ],
            SavedMemory = memory.Saved(number),
            ScratchMemory = scratch,
            Team = team,
            Training = true,
        };
    }

    private static ITrainingStep Step(Network network, FusedGroup group, LayerContext context, (Tensor, Tensor)[] sums)
    {
        if (network.Nodes[group.First].Layer is not BatchNorm norm)
            return new LayerStep(network.Nodes[group.First].Layer, context, group, sums);
        IEnumerable<Layer> layers = network.Nodes.Take(group.Last + 1).Skip(group.First).Select(n => n.Layer);
        UnaryLayer? activation = layers.OfType<UnaryLayer>().SingleOrDefault();
        PoolGeometry? windows = network.Nodes[group.Last].Layer is MaxPool pool ? pool.GeometryFor(network.ShapeOf(group.First)) : null;
        return (activation?.Activation ?? Activation.None).Make(new BatchNormSteps(norm, group, windows, context, sums));
    }

    // Where a tensor feeds several groups, its gradient is the sum of theirs: the last consumer writes it, the earlier ones add to it.
    private (Tensor Sum, Tensor Summand)[] Sums(TrainingMemory memory, FusedGroup group, LayerContext context, int number)
        => [.. group.Inputs.Select((input, slot) => (input, slot))
            .Where(e => memory.ExtraGradient(number, e.slot) is not null)
            .Select(e => (Track(memory.Gradient(e.input)), context.InputGradients[e.slot]!))];

    private Tensor Track(Tensor tensor)
    {
        tensors.Add(tensor);
        return tensor;
    }
}
