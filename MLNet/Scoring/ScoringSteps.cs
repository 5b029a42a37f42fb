using EmotionMLNet.MLNet.Pictures;
using EmotionMLNet.MLNet.Training;
using EmotionMLNet.MLNetZip;
using Microsoft.ML.Data;
using Microsoft.ML;

namespace EmotionMLNet.MLNet.Scoring;

/// <summary>What scoring reads and writes, whoever does it.</summary>
/// <param name="Model">Network and manifest.</param>
/// <param name="Input">The column of pictures.</param>
/// <param name="Kind">How it holds them.</param>
/// <param name="Score">Receives the probabilities.</param>
/// <param name="PredictedLabel">Receives the label.</param>
/// <param name="Label">What the label was called in training.</param>
/// <param name="Keys">What the label is.</param>
/// <param name="HasOtherScore">Whether the data have a column Score of their own.</param>
internal sealed record ScoringSteps(
    ModelZip Model, string Input, PictureKind Kind, string Score, string PredictedLabel, string Label, PredictedKeys Keys,
    bool HasOtherScore)
{
    public int Classes => Keys.Names.Count;
}

/// <summary>The predicted label: its names, the key that says them, and whether it is handed out as that key or as a text.</summary>
/// <param name="Names">In the order of the scores.</param>
/// <param name="Type">The key.</param>
/// <param name="Annotations">Its values; empty where keys are numbers.</param>
/// <param name="AsKey">A key, else a text.</param>
internal sealed record PredictedKeys(
    IReadOnlyList<string> Names, KeyDataViewType Type, DataViewSchema.Annotations Annotations, bool AsKey)
{
    /// <summary>The keys of a training label, of whatever type their values are.</summary>
    public static PredictedKeys Of(LabelKeys keys)
        => new(keys.Names, new KeyDataViewType(typeof(uint), keys.Names.Count), keys.Annotations(), AsKey: true);

    /// <summary>Keys of texts.</summary>
    public static PredictedKeys Of(IReadOnlyList<string> labels, bool asKey)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        AddTexts(builder, "KeyValues", labels);
        return new(labels, new KeyDataViewType(typeof(uint), labels.Count), builder.ToAnnotations(), asKey);
    }

    /// <summary>Adds texts as an annotation.</summary>
    public static void AddTexts(DataViewSchema.Annotations.Builder builder, string kind, IReadOnlyList<string> texts)
    {
        ReadOnlyMemory<char>[] values = [.. texts.Select(t => t.AsMemory())];
        builder.Add(
            kind,
            new VectorDataViewType(TextDataViewType.Instance, values.Length),
            (ValueGetter<VBuffer<ReadOnlyMemory<char>>>)((ref VBuffer<ReadOnlyMemory<char>> to) =>
                to = new VBuffer<ReadOnlyMemory<char>>(values.Length, values))
        );
    }
}
