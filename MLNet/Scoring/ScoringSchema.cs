using Microsoft.ML;
using Microsoft.ML.Data;

namespace EmotionMLNet.MLNet.Scoring;

/// <summary>The columns of a view and, behind them, those that scoring adds.</summary>
internal sealed class ScoringSchema
{
    /// <param name="input">The columns of the view.</param>
    /// <param name="steps">What is added.</param>
    public ScoringSchema(DataViewSchema input, ScoringSteps steps)
    {
        Input = input;
        Output = WithAdded(input, steps.Score, steps.PredictedLabel, steps.Keys);
    }

    public DataViewSchema Input { get; }

    public DataViewSchema Output { get; }

    /// <summary>Index of the probabilities.</summary>
    public int Score => Input.Count;

    /// <summary>Index of the label.</summary>
    public int PredictedLabel => Input.Count + 1;

    /// <summary>Whether it is one of the columns that are added.</summary>
    public bool IsAdded(DataViewSchema.Column column) => column.Index >= Input.Count;

    /// <summary>The columns of the view that the wanted ones are, without what scoring needs.</summary>
    public DataViewSchema.Column[] Passed(IEnumerable<DataViewSchema.Column> wanted)
        => [.. wanted.Where(c => !IsAdded(c)).Select(c => Input[c.Index])];

    /// <summary>Some columns and those that scoring adds.</summary>
    public static DataViewSchema WithAdded(DataViewSchema input, string score, string predicted, PredictedKeys keys)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(input);
        var annotations = new DataViewSchema.Annotations.Builder();
        PredictedKeys.AddTexts(annotations, "SlotNames", keys.Names);
        AddText(annotations, "ScoreColumnKind", "MulticlassClassification");
        AddText(annotations, "ScoreValueKind", "Score");
        builder.AddColumn(score, new VectorDataViewType(NumberDataViewType.Single, keys.Names.Count), annotations.ToAnnotations());
        if (keys.AsKey) builder.AddColumn(predicted, keys.Type, keys.Annotations);
        else builder.AddColumn(predicted, TextDataViewType.Instance);
        return builder.ToSchema();
    }

    private static void AddText(DataViewSchema.Annotations.Builder builder, string kind, string text)
        => builder.AddPrimitiveValue(kind, TextDataViewType.Instance, text.AsMemory());
}
