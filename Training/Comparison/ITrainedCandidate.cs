using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Reports;

namespace EmotionMLNet.Training.Comparison;

/// <summary>What a comparison asks of a trained candidate, of whatever kind.</summary>
internal interface ITrainedCandidate
{
    /// <summary>Labels in the order of its probabilities, and the pictures that it is shown; where it came from.</summary>
    ModelManifest Manifest { get; }

    /// <summary>Trained and frozen values together; null where nobody can count them.</summary>
    long? Parameters { get; }

    /// <summary>Multiply-adds of one picture; null where nobody can count them.</summary>
    long? MultiplyAdds { get; }

    /// <summary>The network; null where it is none of ours.</summary>
    ModelZip? Zip { get; }

    /// <summary>Its probabilities on pictures, and the figures; the evaluation names the file that the record of test readings is kept by.
    /// </summary>
    /// <param name="images">Pictures that <see cref="Manifest"/> prepared, in the order of its labels.</param>
    /// <param name="fingerprint">The fingerprint of the data.</param>
    /// <param name="reporter">Shows how far it is.</param>
    /// <param name="cancellation">Checked between pictures.</param>
    Evaluation Measure(ImageSet images, string fingerprint, IReporter reporter, CancellationToken cancellation);

    /// <summary>Makes the file that is handed on, if it is not there.</summary>
    /// <returns>Its path.</returns>
    string Complete();

    /// <summary>Memory of a training step by plan, bytes; null where there is no plan.</summary>
    /// <param name="trainingImages">A batch is not larger than these.</param>
    long? PlanTrainingBytes(int trainingImages);

    /// <summary>Something that predicts a batch of decoded pictures each time it is called, for measuring rates.</summary>
    /// <param name="batch">Pictures.</param>
    /// <param name="team">Threads of our engine; others have their own.</param>
    Action PrepareBatch(int batch, ThreadTeam team);
}
