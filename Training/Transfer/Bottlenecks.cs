using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Data;

namespace EmotionMLNet.Training.Transfer;

/// <summary>Runs a frozen backbone over pictures once: what a head can be trained on in seconds.</summary>
internal sealed class Bottlenecks(Network backbone, ImagePreprocessing preprocessing, BottleneckCache cache, ThreadTeam team)
{
    private const int Batch = 32;

    private readonly Lazy<InferencePlan> plan = new(() => InferencePlan.Compile(backbone));

    /// <summary>Pictures that went through the backbone because the cache did not have them.</summary>
    public int Computed { get; private set; }

    /// <summary>A feature vector a picture, in the set's order. Pictures are not augmented.</summary>
    /// <param name="images">Prepared as the backbone wants them.</param>
    /// <param name="progress">Told the number of pictures done.</param>
    /// <param name="cancellation">Checked between batches; what was computed stays in the cache.</param>
    public float[][] Of(ImageSet images, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        string[] keys = [.. images.Pixels.Select(BottleneckCache.KeyOf)];
        int[] missing = [.. Enumerable.Range(0, images.Count).Where(i => cache.Find(keys[i]) is null).DistinctBy(i => keys[i])];
        try
        {
            Compute(images, keys, missing, progress, cancellation);
        }
        finally
        {
            cache.Save();
        }
        return [.. keys.Select(k => cache.Find(k)!)];
    }

    private void Compute(ImageSet images, string[] keys, int[] missing, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        if (missing.Length == 0) return;
        var session = new InferenceSession(plan.Value, Math.Min(Batch, missing.Length), team);
        for (int start = 0; start < missing.Length; start += Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(Batch, missing.Length - start);
            session.Input.Batch = count;
            for (int i = 0; i < count; i++) preprocessing.Normalise(images.Pixels[missing[start + i]], session.Input.Image(i));
            session.Run();
            for (int i = 0; i < count; i++) cache.Add(keys[missing[start + i]], session.Logits.Image(i).ToArray());
            Computed += count;
            progress?.Report(new WorkProgress(start + count, missing.Length));
        }
    }
}
