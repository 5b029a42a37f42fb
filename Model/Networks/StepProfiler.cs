using EmotionMLNet.Layers;

namespace EmotionMLNet.Networks;

/// <summary>Operations and least memory traffic of the steps of a <see cref="TrainingPlan"/>.</summary>
internal sealed class StepProfiler(Network network, TrainingMemory memory)
{
    /// <summary>A step's profile from the times of its passes.</summary>
    /// <param name="step">The step.</param>
    /// <param name="number">Its number in the plan.</param>
    /// <param name="batch">Images.</param>
    /// <param name="times">The times of its passes.</param>
    public TrainingStepProfile Profile(
        ITrainingStep step,
        int number,
        int batch,
        (TimeSpan Forward, TimeSpan BackwardWeights, TimeSpan BackwardData) times
    )
    {
        FusedGroup group = step.Group;
        Layer layer = network.Nodes[group.First].Layer;
        bool differentiated = memory.NeedsGradient(group.Last), weighted = layer is ProductLayer;
        long products = batch * layer.MultiplyAdds(network.InputShapes(group.First)),
            parameters = layer.Parameters.Sum(p => (long)p.Length);
        long inputs = batch * group.Inputs.Sum(j => (long)network.ShapeOf(j).Length),
            output = (long)batch * network.ShapeOf(group.Last).Length;
        long gradients = batch * group.Inputs.Where(memory.NeedsGradient).Sum(j => (long)network.ShapeOf(j).Length),
            kept = memory.KeptFloats(number);
        long saved = layer.SavedFloats(network.InputShapes(group.First), batch);
        long read = weighted
            ? parameters
            : saved
                + (group.Reads.HasFlag(BackwardReads.Inputs) ? batch * (long)network.ShapeOf(group.Inputs[0]).Length : 0)
                + (group.Reads.HasFlag(BackwardReads.Output) ? output : 0);
        return new TrainingStepProfile(
            Describe(step),
            Kind(step),
            new PassProfile(times.Forward, products, sizeof(float) * (inputs + parameters + output + saved)),
            differentiated && weighted
                ? new PassProfile(times.BackwardWeights, products, sizeof(float) * (inputs + output + parameters))
                : default,
            differentiated
                ? new PassProfile(times.BackwardData, gradients > 0 ? products : 0, sizeof(float) * (output + read + gradients))
                : default,
            sizeof(float) * kept
        );
    }

    private IEnumerable<Layer> Layers(ITrainingStep step) =>
        network.Nodes.Take(step.Group.Last + 1).Skip(step.Group.First).Select(n => n.Layer);

    private string Kind(ITrainingStep step)
        => $"{string.Join(" + ", Layers(step).Select(l => l.GetType().Name))}{(step.Algorithm.Length > 0 ? $", {step.Algorithm}" : "")}";

    private string Describe(ITrainingStep step)
    {
        Node first = network.Nodes[step.Group.First];
        return $"{first.Name}: {network.ShapeOf(first.Inputs[0])} "
            + $"{string.Join(" + ", Layers(step))}{(step.Algorithm.Length > 0 ? $", {step.Algorithm}" : "")}";
    }
}
