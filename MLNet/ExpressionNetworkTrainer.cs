using System.Globalization;
using EmotionMLNet.MLNet.Scoring;
using EmotionMLNet.MLNet.Training;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace EmotionMLNet.MLNet;

/// <summary>
/// An estimator that trains a network to predict the expression label that annotators would give a picture. It takes a key label and a
/// column of pictures, as ML.NET's multiclass trainers take features, and adds Score and a key PredictedLabel.
/// </summary>
/// <remarks>
/// Its transformer consists of ML.NET's own steps, so a saved model loads wherever ML.NET, ImageAnalytics and OnnxTransformer are. The same
/// options, rows and machine give the same bits, in each Fit. Rows without a label or without a picture, and pictures that cannot be
/// decoded, are left out, and the log says so. A Fit is not meant for several threads at once: each uses all cores.
/// </remarks>
/// <example>
/// <code>
/// var pipeline = mlContext.Transforms.Conversion.MapValueToKey("Label")
///     .Append(mlContext.ExpressionNetwork(new() { FeatureColumnName = "ImageSource", Epoch = 30 }))
///     .Append(mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
/// </code>
/// </example>
public sealed class ExpressionNetworkTrainer : IEstimator<TransformerChain<ITransformer>>
{
    private const string ChannelName = "ExpressionNetwork";

    private readonly MLContext context;
    private readonly ExpressionNetworkOptions options;

    internal ExpressionNetworkTrainer(MLContext context, ExpressionNetworkOptions options)
    {
        this.context = context;
        this.options = options.Copy();
        if (options.From is null && options.Backbone is null) ExpressionTrainer.Recommend(options.Arch);
    }

    /// <summary>Trains on a view, which is read once.</summary>
    /// <param name="input">With the label and the pictures.</param>
    /// <returns>The steps that add Score and PredictedLabel.</returns>
    /// <exception cref="ArgumentException">Options cannot be used, or the view lacks a column or has it of another type.</exception>
    /// <exception cref="TrainingException">The pictures are too few or of one label, or the loss became no number.</exception>
    /// <exception cref="InvalidOperationException">ONNX Runtime, which ML.NET's steps run on, is not there.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before there was anything to keep.</exception>
    public TransformerChain<ITransformer> Fit(IDataView input) => Fit(input, options.ValidationSet);

    /// <summary>Trains on a view, and chooses the best epoch on another.</summary>
    /// <param name="validation">With the same columns; null takes a share of the others, as the options say.</param>
    /// <inheritdoc cref="Fit(IDataView)"/>
    public TransformerChain<ITransformer> Fit(IDataView input, IDataView? validation)
    {
        ArgumentNullException.ThrowIfNull(input);
        var columns = new TrainingColumns(input.Schema, options);
        using IChannel channel = ((IChannelProvider)context).Start(ChannelName);
        TrainedModel trained;
        try
        {
            trained = Train(columns, input, validation, channel);
        }
        catch (TrainingException e)
        {
            throw TrainingColumns.Rename(e);
        }
        channel.Info(MessageSensitivity.None, $"{trained.EndReason}; validation: {trained.Validation}");
        options.TrainedCallback?.Invoke(trained);
        return columns.CreateSteps(context, trained);
    }

    /// <summary>The columns of the data behind the estimator.</summary>
    /// <exception cref="ArgumentException">A column is missing, or of a type that cannot be trained on.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return Shapes.OfTrainer(context, inputSchema, options);
    }

    private TrainedModel Train(TrainingColumns columns, IDataView input, IDataView? validation, IChannel channel)
    {
        var rows = new LabelledRows(columns.Keys, options.FeatureColumnName, options.CancellationToken);
        bool choosesOnTrain = validation is null && options.ValidationSetFraction is null;
        var trainer = new ExpressionTrainer(columns.Settings)
        {
            RunFolder = options.WorkspacePath is { } workspace ? FreeFolder(workspace) : null,
            Messages = new MessageLog(channel),
        };
        SourceListing List(ImagePreprocessing preprocessing) => rows.List(input, validation, choosesOnTrain, preprocessing);
        return trainer.Fit(List, "the view", new EpochLog(channel, options.MetricsCallback), options.CancellationToken);
    }

    // Cross-validation and a second Fit have folders of their own.
    private static string FreeFolder(string workspace)
    {
        for (int i = 1; ; i++)
        {
            string folder = Path.Combine(workspace, string.Create(CultureInfo.InvariantCulture, $"fit-{i:000}"));
            if (!Directory.Exists(folder)) return folder;
        }
    }

    /// <summary>Epochs in ML.NET's log, and for the caller.</summary>
    private sealed class EpochLog(IChannel channel, Action<TrainingEpoch>? callback) : IProgress<TrainingEpoch>
    {
        public void Report(TrainingEpoch value)
        {
            channel.Info(
                MessageSensitivity.None,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"epoch {value.Epoch} of {value.Epochs}: training loss {value.TrainLoss:0.000}, validation loss "
                        + $"{value.ValidationLoss:0.000}, accuracy {value.ValidationAccuracy:P1}{(value.IsBest ? ", best so far" : "")}"
                )
            );
            callback?.Invoke(value);
        }
    }
}
