using EmotionMLNet.Training;
using EmotionMLNet.Training.ImageClassification;
using EmotionMLNet.Training.Options;
using Microsoft.ML;

namespace EmotionMLNet.MLNet;

/// <summary>
/// What <see cref="ExpressionNetworkTrainer"/> trains and on which columns. Names and defaults are those of ML.NET's
/// ImageClassificationTrainer where they mean the same; null leaves the choice to the architecture's recommended settings.
/// </summary>
public sealed class ExpressionNetworkOptions
{
    /// <summary>The pictures: a column of MLImage, of paths (text), or of encoded files (a vector of bytes).</summary>
    public string FeatureColumnName { get; set; } = "Features";

    /// <summary>The label: a key, as MapValueToKey makes it.</summary>
    public string LabelColumnName { get; set; } = "Label";

    /// <summary>Receives the probabilities, in the order of the label's keys.</summary>
    public string ScoreColumnName { get; set; } = "Score";

    /// <summary>Receives the key of the most probable label.</summary>
    public string PredictedLabelColumnName { get; set; } = "PredictedLabel";

    /// <summary>
    /// The network: an architecture by name (<see cref="EmotionMLNet.Training.Architectures.All"/>). It is not looked at where
    /// <see cref="From"/> or <see cref="Backbone"/> brings one.
    /// </summary>
    public string Arch { get; set; } = "emotion-cnn";

    /// <summary>A model zip or an ONNX image classifier that is trained further, whole; or null.</summary>
    public string? From { get; set; }

    /// <summary>A model zip or an ONNX file whose last layer is drawn anew for the labels at hand; or null.</summary>
    public string? Backbone { get; set; }

    /// <summary>Published weights (.pth, .safetensors, .onnx) for <see cref="Arch"/>; or null.</summary>
    public string? Weights { get; set; }

    /// <summary>Which layers of given weights stay as they are; ML.NET's trainer freezes all but the last.</summary>
    public Freezing Freeze { get; set; } = Freezing.None;

    /// <summary>Passes over the training pictures. (ML.NET: 200, of one layer; here whole networks learn.)</summary>
    public int? Epoch { get; set; }

    /// <summary>Pictures of a step.</summary>
    public int? BatchSize { get; set; }

    /// <summary>The peak that the schedule scales.</summary>
    public float? LearningRate { get; set; }

    /// <summary>Pictures that the best epoch is chosen on: a view with the same columns. Null takes a share of the others.</summary>
    public IDataView? ValidationSet { get; set; }

    /// <summary>
    /// The share of the pictures, class by class, that is held out where there is no <see cref="ValidationSet"/>; null holds out none, and
    /// the best epoch is chosen on the training pictures.
    /// </summary>
    public float? ValidationSetFraction { get; set; } = 0.1f;

    /// <summary>When training ends before its last epoch; null never does.</summary>
    public EarlyStopping? EarlyStoppingCriteria { get; set; } = new();

    /// <summary>Random changes of the training pictures.</summary>
    public AugmentationOptions? Augmentation { get; set; }

    /// <summary>How much each class counts.</summary>
    public ClassWeighting? ClassWeights { get; set; }

    /// <summary>How long training may take once the pictures are decoded; as many epochs as fit into it.</summary>
    public TimeSpan? Time { get; set; }

    /// <summary>The seed of everything random. The seed of the MLContext is that of its own transforms.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>Threads; null means all cores. Part of what makes a training repeat to the bit.</summary>
    public int? Threads { get; set; }

    /// <summary>
    /// Settings that have no option here (size of the input, optimiser, schedule, ...); null is what is recommended. The options above
    /// come first where they are given.
    /// </summary>
    public TrainingOptions? Settings { get; set; }

    /// <summary>Where each Fit leaves log, charts, checkpoint and model, in a folder of its own ("fit-001"); null keeps nothing.</summary>
    public string? WorkspacePath { get; set; }

    /// <summary>
    /// Whether the transformer runs our own engine on all cores, instead of ML.NET's steps and ONNX Runtime. It is saved as those all the
    /// same. A column of encoded files always does, because no step of ML.NET decodes them.
    /// </summary>
    public bool UseOwnEngine { get; set; }

    /// <summary>
    /// The file of a face detector (faces.zip): pictures are cut to their largest face in training and by the transformer, and those
    /// without one are left out. Their column is one of paths then, and the transformer runs our own engine and cannot be saved, because
    /// ML.NET's steps find no faces; <see cref="TrainedCallback"/> hands over the model, which can. Null takes pictures whole.
    /// </summary>
    public string? Detector { get; set; }

    /// <summary>Told of every epoch, on the thread that trains.</summary>
    public Action<TrainingEpoch>? MetricsCallback { get; set; }

    /// <summary>Told of the trained model, its history and its figures, before Fit returns.</summary>
    public Action<TrainedModel>? TrainedCallback { get; set; }

    /// <summary>Ends a training; Fit then returns the best epoch so far.</summary>
    public CancellationToken CancellationToken { get; set; }

    internal ExpressionNetworkOptions Copy() => (ExpressionNetworkOptions)MemberwiseClone();
}
