using System.Net.WebSockets;
using System.Threading.Channels;
using EmotionMLNet.Web.Classification;
using EmotionMLNet.Web.Hosting;
using EmotionMLNet.Web.Metrics;
using EmotionMLNet.Web.Models;
using EmotionMLNet.Web.Pictures;
using EmotionMLNet.Web.Settings;

namespace EmotionMLNet.Web.Live;

/// <summary>
/// One camera. Frames are read while others are answered, so that a frame too many is seen, and answered one after the other, not faster
/// than the settings say.
/// </summary>
internal sealed class LiveSession(
    WebSocket socket,
    ClassifyQuery query,
    ModelStore models,
    Classifier classifier,
    ByteBudget budget,
    ServerSettings settings,
    ServerMetrics metrics,
    TimeProvider time
)
{
    /// <summary>Frames that may be unanswered: one that is worked on, and one that is on its way meanwhile.</summary>
    public const int Credits = 2;

    /// <summary>Largest frame, in bytes.</summary>
    public const int LargestFrame = 256 << 10;

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly Channel<PictureBuffer> frames = Channel.CreateUnbounded<PictureBuffer>();
    private ServedModel served = models.Find(query.Model);
    private long answered;
    private int unanswered;

    /// <summary>Serves until either side has enough.</summary>
    /// <param name="draining">The server is about to end.</param>
    /// <param name="aborted">The connection is gone.</param>
    public async Task RunAsync(CancellationToken draining, CancellationToken aborted)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(draining, aborted);
        Task answering = Task.CompletedTask;
        (WebSocketCloseStatus Status, string Reason) end = (WebSocketCloseStatus.NormalClosure, "");
        try
        {
            await SendAsync(new HelloMessage(served), ending.Token);
            answering = AnswerAsync(ending.Token);
            end = await ReceiveAsync(ending.Token);
        }
        catch (OperationCanceledException) when (draining.IsCancellationRequested)
        {
            end = (WebSocketCloseStatus.EndpointUnavailable, "the server ends");
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ProblemException)
        {
            // the connection is gone, or there was no room for a frame
            end = (WebSocketCloseStatus.PolicyViolation, "the server is busy");
        }
        finally
        {
            frames.Writer.TryComplete();
            await ending.CancelAsync();
            await answering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (frames.Reader.TryRead(out PictureBuffer? left)) left.Dispose();
        }
        await CloseAsync(end.Status, end.Reason);
    }

    private async Task<(WebSocketCloseStatus, string)> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            idle.CancelAfter(TimeSpan.FromSeconds(settings.IdleSeconds));
            var frame = new PictureBuffer(budget);
            try
            {
                WebSocketMessageType type = await frame.ReadMessageAsync(socket, LargestFrame, idle.Token);
                if (type == WebSocketMessageType.Close)
                {
                    frame.Dispose();
                    return (WebSocketCloseStatus.NormalClosure, "");
                }
                if (frame.Content.Length > LargestFrame)
                {
                    frame.Dispose();
                    return (WebSocketCloseStatus.MessageTooBig, "a frame is too large");
                }
                if (type != WebSocketMessageType.Binary || Interlocked.Increment(ref unanswered) > Credits)
                {
                    frame.Dispose();
                    return (WebSocketCloseStatus.PolicyViolation, type == WebSocketMessageType.Binary ? "no credit" : "frames are binary");
                }
                await frames.Writer.WriteAsync(frame, cancellationToken);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                frame.Dispose();
                return (WebSocketCloseStatus.NormalClosure, "idle");
            }
            catch
            {
                frame.Dispose();
                throw;
            }
        }
    }

    private async Task AnswerAsync(CancellationToken cancellationToken)
    {
        TimeSpan apart = TimeSpan.FromSeconds(1.0 / settings.FrameRate);
        await foreach (PictureBuffer frame in frames.Reader.ReadAllAsync(cancellationToken))
        {
            long start = time.GetTimestamp();
            using (frame)
            {
                ServedModel now = models.Find(query.Model);
                if (now != served)
                {
                    served = now;
                    await SendAsync(new ModelMessage(now), cancellationToken);
                }
                answered++;
                object message = await ClassifyAsync(now, frame, cancellationToken);
                Interlocked.Decrement(ref unanswered); // before the client can know
                await SendAsync(message, cancellationToken);
            }
            TimeSpan left = apart - time.GetElapsedTime(start);
            if (left > TimeSpan.Zero) await Task.Delay(left, time, cancellationToken);
        }
    }

    private async Task<object> ClassifyAsync(ServedModel model, PictureBuffer frame, CancellationToken cancellationToken)
    {
        try
        {
            Classified classified = await classifier.ClassifyAsync(model, query, frame.Content, isPatient: false, cancellationToken);
            metrics.FrameDone(isAnswered: true);
            return new FrameMessage(answered, classified.Prediction, query.Threshold);
        }
        catch (ProblemException e)
        {
            metrics.FrameDone(isAnswered: false);
            return new FrameError(answered, e.Problem);
        }
    }

    private ValueTask SendAsync(object message, CancellationToken cancellationToken)
        => socket.SendAsync(WebJson.ToBytes(message), WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, cancellationToken);

    private async Task CloseAsync(WebSocketCloseStatus status, string reason)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return;
        using var patience = new CancellationTokenSource(Farewell);
        try
        {
            await socket.CloseOutputAsync(status, reason, patience.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // nobody listens any more
        }
    }
}
