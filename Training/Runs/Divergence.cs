using System.Globalization;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Runs;

/// <summary>A run whose loss became no number: what happened, what to do, and what there is nevertheless.</summary>
internal static class Divergence
{
    /// <param name="loss">NaN or infinite.</param>
    /// <param name="where">"in epoch 3, batch 7 of 20".</param>
    /// <param name="options">The options of the run.</param>
    /// <param name="progress">Up to the epoch before.</param>
    public static TrainingFailedException Report(double loss, string where, TrainingOptions options, TrainingProgress progress)
    {
        string kept = progress.Best switch
        {
            null => "",
            { Epoch: 0 } => "; the saved model has the weights of the start",
            { Epoch: var best } => $"; the saved model is that of epoch {best}",
        };
        string smaller = (options.Optimisation.LearningRate / 10).ToString("G3", CultureInfo.InvariantCulture);
        string what = double.IsNaN(loss) ? "no number" : "infinite";
        return new TrainingFailedException(
            $"The loss became {what} {where}: begin anew with a lower {{optimisation.learningRate}}, {smaller} for instance, or "
                + $"with {{optimisation.clipNorm}} 5{kept}"
        );
    }
}
