using System.Diagnostics;
using EmotionMLNet.Imaging;
using EmotionMLNet.Web.Hosting;
using EmotionMLNet.Web.Metrics;
using EmotionMLNet.Web.Models;
using EmotionMLNet.Web.Pictures;

namespace EmotionMLNet.Web.Classification;

/// <summary>Classifies one picture when its turn comes.</summary>
internal sealed class Classifier(ClassificationGate gate, ServerMetrics metrics)
{
    /// <param name="model">The model.</param>
    /// <param name="query">How.</param>
    /// <param name="picture">A whole file.</param>
    /// <param name="isPatient">Whether it waits where the queue is full.</param>
    /// <param name="cancellationToken">Ends it, within the picture too.</param>
    /// <exception cref="ProblemException">The picture is refused, or the server is busy.</exception>
    public Task<Classified> ClassifyAsync(
        ServedModel model, ClassifyQuery query, ReadOnlyMemory<byte> picture, bool isPatient, CancellationToken cancellationToken)
        => RunAsync(() => Classify(model, query, picture.Span, cancellationToken), isPatient, cancellationToken);

    /// <summary>Runs a piece of work when its turn comes.</summary>
    public async Task<Classified> RunAsync(Func<Prediction> work, bool isPatient, CancellationToken cancellationToken)
    {
        using ClassificationTurn turn = await gate.EnterAsync(isPatient, cancellationToken);
        long start = Stopwatch.GetTimestamp();
        Prediction prediction = await Task.Run(work, cancellationToken);
        var classified = new Classified(prediction, turn.Waited, Stopwatch.GetElapsedTime(start));
        metrics.Classified(classified.Took);
        return classified;
    }

    private static Prediction Classify(
        ServedModel model, ClassifyQuery query, ReadOnlySpan<byte> picture, CancellationToken cancellationToken)
    {
        try
        {
            return model.For(query.Faces, query.Flips).Classify(picture, cancellationToken);
        }
        catch (ImageFormatException e)
        {
            throw new ProblemException(PictureProblems.Of(e, picture));
        }
    }
}

/// <summary>A prediction and its times.</summary>
/// <param name="Prediction">What the model said.</param>
/// <param name="Waited">Time in the queue.</param>
/// <param name="Took">Time to decode, search and classify.</param>
internal sealed record Classified(Prediction Prediction, TimeSpan Waited, TimeSpan Took);
