using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Data;

namespace EmotionMLNet.Training.Runs;

/// <summary>
/// Runs a network over a set of images in order: one forward pass of the whole picture each, unless test-time augmentation is asked for.
/// </summary>
/// <param name="team">Threads to use; not shared while it runs.</param>
/// <param name="batch">Images a pass.</param>
internal sealed class Evaluator(ThreadTeam team, int batch = 64)
{
    private delegate void PassDone(InferenceSession session, int start, int count);

    /// <summary>[N, Classes] probabilities, row-major, in the set's order.</summary>
    /// <param name="plan">The compiled network.</param>
    /// <param name="preprocessing">The normalisation that the network was trained with.</param>
    /// <param name="images">The images, at least one.</param>
    /// <param name="progress">Receives the number of images that are done, after each batch.</param>
    /// <param name="cancellation">Checked between batches.</param>
    /// <exception cref="ModelOutputException">
    /// A score is NaN or infinite, which would count as the first class; the picture is named.
    /// </exception>
    public float[] ComputeProbabilities(
        InferencePlan plan,
        ImagePreprocessing preprocessing,
        ImageSet images,
        Action<int>? progress = null,
        CancellationToken cancellation = default
    ) => ComputeProbabilities(plan, preprocessing, images, TestTimeAugmentation.None, progress, cancellation);

    /// <summary>The same with several views of each image, whose probabilities are averaged; the plan is one for their size.</summary>
    /// <inheritdoc cref="ComputeProbabilities(InferencePlan, ImagePreprocessing, ImageSet, Action{int}?, CancellationToken)"/>
    public float[] ComputeProbabilities(
        InferencePlan plan,
        ImagePreprocessing preprocessing,
        ImageSet images,
        TestTimeAugmentation views,
        Action<int>? progress = null,
        CancellationToken cancellation = default
    )
    {
        int classes = plan.Classes, rows = views.Views * classes;
        var probabilities = new float[images.Count * classes];
        Run(plan, preprocessing, images, views, (session, start, count) =>
        {
            for (int i = 0; i < count; i++)
            {
                Span<float> averaged = probabilities.AsSpan((start + i) * classes, classes);
                views.Average(session.Probabilities.Span.Slice(i * rows, rows), averaged);
            }
        }, progress, cancellation);
        return RequireFinite(probabilities, classes, images);
    }

    /// <summary>
    /// [N, Classes] logits, row-major, in the set's order, whose softmax are the probabilities: a sigmoid's z stands as 0, z.
    /// </summary>
    /// <inheritdoc cref="ComputeProbabilities(InferencePlan, ImagePreprocessing, ImageSet, Action{int}?, CancellationToken)"/>
    public float[] ComputeLogits(
        InferencePlan plan,
        ImagePreprocessing preprocessing,
        ImageSet images,
        Action<int>? progress = null,
        CancellationToken cancellation = default
    )
    {
        int classes = plan.Classes;
        var logits = new float[images.Count * classes];
        Run(plan, preprocessing, images, TestTimeAugmentation.None, (session, start, count) =>
        {
            ReadOnlySpan<float> from = session.Logits.Span;
            Span<float> to = logits.AsSpan(start * classes, count * classes);
            int width = from.Length / count;
            for (int i = 0; i < count; i++)
            {
                from.Slice(i * width, width).CopyTo(to[(i * classes + classes - width)..]);
            }
        }, progress, cancellation);
        return RequireFinite(logits, classes, images);
    }

    private static float[] RequireFinite(float[] scores, int classes, ImageSet images)
    {
        int bad = Array.FindIndex(scores, v => !float.IsFinite(v));
        return bad < 0 ? scores : throw new ModelOutputException(images.Sources[bad / classes]);
    }

    private void Run(
        InferencePlan plan,
        ImagePreprocessing preprocessing,
        ImageSet images,
        TestTimeAugmentation views,
        PassDone done,
        Action<int>? progress,
        CancellationToken cancellation
    )
    {
        int each = Math.Max(1, Math.Min(batch / views.Views, images.Count));
        var session = new InferenceSession(plan, each * views.Views, team);
        var view = new byte[views.GetViewPreprocessing(preprocessing).Length];
        for (int start = 0; start < images.Count; start += each)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(each, images.Count - start);
            session.Input.Batch = count * views.Views;
            for (int i = 0; i < session.Input.Batch; i++)
            {
                views.View(i % views.Views, images.Pixels[start + i / views.Views], preprocessing, view);
                preprocessing.Normalise(view, session.Input.Image(i));
            }
            session.Run();
            done(session, start, count);
            progress?.Invoke(start + count);
        }
    }
}
