using EmotionMLNet.Faces;
using EmotionMLNet.MLNet.Pictures;
using EmotionMLNet.MLNet.Scoring;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Options;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace EmotionMLNet.MLNet.Training;

/// <summary>What an estimator learns from: a label column and a column of pictures of a view, and the settings for them.</summary>
internal sealed class TrainingColumns
{
    private readonly ExpressionNetworkOptions options;
    private readonly PictureKind kind;
    private readonly bool hasOtherScore, own;

    /// <param name="schema">Of the training view.</param>
    /// <param name="options">Which columns, and how is trained.</param>
    /// <exception cref="ArgumentException">Options cannot be used, or the view lacks a column or has it of another type.</exception>
    /// <exception cref="InvalidOperationException">ONNX Runtime, which ML.NET's steps run on, is not there.</exception>
    public TrainingColumns(DataViewSchema schema, ExpressionNetworkOptions options)
    {
        this.options = options;
        Keys = LabelKeys.Of(schema, options.LabelColumnName);
        kind = PictureColumn.Of(schema, options.FeatureColumnName).Kind;
        Settings = TrainerSettings.Resolve(options, Keys.Names);
        bool cuts = Settings.Data.Faces == FaceSearch.Largest;
        if (cuts && kind != PictureKind.Path)
            throw new ArgumentException(
                $"Faces are looked for in files, and {options.FeatureColumnName} has no paths: give a column of paths, or no Detector.",
                nameof(schema)
            );
        own = options.UseOwnEngine || cuts || kind == PictureKind.Bytes;
        hasOtherScore = schema.GetColumnOrNull("Score") is not null;
        if (!own) StockSteps.RequireRuntime();
    }

    /// <summary>What the label's keys stand for.</summary>
    public LabelKeys Keys { get; }

    /// <summary>All settings of a training.</summary>
    public TrainingOptions Settings { get; }

    /// <summary>The steps that add Score and PredictedLabel by a trained model.</summary>
    public TransformerChain<ITransformer> CreateSteps(MLContext context, TrainedModel trained)
    {
        var steps = new ScoringSteps(trained.Zip, options.FeatureColumnName, kind, options.ScoreColumnName,
            options.PredictedLabelColumnName, options.LabelColumnName, PredictedKeys.Of(Keys), hasOtherScore);
        return own
            ? new TransformerChain<ITransformer>(new ExpressionScoringTransformer(steps, trained.Classifier, new ScoreExpressionOptions()))
            : StockSteps.Create(context, steps);
    }

    /// <summary>An exception with settings under the names that users of the estimators know.</summary>
    public static TrainingException Rename(TrainingException e)
    {
        string message = TrainerSettings.Renamed(e.Template);
        return e is TrainingFailedException ? new TrainingFailedException(message, e) : new TrainingException(message, e);
    }
}
