using EmotionMLNet.Imaging;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;

namespace EmotionMLNet.Benchmarks.Fuzzing.Families;

/// <summary>What is done with a model that was accepted: a picture is classified, as far as its network is small.</summary>
internal static class ModelUse
{
    private const long MostWork = 2_000_000, MostFloats = 2_000_000;

    private static readonly Image Picture = new(5, 3, 3, [.. Enumerable.Range(0, 45).Select(i => (byte)(5 * i))]);

    /// <returns>A coarse figure of what the model is.</returns>
    /// <exception cref="BrokenPromiseException">A score is no number.</exception>
    public static ulong Classify(ModelZip model)
    {
        Network network = model.Network;
        long floats = network.InputShape.Length;
        ulong kinds = 0;
        for (int i = 0; i < network.Nodes.Count; i++)
        {
            floats += network.ShapeOf(i).Length;
            kinds = (kinds + (ulong)(uint)network.Nodes[i].Layer.GetType().Name.Length) * 31;
        }
        // A large network takes what its size takes; that is no fault of the reader.
        if (network.MultiplyAdds > MostWork || floats > MostFloats || floats < 0) return kinds;
        Prediction prediction = EmotionClassifier.From(model).Classify(Picture);
        foreach (LabelScore score in prediction.Scores)
            if (!float.IsFinite(score.Probability)) throw new BrokenPromiseException("a label whose score is no number");
        return kinds + (ulong)prediction.Scores.Count;
    }
}
