using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Training.Comparison;

/// <summary>What a candidate costs.</summary>
/// <param name="Parameters">Values of the model; null where nobody can count them.</param>
/// <param name="MultiplyAdds">Multiply-adds of one image; null where nobody can count them.</param>
/// <param name="ZipBytes">Size of the model file.</param>
/// <param name="TrainingBytes">Memory of a training step by plan, see <see cref="PlannedBytes"/>; null where there is no plan.</param>
/// <param name="SinglesPerSecond">Images a second one by one.</param>
/// <param name="BatchedPerSecond">Images a second in batches of <see cref="ThroughputMeter.Batch"/>.</param>
internal sealed record ModelCost(
    long? Parameters,
    long? MultiplyAdds,
    long ZipBytes,
    long? TrainingBytes,
    double SinglesPerSecond,
    double BatchedPerSecond
)
{
    /// <summary>
    /// Memory that training holds at its peak: the planned block of activations, their gradients and scratch, and besides the weights their
    /// gradients, the optimiser's state, the validated copy and the moving average. The process's own peak would be that of the largest
    /// candidate of all; images and runtime are the same for all and not counted.
    /// </summary>
    /// <param name="network">Gets gradients, which nobody uses.</param>
    /// <param name="options">Resolved settings of the run.</param>
    /// <param name="preprocessing">The preprocessing of the pictures.</param>
    /// <param name="trainingImages">A batch is not larger than these.</param>
    public static long PlannedBytes(Network network, TrainingOptions options, ImagePreprocessing preprocessing, int trainingImages)
    {
        using var team = new ThreadTeam(options.ThreadCount);
        long step = new TrainingPlan(
            ResizedNetwork.ResizeToWindow(network, options.Augmentation, preprocessing),
            Math.Min(options.Optimisation.BatchSize, trainingImages),
            team
        ).Bytes;
        Parameter[] trainable = [.. network.Parameters.Select(p => p.Parameter).Where(p => p.Trainable)];
        long values = network.Parameters.Sum(p => (long)p.Parameter.Length),
            state = RunFactory.CreateOptimiser(options, trainable).State.Sum(s => (long)s.Values.Length);
        long copies = options.Optimisation.WeightAverage > 0 ? 3 : 2; // trained, validated, averaged
        return step + sizeof(float) * (copies * values + network.ParameterCount + state);
    }

    /// <summary>Measures all models, in turns.</summary>
    /// <param name="models">Trained candidates; the file that each hands on is made if it is not there.</param>
    /// <param name="trainingImages">A batch of training is not larger than these.</param>
    /// <param name="threads">Number of threads of a prediction of ours.</param>
    public static ModelCost[] Measure(IReadOnlyList<ITrainedCandidate> models, int trainingImages, int threads)
    {
        (double Singles, double Batched)[] speeds = ThroughputMeter.Measure(
            [.. models.Select(m => (Func<int, ThreadTeam, Action>)m.PrepareBatch)],
            threads
        );
        return
        [
            .. models.Select(
                (m, i) =>
                    new ModelCost(
                        m.Parameters,
                        m.MultiplyAdds,
                        new FileInfo(m.Complete()).Length,
                        m.PlanTrainingBytes(trainingImages),
                        speeds[i].Singles,
                        speeds[i].Batched
                    )
            ),
        ];
    }
}
