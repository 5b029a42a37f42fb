using Microsoft.ML;
using Microsoft.ML.Data;

namespace EmotionMLNet.MLNet.Scoring;

/// <summary>The scores of the present row, for getters.</summary>
/// <param name="keys">The label's names.</param>
internal sealed class Scored(PredictedKeys keys)
{
    private readonly ReadOnlyMemory<char>[] names = [.. keys.Names.Select(n => n.AsMemory())];
    private Prediction? prediction;

    /// <summary>Takes the scores of a row; null is a row without a picture.</summary>
    public void Set(Prediction? value) => prediction = value;

    /// <summary>The getter of one of the two columns.</summary>
    /// <param name="isScore">The probabilities, else the label.</param>
    /// <param name="update">Called before each value is read.</param>
    public Delegate Getter(bool isScore, Action update)
    {
        if (isScore)
            return (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
            {
                update();
                CopyScores(ref value);
            });
        return keys.AsKey
            ? (ValueGetter<uint>)((ref uint value) =>
            {
                update();
                value = prediction is null ? 0 : (uint)Best() + 1;
            })
            : (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) =>
            {
                update();
                value = prediction is null ? default : names[Best()];
            });
    }

    private void CopyScores(ref VBuffer<float> value)
    {
        VBufferEditor<float> editor = VBufferEditor.Create(ref value, names.Length);
        if (prediction is null) editor.Values.Fill(float.NaN);
        else
            for (int c = 0; c < names.Length; c++) editor.Values[c] = prediction.Scores[c].Probability;
        value = editor.Commit();
    }

    private int Best()
    {
        IReadOnlyList<LabelScore> scores = prediction!.Scores;
        int best = 0;
        for (int c = 1; c < scores.Count; c++)
            if (scores[c].Probability > scores[best].Probability) best = c;
        return best;
    }
}
