using EmotionMLNet.Imaging;
using EmotionMLNet.MLNet.Pictures;
using EmotionMLNet.MLNet.Scoring;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace EmotionMLNet.MLNet;

/// <summary>
/// Scores pictures by EmotionMLNet's engine: a view in batches on all cores, ahead of who reads it; a row of a PredictionEngine alone.
/// </summary>
/// <remarks>
/// Thread-safe. Saved, it becomes ML.NET's own steps, which is why saving needs the native ONNX Runtime. Those steps see a decoded picture
/// in the column Image where here a column of encoded files is read, as the model zips of EmotionMLNet do.
/// They find no faces, so a step that does so cannot be saved.
/// A missing picture (null, an empty path, no bytes) gives scores of NaN and no label, and so does a photograph in which faces were looked
/// for and none was found. A picture that cannot be read or decoded throws, unless the options skip it.
/// </remarks>
public sealed class ExpressionScoringTransformer : ITransformer
{
    private readonly ScoringSteps steps;
    private readonly EmotionClassifier classifier;
    private readonly ScoreExpressionOptions options;

    internal ExpressionScoringTransformer(ScoringSteps steps, EmotionClassifier classifier, ScoreExpressionOptions options)
    {
        this.steps = steps;
        this.classifier = classifier;
        this.options = options;
    }

    /// <summary>Class names, in the order of the scores.</summary>
    public IReadOnlyList<string> Labels => steps.Keys.Names;

    /// <inheritdoc/>
    bool ITransformer.IsRowToRowMapper => true;

    internal ScoringSteps Steps => steps;

    internal EmotionClassifier Classifier => classifier;

    internal ScoreExpressionOptions Options => options;

    /// <summary>The columns behind this step.</summary>
    /// <exception cref="ArgumentException">The pictures are missing, or of another type than in Fit.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        Column(inputSchema);
        return new ScoringSchema(inputSchema, steps).Output;
    }

    /// <summary>A view with scores and labels, which are made when rows are asked for.</summary>
    /// <exception cref="ArgumentException">The pictures are missing, or of another type than in Fit.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new ScoredView(this, input, Column(input.Schema));
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => new ScoringMapper(this, inputSchema, Column(inputSchema));

    void ICanSaveModel.Save(ModelSaveContext ctx) => ((ICanSaveModel)ToStockSteps(new MLContext())).Save(ctx);

    /// <summary>ML.NET's own steps with the same model: what is saved.</summary>
    /// <param name="context">They run in it.</param>
    /// <exception cref="InvalidOperationException">The native ONNX Runtime is not there, or faces are looked for.</exception>
    public TransformerChain<ITransformer> ToStockSteps(MLContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (classifier.Faces != FaceSearch.Off)
            throw new InvalidOperationException(
                "ML.NET's own steps cannot look for faces, and would score whole photographs: set Faces to Off, or keep this step in code."
            );
        return StockSteps.Create(context, steps);
    }

    /// <summary>The result of a row, or what a row without one gives.</summary>
    /// <param name="prediction">What the network said.</param>
    /// <param name="exception">Why it said nothing.</param>
    /// <param name="row">From 0.</param>
    /// <exception cref="InvalidOperationException">The picture cannot be read or decoded, and such are not skipped.</exception>
    internal Prediction? Result(Prediction? prediction, Exception? exception, long row)
    {
        if (prediction is not null) return prediction.HasFace ? prediction : null;
        if (exception is MissingPictureException) return null;
        bool isPicture = exception is EmotionMLNetException or IOException or UnauthorizedAccessException;
        if (isPicture && options.SkipUnreadable && exception is not ModelOutputException) return null;
        throw isPicture
            ? new InvalidOperationException($"Row {row + 1}, column '{steps.Input}': {exception!.Message}", exception)
            : exception!;
    }

    private PictureColumn Column(DataViewSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        PictureColumn column = PictureColumn.Of(schema, steps.Input);
        return column.Kind == steps.Kind
            ? column
            : throw new ArgumentException(
                $"The column '{steps.Input}' is {column.Column.Type}, and was of another type in Fit.", nameof(schema));
    }
}
