using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Training;

/// <summary>What an epoch of a training brought, or, as epoch 0, what the trained weights that it began with are worth.</summary>
public sealed record TrainingEpoch
{
    /// <summary>Its number, from 1; 0 is before the first step.</summary>
    public required int Epoch { get; init; }

    /// <summary>Epochs of the training as now planned.</summary>
    public required int Epochs { get; init; }

    /// <summary>Mean loss over the augmented training batches while the weights were changing, in nats; null of epoch 0.</summary>
    public required double? TrainLoss { get; init; }

    /// <summary>Share of augmented training pictures that were labelled right, 0 to 1; null of epoch 0.</summary>
    public required double? TrainAccuracy { get; init; }

    /// <summary>Log loss on the validation pictures, in nats.</summary>
    public required double ValidationLoss { get; init; }

    /// <summary>Share of the validation pictures that are labelled right, 0 to 1.</summary>
    public required double ValidationAccuracy { get; init; }

    /// <summary>Mean of the F1 of all classes on the validation pictures, 0 to 1.</summary>
    public required double ValidationMacroF1 { get; init; }

    /// <summary>The rate of the epoch's last step; null of epoch 0.</summary>
    public required double? LearningRate { get; init; }

    /// <summary>What training and validation took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Whether it was the best epoch so far.</summary>
    public required bool IsBest { get; init; }

    internal static TrainingEpoch Of(EpochResult result, int epochs) => new()
    {
        Epoch = result.Epoch,
        Epochs = epochs,
        TrainLoss = Number(result.TrainLoss),
        TrainAccuracy = Number(result.TrainAccuracy),
        ValidationLoss = result.ValidationLoss,
        ValidationAccuracy = result.ValidationAccuracy,
        ValidationMacroF1 = result.MacroF1,
        LearningRate = Number(result.LearningRate),
        Duration = TimeSpan.FromSeconds(result.Seconds),
        IsBest = result.Improved,
    };

    private static double? Number(double value) => double.IsNaN(value) ? null : value;
}
