using EmotionMLNet.Layers;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Networks;

/// <summary>Operations and least memory traffic of the steps of a <see cref="TrainingPlan"/>.</summary>
internal sealed class TrainingCosts(Network network, TrainingMemory memory)
{
    /// <summary>A step's profile from the times of its passes.</summary>
    public TrainingStepProfile Of(ITrainingStep step, int batch, (TimeSpan Forward, TimeSpan BackwardWeights, TimeSpan BackwardData) times)
    {
        int first = step.Nodes[0], last = step.Nodes[^1];
        Layer layer = network.Nodes[first].Layer;
        bool differentiated = memory.NeedsGradient[first], weighted = layer is IWeightedLayer;
        long products = batch * layer.MultiplyAdds(network.InputShapes(first)), parameters = layer.Parameters.Sum(p => (long)p.Length);
        long inputs = batch * network.InputShapes(first).Sum(s => (long)s.Length), output = (long)batch * network.ShapeOf(last).Length;
        long gradients = batch * network.Nodes[first].Inputs.Where(j => j != Network.Input && memory.NeedsGradient[j]).Sum(j => (long)network.ShapeOf(j).Length);
        long saved = layer.SavedFloats(network.InputShapes(first), batch);
        long read = weighted ? parameters : saved + (layer.Reads.HasFlag(BackwardReads.Inputs) ? inputs : 0) + (layer.Reads.HasFlag(BackwardReads.Output) ? output : 0);
        return new TrainingStepProfile(Describe(step), Kind(step),
            new PassProfile(times.Forward, products, sizeof(float) * (inputs + parameters + output + saved)),
            differentiated && weighted ? new PassProfile(times.BackwardWeights, products, sizeof(float) * (inputs + output + parameters)) : default,
            differentiated ? new PassProfile(times.BackwardData, gradients > 0 ? products : 0, sizeof(float) * (output + read + gradients)) : default,
            sizeof(float) * (saved + (memory.Keeps(last) ? output : 0)));
    }

    private string Kind(ITrainingStep step)
        => $"{string.Join(" + ", step.Nodes.Select(i => network.Nodes[i].Layer.GetType().Name))}{(step.Algorithm.Length > 0 ? $", {step.Algorithm}" : "")}";

    private string Describe(ITrainingStep step)
    {
        Shape x = network.InputShapes(step.Nodes[0])[0];
        string layers = string.Join(" + ", step.Nodes.Select(i => network.Nodes[i].Layer));
        return $"{network.Nodes[step.Nodes[0]].Name}: {x} {layers}{(step.Algorithm.Length > 0 ? $", {step.Algorithm}" : "")}";
    }
}
