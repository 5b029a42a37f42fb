using EmotionMLNet.MLNet.Scoring;
using EmotionMLNet.MLNet.Training;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Tuning;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace EmotionMLNet.MLNet;

/// <summary>
/// An estimator that searches the settings of <see cref="ExpressionNetworkTrainer"/>, confirms the best ones with fresh seeds, and returns
/// the steps of the recommended model: that of the defaults where no gain is shown.
/// </summary>
/// <remarks>
/// The view is read once. Pictures that are no files become files for the time of the search, in its folder or in a temporary one. Without
/// a limit of time, the same options, rows and machine give the same bits.
/// </remarks>
/// <example>
/// <code>
/// var options = new ExpressionTuningOptions
/// {
///     Network = new() { FeatureColumnName = "ImageSource" },
///     TrainingTimeInSeconds = 3600,
///     TunedCallback = result => Console.WriteLine(result.Reason),
/// };
/// var pipeline = mlContext.Transforms.Conversion.MapValueToKey("Label").Append(mlContext.ExpressionTuning(options));
/// </code>
/// </example>
public sealed class ExpressionTuner : IEstimator<TransformerChain<ITransformer>>
{
    private const string ChannelName = "ExpressionTuning";

    private readonly MLContext context;
    private readonly ExpressionTuningOptions options;

    internal ExpressionTuner(MLContext context, ExpressionTuningOptions options)
    {
        this.context = context;
        this.options = options.Copy();
        ExpressionNetworkOptions network = options.Network;
        if (network.From is null && network.Backbone is null) ExpressionTrainer.Recommend(network.Arch);
    }

    /// <summary>Searches on a view, and returns the steps of the recommended model.</summary>
    /// <returns>The steps that add Score and PredictedLabel.</returns>
    /// <inheritdoc cref="Tune"/>
    public TransformerChain<ITransformer> Fit(IDataView input) => Tune(input).Transformer;

    /// <summary>Searches on a view.</summary>
    /// <param name="input">With the label and the pictures.</param>
    /// <param name="validation">
    /// With the same columns, to compare trials on; null takes that of the options, or a share of the others.
    /// </param>
    /// <returns>The steps, and the result of the search beside them.</returns>
    /// <exception cref="ArgumentException">
    /// Options cannot be used, no pictures are held out to compare trials on, or the view lacks a column or has it of another type.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The search has no limit of time or trials, or ONNX Runtime, which ML.NET's steps run on, is not there.
    /// </exception>
    /// <exception cref="TrainingException">
    /// The pictures are too few or of one label, the time does not allow a single training, the folder holds another search, or no training
    /// with a fresh seed came to its end.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled; with a checkpoint the same search goes on.</exception>
    public TunedExpressionNetwork Tune(IDataView input, IDataView? validation = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        ExpressionNetworkOptions network = options.Network;
        validation ??= network.ValidationSet;
        if (validation is null && !(network.ValidationSetFraction > 0))
            throw new ArgumentException(
                "Trials are compared on pictures that they do not learn from: give a validation set, or a "
                    + $"{nameof(network.ValidationSetFraction)}."
            );
        var columns = new TrainingColumns(input.Schema, network);
        using IChannel channel = ((IChannelProvider)context).Start(ChannelName);
        TuningExperimentResult result;
        try
        {
            result = Run(columns, input, validation, new MessageLog(channel));
        }
        catch (TrainingException e)
        {
            throw TrainingColumns.Rename(e);
        }
        channel.Info(MessageSensitivity.None, result.Summary);
        options.TunedCallback?.Invoke(result);
        if (result.Model is not { } model) throw new TrainingException($"No training with a fresh seed came to its end. {result.Reason}");
        network.TrainedCallback?.Invoke(model);
        return new(columns.CreateSteps(context, model), result);
    }

    /// <summary>The columns of the data behind the estimator.</summary>
    /// <exception cref="ArgumentException">A column is missing, or of a type that cannot be trained on.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return Shapes.OfTrainer(context, inputSchema, options.Network);
    }

    private TuningExperimentResult Run(TrainingColumns columns, IDataView input, IDataView? validation, MessageLog log)
    {
        CancellationToken cancellation = options.Network.CancellationToken;
        SourceListing rows = new LabelledRows(columns.Keys, options.Network.FeatureColumnName, cancellation).List(
            input, validation, choosesOnTrain: false, preprocessing: null);
        foreach (string note in rows.Notes) log.Report(new TrainingMessage(MessageKind.Note, note));
        if (rows.Unusable.Count > 0)
        {
            string first = $"{rows.Unusable[0].Name}: {rows.Unusable[0].Reason}";
            log.Report(new TrainingMessage(MessageKind.Note, $"rows that are left out: {rows.Unusable.Count} ({first})"));
        }
        var experiment = new TuningExperiment(columns.Settings) { Messages = log };
        experiment.SetPictures(rows.Images);
        if (options.TrainingTimeInSeconds is { } seconds) experiment.SetTrainingTimeInSeconds(seconds);
        if (options.MaxModelToExplore is { } trials) experiment.SetMaxModelToExplore(trials);
        if (options.Checkpoint is { } folder) experiment.SetCheckpoint(folder);
        options.Configure?.Invoke(experiment);
        return experiment.Run(cancellation);
    }
}
