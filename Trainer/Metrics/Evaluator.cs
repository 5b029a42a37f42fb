using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Trainer.Data;

namespace EmotionMLNet.Trainer.Metrics;

/// <summary>Runs a network over a set of images in order: one forward pass of the whole picture each, no test-time augmentation.</summary>
/// <param name="team">Threads to use; not shared while it runs.</param>
/// <param name="batch">Images a pass.</param>
internal sealed class Evaluator(ThreadTeam team, int batch = 64)
{
    /// <summary>[N, Classes] probabilities, row-major, in the set's order.</summary>
    /// <param name="plan">The compiled network.</param>
    /// <param name="preprocessing">The normalisation that the network was trained with.</param>
    /// <param name="images">At least one image.</param>
    /// <param name="progress">Told the number of images done after each batch.</param>
    /// <param name="cancellation">Checked between batches.</param>
    public float[] Probabilities(InferencePlan plan, ImagePreprocessing preprocessing, ImageSet images, Action<int>? progress = null, CancellationToken cancellation = default)
    {
        var session = new InferenceSession(plan, Math.Min(batch, images.Count), team);
        var probabilities = new float[images.Count * plan.Classes];
        for (int start = 0; start < images.Count; start += batch)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(batch, images.Count - start);
            session.Input.Batch = count;
            for (int i = 0; i < count; i++) preprocessing.Normalise(images.Pixels[start + i], session.Input.Image(i));
            session.Run();
            session.Probabilities.Span.CopyTo(probabilities.AsSpan(start * plan.Classes));
            progress?.Invoke(start + count);
        }
        return probabilities;
    }
}
