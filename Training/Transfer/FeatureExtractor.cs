using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Data;

namespace EmotionMLNet.Training.Transfer;

/// <summary>Runs a frozen backbone over pictures once: what a head can be trained on in seconds.</summary>
/// <param name="plan">The plan of the backbone; compiled when the first picture needs it.</param>
/// <param name="preprocessing">How the backbone wants pictures.</param>
/// <param name="cache">The cache of this backbone.</param>
/// <param name="team">Threads.</param>
internal sealed class FeatureExtractor(Lazy<InferencePlan> plan, ImagePreprocessing preprocessing, BottleneckCache cache, ThreadTeam team)
{
    private const int Batch = 32;

    /// <summary>Runs a backbone.</summary>
    public FeatureExtractor(Network backbone, ImagePreprocessing preprocessing, BottleneckCache cache, ThreadTeam team)
        : this(new Lazy<InferencePlan>(() => InferencePlan.Compile(backbone)), preprocessing, cache, team)
    {
    }

    /// <summary>Pictures that went through the backbone because the cache did not have them.</summary>
    public int Computed { get; private set; }

    /// <summary>A feature vector a picture, in the set's order. Pictures are not augmented.</summary>
    /// <param name="images">Prepared as the backbone wants them.</param>
    /// <param name="progress">Receives the number of pictures that are done, of those that the cache does not have.</param>
    /// <param name="done">Receives, for each picture, the number of those whose features are known; or null.</param>
    /// <param name="cancellation">Checked between batches; what was computed stays in the cache.</param>
    public float[][] Compute(ImageSet images, IProgress<WorkProgress>? progress, Action<int>? done, CancellationToken cancellation)
    {
        string[] keys = [.. images.Pixels.Select(BottleneckCache.KeyOf)];
        ILookup<string, int> missing = Enumerable.Range(0, images.Count).Where(i => cache.Find(keys[i]) is null).ToLookup(i => keys[i]);
        int known = 0;
        for (int i = missing.Sum(m => m.Count()); i < images.Count; i++) done?.Invoke(++known);
        try
        {
            Compute(images, [.. missing], progress, copies =>
            {
                for (int i = 0; i < copies; i++) done?.Invoke(++known);
            }, cancellation);
        }
        finally
        {
            cache.Save();
        }
        return [.. keys.Select(k => cache.Find(k)!)];
    }

    private void Compute(
        ImageSet images,
        IGrouping<string, int>[] missing,
        IProgress<WorkProgress>? progress,
        Action<int> done,
        CancellationToken cancellation
    )
    {
        if (missing.Length == 0) return;
        var session = new InferenceSession(plan.Value, Math.Min(Batch, missing.Length), team);
        for (int start = 0; start < missing.Length; start += Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(Batch, missing.Length - start);
            session.Input.Batch = count;
            for (int i = 0; i < count; i++) preprocessing.Normalise(images.Pixels[missing[start + i].First()], session.Input.Image(i));
            session.Run();
            for (int i = 0; i < count; i++)
            {
                cache.Add(missing[start + i].Key, session.Logits.Image(i).ToArray());
                done(missing[start + i].Count());
            }
            Computed += count;
            progress?.Report(new WorkProgress(start + count, missing.Length));
        }
    }
}
