using EmotionMLNet.MLNet.Pictures;
using EmotionMLNet.MLNet.Scoring;
using EmotionMLNet.MLNetZip;
using Microsoft.ML;

namespace EmotionMLNet.MLNet;

/// <summary>Learns nothing: it binds a model to the type of the picture column.</summary>
public sealed class ScoreExpressionEstimator : IEstimator<ExpressionScoringTransformer>
{
    private readonly ModelZip model;
    private readonly EmotionClassifier classifier;
    private readonly string input;
    private readonly ScoreExpressionOptions options;

    internal ScoreExpressionEstimator(string zip, string input, ScoreExpressionOptions options)
    {
        if (options.Faces == FaceSearch.All)
            throw new ArgumentException("A row has one label, and a picture may have many faces: set Faces to Largest.", nameof(options));
        model = ModelZip.Load(zip);
        this.input = input;
        this.options = options.Copy();
        classifier = EmotionClassifier.From(
            model,
            new EmotionClassifierOptions { Reader = options.Reader, Detector = options.Detector, Faces = options.Faces }
        );
    }

    /// <summary>Binds the model to a view; no row is read.</summary>
    /// <exception cref="ArgumentException">The view has no such column, or it holds no pictures.</exception>
    public ExpressionScoringTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        PictureColumn column = PictureColumn.Of(input.Schema, this.input);
        return new ExpressionScoringTransformer(
            new ScoringSteps(model, this.input, column.Kind, options.ScoreColumnName, options.PredictedLabelColumnName,
                "Label", PredictedKeys.Of(model.Manifest.Labels, options.PredictsKey),
                HasOtherScore: input.Schema.GetColumnOrNull("Score") is not null),
            classifier,
            options);
    }

    /// <summary>The columns of the data behind the step.</summary>
    /// <exception cref="ArgumentException">A column is missing, or of a type that holds no pictures.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return Shapes.OfScoring(inputSchema, input, options);
    }
}
