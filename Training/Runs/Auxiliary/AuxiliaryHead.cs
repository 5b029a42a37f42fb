using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Training.Transfer;

namespace EmotionMLNet.Training.Runs.Auxiliary;

/// <summary>
/// A second task for the same features (multitask learning, Caruana 1997, doi 10.1023/A:1007379606734): the last layer gets more outputs
/// while the network learns, and loses them when it is saved. The outputs of the labels never see the other targets; only the features
/// below learn from both.
/// </summary>
internal static class AuxiliaryHead
{
    /// <summary>
    /// The network with <paramref name="outputs"/> more logits behind its own; all other layers are shared, and its own outputs begin as
    /// they are.
    /// </summary>
    /// <param name="network">A network of at least two logits.</param>
    /// <param name="outputs">Number of outputs, at least 1.</param>
    /// <param name="seed">The seed of the new weights.</param>
    /// <exception cref="TrainingException">The network has one logit, or no layer that could have more outputs.</exception>
    public static Network Widen(Network network, int outputs, int seed)
    {
        if (network.Head == OutputHead.Sigmoid)
            throw new TrainingException(
                "{trainingSet.auxiliary}: a network with one sigmoid output cannot learn a second task; give another architecture."
            );
        Network widened = HeadReplacement.Replace(network, network.Classes + outputs, network.Head, options: null, seed);
        foreach (((_, Parameter own), (_, Parameter wide)) in network.Parameters.Zip(widened.Parameters))
            if (own != wide) own.Values.CopyTo(wide.Values, 0); // a row an output, the labels' first
        return widened;
    }

    /// <summary>Copies what the network has in common with a widened one, or with one of its own construction.</summary>
    /// <param name="values">The widened network's, array by array.</param>
    /// <param name="network">Receives them.</param>
    public static void CopyTo(IEnumerable<float[]> values, Network network)
    {
        foreach ((float[] from, (_, Parameter to)) in values.Zip(network.Parameters)) from.AsSpan(0, to.Values.Length).CopyTo(to.Values);
    }
}
