namespace EmotionMLNet;

/// <summary>Probability of one class.</summary>
/// <param name="Label">Class name.</param>
/// <param name="Probability">0 to 1.</param>
public readonly record struct LabelScore(string Label, float Probability);

/// <summary>The expression label that annotators would most likely give the picture; never a statement about what somebody feels.</summary>
public sealed class Prediction
{
    /// <exception cref="ModelOutputException">A score is NaN or infinite: no comparison with it says which label is the most probable.</exception>
    internal Prediction(IReadOnlyList<LabelScore> scores)
    {
        foreach (LabelScore score in scores)
            if (!float.IsFinite(score.Probability)) throw new ModelOutputException();
        Scores = scores;
        Best = scores[0];
        for (int i = 1; i < scores.Count; i++)
            if (scores[i].Probability > Best.Probability) Best = scores[i];
    }

    /// <summary>All classes in the model's label order; the probabilities sum to 1.</summary>
    public IReadOnlyList<LabelScore> Scores { get; }

    /// <summary>The most probable class; the earlier one of equals.</summary>
    public LabelScore Best { get; }

    /// <summary>Name of the most probable class.</summary>
    public string Label => Best.Label;

    /// <summary>Probability of the most probable class.</summary>
    public float Confidence => Best.Probability;
}
