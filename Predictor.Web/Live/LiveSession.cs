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
    Caller caller,
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

    private static readonly (WebSocketCloseStatus, string) TheEnd = (WebSocketCloseStatus.EndpointUnavailable, "the server ends");

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly Channel<PictureBuffer> frames = Channel.CreateUnbounded<PictureBuffer>();
    private ServedModel served = models.Find(query.Model);
    private long answered, lastFrame;
    private int unanswered;

    /// <summary>Serves until either side has enough.</summary>
    /// <param name="draining">The server is about to end.</param>
    /// <param name="aborted">The connection is gone.</param>
    public async Task RunAsync(CancellationToken draining, CancellationToken aborted)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(draining, aborted);
        (WebSocketCloseStatus Status, string Reason) end = (WebSocketCloseStatus.PolicyViolation, "the server is busy");
        lastFrame = time.GetTimestamp();
        // A socket whose reading or writing is cancelled is torn down without a word, so only what is between is cancelled.
        Task<(WebSocketCloseStatus, string)> receiving = Task.FromResult(end), waiting = receiving;
        Task answering = receiving;
        try
        {
            await SendAsync(new HelloMessage(served), aborted);
            receiving = ReceiveAsync(aborted);
            waiting = WaitAsync(draining, stop.Token);
            answering = AnswerAsync(stop.Token, aborted);
            Task first = await Task.WhenAny(receiving, waiting, answering);
            if (first != answering) end = await (Task<(WebSocketCloseStatus, string)>)first;
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ProblemException)
        {
            // the connection is gone, or there was no room for a frame
        }
        if (draining.IsCancellationRequested) end = TheEnd;
        await stop.CancelAsync();
        await answering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await CloseAsync(end.Status, end.Reason, receiving);
        await ((Task)Task.WhenAll(receiving, waiting)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (frames.Reader.TryRead(out PictureBuffer? left)) left.Dispose();
    }

    // Until the server is to end, or no frame has come for too long.
    private async Task<(WebSocketCloseStatus, string)> WaitAsync(CancellationToken draining, CancellationToken stopping)
    {
        TimeSpan patience = TimeSpan.FromSeconds(settings.IdleSeconds);
        while (true)
        {
            TimeSpan left = patience - time.GetElapsedTime(Interlocked.Read(ref lastFrame));
            if (left <= TimeSpan.Zero) return (WebSocketCloseStatus.NormalClosure, "idle");
            await Task.Delay(left, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (draining.IsCancellationRequested) return TheEnd;
            stopping.ThrowIfCancellationRequested();
        }
    }

    private async Task<(WebSocketCloseStatus, string)> ReceiveAsync(CancellationToken aborted)
    {
        while (true)
        {
            var frame = new PictureBuffer(budget);
            try
            {
                WebSocketMessageType type = await frame.ReadMessageAsync(socket, LargestFrame, aborted);
                (WebSocketCloseStatus, string)? end = type switch
                {
                    WebSocketMessageType.Close => (WebSocketCloseStatus.NormalClosure, ""),
                    WebSocketMessageType.Text => (WebSocketCloseStatus.PolicyViolation, "frames are binary"),
                    _ when frame.Content.Length > LargestFrame => (WebSocketCloseStatus.MessageTooBig, "a frame is too large"),
                    _ when Interlocked.Increment(ref unanswered) > Credits => (WebSocketCloseStatus.PolicyViolation, "no credit"),
                    _ => null,
                };
                if (end is { } reason)
                {
                    frame.Dispose();
                    return reason;
                }
                Interlocked.Exchange(ref lastFrame, time.GetTimestamp());
                frames.Writer.TryWrite(frame);
            }
            catch
            {
                frame.Dispose();
                throw;
            }
        }
    }

    private async Task AnswerAsync(CancellationToken stopping, CancellationToken aborted)
    {
        TimeSpan apart = TimeSpan.FromSeconds(1.0 / settings.FrameRate);
        await foreach (PictureBuffer frame in frames.Reader.ReadAllAsync(stopping))
        {
            long start = time.GetTimestamp();
            using (frame)
            {
                ServedModel now = models.Find(query.Model);
                if (now != served)
                {
                    served = now;
                    await SendAsync(new ModelMessage(now), aborted);
                }
                answered++;
                object message = await ClassifyAsync(now, frame, stopping);
                Interlocked.Decrement(ref unanswered); // before the client can know
                await SendAsync(message, aborted);
            }
            TimeSpan left = apart - time.GetElapsedTime(start);
            if (left > TimeSpan.Zero) await Task.Delay(left, time, stopping);
        }
    }

    private async Task<object> ClassifyAsync(ServedModel model, PictureBuffer frame, CancellationToken cancellationToken)
    {
        try
        {
            Classified classified = await classifier.ClassifyAsync(model, query, frame.Content, caller, cancellationToken);
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

    // Says why, and reads on for a moment: what is thrown away unread would reset the connection, and the reason with it.
    private async Task CloseAsync(WebSocketCloseStatus status, string reason, Task receiving)
    {
        using var patience = new CancellationTokenSource(Farewell);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(status, reason, patience.Token);
            await Task.WhenAny(receiving, Task.Delay(Farewell, patience.Token));
            byte[] unwanted = new byte[4 << 10];
            while (receiving.IsCompleted && socket.State == WebSocketState.CloseSent)
                await socket.ReceiveAsync(unwanted.AsMemory(), patience.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // nobody listens any more
        }
        socket.Abort();
    }
}
