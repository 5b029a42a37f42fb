using EmotionMLNet.MLNet.Pictures;
using Microsoft.ML;
using Microsoft.ML.Data;
using Column = Microsoft.ML.SchemaShape.Column;

namespace EmotionMLNet.MLNet.Scoring;

/// <summary>Columns of an estimator before there are data. Only ML.NET can make one: it does so of a loader's schema.</summary>
internal static class Shapes
{
    /// <summary>The shape behind the trainer.</summary>
    public static SchemaShape OfTrainer(MLContext context, SchemaShape input, ExpressionNetworkOptions options)
    {
        CheckPictures(input, options.FeatureColumnName);
        Column label = Find(input, options.LabelColumnName, "label column");
        if (!label.IsKey || label.Kind != Column.VectorKind.Scalar)
            throw new ArgumentException(
                $"The label column '{options.LabelColumnName}' is no key, and a key is wanted: put Conversion.MapValueToKey before.",
                nameof(input));
        string predicted = options.PredictedLabelColumnName;
        SchemaShape both = context.Transforms.CopyColumns(predicted, label.Name).GetOutputSchema(new SchemaShape([label]));
        Column score = Find(Added(options.ScoreColumnName, predicted, asKey: true), options.ScoreColumnName, "");
        return With(input, score, Find(both, predicted, ""));
    }

    /// <summary>The shape behind a step that scores.</summary>
    public static SchemaShape OfScoring(SchemaShape input, string pictures, ScoreExpressionOptions options)
    {
        CheckPictures(input, pictures);
        SchemaShape added = Added(options.ScoreColumnName, options.PredictedLabelColumnName, options.PredictsKey);
        return With(input, Find(added, options.ScoreColumnName, ""), Find(added, options.PredictedLabelColumnName, ""));
    }

    // A shape has no numbers of classes: any will do.
    private static SchemaShape Added(string score, string predicted, bool asKey)
        => Of(ScoringSchema.WithAdded(new DataViewSchema.Builder().ToSchema(), score, predicted, PredictedKeys.Of(["a", "b"], asKey)));

    private static SchemaShape Of(DataViewSchema schema) => new SchemaOnly(schema).Append(new NoStep()).GetOutputSchema();

    private static SchemaShape With(SchemaShape input, Column score, Column predicted)
        => new([.. input.Where(c => c.Name != score.Name && c.Name != predicted.Name), score, predicted]);

    private static void CheckPictures(SchemaShape input, string name)
    {
        Column column = Find(input, name, "column of pictures");
        bool isVector = column.Kind != Column.VectorKind.Scalar;
        bool fits = isVector ? column.ItemType == NumberDataViewType.Byte : PictureColumn.KindOf(column.ItemType) is not null;
        if (!fits)
            throw new ArgumentException(
                $"The column '{name}' is {column.ItemType}, and pictures are {PictureColumn.Wanted}.", nameof(input));
    }

    private static Column Find(SchemaShape input, string name, string what)
    {
        foreach (Column column in input)
            if (column.Name == name) return column;
        throw new ArgumentException($"There is no {what} '{name}'.", nameof(input));
    }

    /// <summary>A loader that has columns and nothing to load.</summary>
    private sealed class SchemaOnly(DataViewSchema schema) : IDataLoader<IMultiStreamSource>
    {
        public DataViewSchema GetOutputSchema() => schema;

        public IDataView Load(IMultiStreamSource input) => new EmptyView(schema);

        void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException("It is for its columns alone.");
    }

    /// <summary>Adds nothing.</summary>
    private sealed class NoStep : IEstimator<ITransformer>
    {
        public ITransformer Fit(IDataView input) => new TransformerChain<ITransformer>();

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => inputSchema;
    }
}
