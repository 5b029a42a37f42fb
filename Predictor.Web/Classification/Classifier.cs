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
    /// <param name="caller">Who wants it.</param>
    /// <param name="cancellationToken">Ends it, within the picture too.</param>
    /// <exception cref="ProblemException">The picture is refused, or the server is busy.</exception>
    public Task<Classified> ClassifyAsync(
        ServedModel model, ClassifyQuery query, ReadOnlyMemory<byte> picture, Caller caller, CancellationToken cancellationToken)
        => RunAsync(() => Classify(model, query, picture.Span, cancellationToken), caller, cancellationToken);

    /// <summary>Runs a piece of work when its turn comes.</summary>
    public async Task<Classified> RunAsync(
        Func<(Prediction, ClassificationTimes)> work, Caller caller, CancellationToken cancellationToken)
    {
        using ClassificationTurn turn = await gate.EnterAsync(caller, cancellationToken);
        (Prediction prediction, ClassificationTimes times) = await Task.Run(work, cancellationToken);
        metrics.Classified(times);
        return new Classified(prediction, turn.Waited, times);
    }

    private (Prediction, ClassificationTimes) Classify(
        ServedModel model, ClassifyQuery query, ReadOnlySpan<byte> picture, CancellationToken cancellationToken)
    {
        long began = Stopwatch.GetTimestamp();
        try
        {
            return (model.For(query.Faces, query.Flips).Classify(picture, out ClassificationTimes times, cancellationToken), times);
        }
        catch (ImageFormatException e)
        {
            metrics.NotDecoded(Stopwatch.GetElapsedTime(began)); // the slow ones among them are what an operator looks for
            throw new ProblemException(PictureProblems.Of(e, picture));
        }
    }
}

/// <summary>A prediction and its times.</summary>
/// <param name="Prediction">What the model said.</param>
/// <param name="Waited">Time in the queue.</param>
/// <param name="Times">Where the time went after that.</param>
internal sealed record Classified(Prediction Prediction, TimeSpan Waited, ClassificationTimes Times);
