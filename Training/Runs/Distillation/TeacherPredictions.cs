using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Data;

namespace EmotionMLNet.Training.Runs.Distillation;

/// <summary>
/// What teachers say of every whole training picture, asked once: as many of them as one likes, in as many views, cost nothing in a step.
/// In exchange they don't see what augmentation does to a picture (Beyer et al. 2021, arXiv:2106.05237, call it a fixed teacher, and found
/// it worse at great length); of a mixed pair the answers are mixed as its labels are.
/// </summary>
/// <param name="teachers">The models.</param>
/// <param name="views">Views of each picture, whose probabilities are averaged.</param>
/// <param name="images">The training split.</param>
internal sealed class TeacherPredictions(IReadOnlyList<ModelZip> teachers, TestTimeAugmentation views, ImageSet images)
{
    /// <summary>
    /// [images, classes] after <see cref="Compute"/>, or from a checkpoint: the mean over teachers and views, each row sums to 1.
    /// </summary>
    public float[] Probabilities { get; } = new float[images.Count * images.Labels.Count];

    /// <summary>Whether they have been given.</summary>
    public bool AreKnown => Probabilities.AsSpan(0, images.Labels.Count).ContainsAnyExcept(0f);

    /// <summary>Asks all teachers about all pictures.</summary>
    /// <param name="team">The threads, not shared while it runs.</param>
    /// <param name="progress">Receives the number of pictures that are done, each counted once a teacher.</param>
    /// <param name="cancellation">Checked between batches.</param>
    public void Compute(ThreadTeam team, Action<WorkProgress>? progress, CancellationToken cancellation)
    {
        var sums = new double[Probabilities.Length];
        for (int t = 0; t < teachers.Count; t++)
        {
            int before = t * images.Count;
            float[] said = new Evaluator(team).ComputeProbabilities(
                EmotionClassifier.Compile(teachers[t], views),
                teachers[t].Manifest.Preprocessing,
                images,
                views,
                done => progress?.Invoke(new WorkProgress(before + done, (long)teachers.Count * images.Count)),
                cancellation
            );
            for (int i = 0; i < sums.Length; i++) sums[i] += said[i];
        }
        for (int i = 0; i < sums.Length; i++) Probabilities[i] = (float)(sums[i] / teachers.Count);
    }
}
