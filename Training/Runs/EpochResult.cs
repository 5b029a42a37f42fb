using System.Text.Json;
using System.Text.Json.Serialization;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Runs;

/// <summary>One finished epoch, or the weights that training began with as epoch 0.</summary>
/// <param name="Epoch">Number of the epoch, from 1; 0 before the first step.</param>
/// <param name="TrainLoss">Mean over the augmented training batches, while the weights were changing; NaN of epoch 0, null in JSON.</param>
/// <param name="TrainAccuracy">Likewise, 0 to 1; NaN where examples have no label.</param>
/// <param name="ValidationLoss">Log loss of the validated weights, nats.</param>
/// <param name="ValidationAccuracy">0 to 1; NaN where examples have no label.</param>
/// <param name="MacroF1">On validation, 0 to 1; NaN likewise.</param>
/// <param name="LearningRate">The learning rate at the epoch's end; NaN for epoch 0.</param>
/// <param name="ImagesPerSecond">Images per second of the training pass; NaN for epoch 0.</param>
/// <param name="Seconds">The whole epoch, with validation.</param>
/// <param name="Improved">Whether it is the best so far.</param>
internal sealed record EpochResult(int Epoch,
    [property: JsonConverter(typeof(EpochResult.NullForNaN))] double TrainLoss,
    [property: JsonConverter(typeof(EpochResult.NullForNaN))] double TrainAccuracy,
    double ValidationLoss,
    [property: JsonConverter(typeof(EpochResult.NullForNaN))] double ValidationAccuracy,
    [property: JsonConverter(typeof(EpochResult.NullForNaN))] double MacroF1,
    [property: JsonConverter(typeof(EpochResult.NullForNaN))] double LearningRate,
    [property: JsonConverter(typeof(EpochResult.NullForNaN))] double ImagesPerSecond,
    double Seconds, bool Improved)
{
    /// <summary>The same with the figures of a validation.</summary>
    internal EpochResult(int epoch, double trainLoss, double trainAccuracy, ValidationFigures figures, double learningRate,
        double imagesPerSecond, double seconds, bool improved)
        : this(epoch, trainLoss, trainAccuracy, figures.Loss, figures.Accuracy, figures.MacroF1, learningRate, imagesPerSecond, seconds,
            improved)
    {
        if (double.IsNaN(figures.AveragePrecision)) return;
        AveragePrecision = figures.AveragePrecision;
        Recall = figures.Recall;
    }

    /// <summary>Of faces on validation, at an intersection over union of one half, 0 to 1; null where labels are learned.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? AveragePrecision { get; init; }

    /// <summary>Of faces on validation, at one false positive in ten pictures, 0 to 1; null likewise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Recall { get; init; }

    /// <summary>Validation accuracy of always saying the commonest label, 0 to 1; null in what older versions wrote.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? MajorityAccuracy { get; init; }

    /// <summary>What it ran on; null in what older versions wrote.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ComputeEnvironment? Machine { get; init; }

    /// <summary>Epoch 0: what the weights that training begins with are worth.</summary>
    /// <param name="figures">On validation.</param>
    /// <param name="seconds">That this took.</param>
    /// <param name="isCandidate">Whether they may be what is saved in the end, and so are the best so far.</param>
    public static EpochResult OfStart(ValidationFigures figures, double seconds, bool isCandidate)
        => new(0, double.NaN, double.NaN, figures, double.NaN, double.NaN, seconds, isCandidate);

    /// <summary>The figure by which epochs are compared; larger is better.</summary>
    public double Score(SelectionMetric metric) => metric switch
    {
        SelectionMetric.Accuracy => ValidationAccuracy,
        SelectionMetric.MacroF1 => MacroF1,
        SelectionMetric.AveragePrecision => AveragePrecision ?? 0,
        _ => -ValidationLoss,
    };

    /// <summary>JSON has no NaN.</summary>
    internal sealed class NullForNaN : JsonConverter<double>
    {
        public override bool HandleNull => true;

        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsNaN(value)) writer.WriteNullValue();
            else writer.WriteNumberValue(value);
        }
    }
}
