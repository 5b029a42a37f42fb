using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Tuning.Results;

/// <summary>What a model said of pictures, ready to be scored on any of them any number of times.</summary>
/// <param name="Predicted">Class indices, one a picture.</param>
/// <param name="LogLoss">-log of the probability of the true class, one a picture.</param>
internal sealed record ScoredPredictions(int[] Predicted, double[] LogLoss)
{
    private const double LeastProbability = 1e-15;

    /// <param name="probabilities">[N, K] row-major.</param>
    /// <param name="truth">N class indices.</param>
    public static ScoredPredictions Read(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> truth)
    {
        int classes = probabilities.Length / truth.Length;
        (int[] predicted, double[] loss) = (new int[truth.Length], new double[truth.Length]);
        for (int n = 0; n < truth.Length; n++)
        {
            ReadOnlySpan<float> row = probabilities.Slice(n * classes, classes);
            predicted[n] = ClassificationReport.ArgMax(row);
            loss[n] = -Math.Log(Math.Max(row[truth[n]], LeastProbability));
        }
        return new(predicted, loss);
    }

    /// <summary>The score on drawn pictures; larger is better.</summary>
    /// <param name="metric">Accuracy, macro F1 (over classes that occur in truth or prediction), or log loss, which is negated.</param>
    /// <param name="truth">N class indices.</param>
    /// <param name="counts">How often each picture was drawn; at least one was.</param>
    public double Score(SelectionMetric metric, ReadOnlySpan<int> truth, ReadOnlySpan<int> counts)
    {
        long drawn = 0, right = 0;
        if (metric == SelectionMetric.Accuracy)
        {
            for (int n = 0; n < counts.Length; n++)
            {
                drawn += counts[n];
                if (Predicted[n] == truth[n]) right += counts[n];
            }
            return (double)right / drawn;
        }
        if (metric == SelectionMetric.MacroF1) return MacroF1(truth, counts);
        double loss = 0;
        for (int n = 0; n < counts.Length; n++)
        {
            drawn += counts[n];
            loss += counts[n] * LogLoss[n];
        }
        return -loss / drawn;
    }

    private double MacroF1(ReadOnlySpan<int> truth, ReadOnlySpan<int> counts)
    {
        int classes = 0;
        for (int n = 0; n < truth.Length; n++) classes = Math.Max(classes, Math.Max(truth[n], Predicted[n]) + 1);
        (long[] hits, long[] occurring) = (new long[classes], new long[classes]);
        for (int n = 0; n < truth.Length; n++)
        {
            occurring[truth[n]] += counts[n];
            occurring[Predicted[n]] += counts[n];
            if (truth[n] == Predicted[n]) hits[truth[n]] += counts[n];
        }
        double sum = 0;
        int seen = 0;
        for (int c = 0; c < classes; c++)
        {
            if (occurring[c] == 0) continue;
            seen++;
            sum += 2.0 * hits[c] / occurring[c];
        }
        return sum / seen;
    }
}
