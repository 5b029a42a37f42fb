using EmotionMLNet.Terminal;
using Microsoft.Extensions.Logging;

namespace EmotionMLNet.Web.Metrics;

/// <summary>
/// The way to a collector. The exporter keeps failures to itself, so the log is told here: once when the collector takes nothing, and once
/// when it does again.
/// </summary>
internal sealed partial class CollectorWatch(ILogger<CollectorWatch> logger) : DelegatingHandler(Direct())
{
    private bool isFailing;

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Judge(request, base.Send(request, cancellationToken));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            Note(request, e);
            throw;
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Judge(request, await base.SendAsync(request, cancellationToken));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            Note(request, e);
            throw;
        }
    }

    // To the address that was named, and not to where that one would like to have it.
    private static SocketsHttpHandler Direct() => new() { AllowAutoRedirect = false };

    private HttpResponseMessage Judge(HttpRequestMessage request, HttpResponseMessage response)
    {
        Note(request, response.IsSuccessStatusCode ? null : $"it answers {(int)response.StatusCode}");
        return response;
    }

    private void Note(HttpRequestMessage request, Exception e)
        => Note(request, e is OperationCanceledException ? "it takes too long" : ConsoleText.Line(e.Message));

    private void Note(HttpRequestMessage request, string? problem)
    {
        bool fails = problem is not null;
        if (Interlocked.Exchange(ref isFailing, fails) == fails) return;
        string collector = request.RequestUri!.Authority;
        if (fails) Failed(collector, problem!);
        else Succeeded(collector);
    }

    [LoggerMessage(LogLevel.Warning, "metrics are not taken by {Collector}: {Reason}")]
    private partial void Failed(string collector, string reason);

    [LoggerMessage(LogLevel.Information, "metrics are taken by {Collector} again")]
    private partial void Succeeded(string collector);
}
