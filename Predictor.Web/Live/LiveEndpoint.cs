using System.Net.WebSockets;
using EmotionMLNet.Web.Classification;
using EmotionMLNet.Web.Hosting;
using EmotionMLNet.Web.Metrics;
using EmotionMLNet.Web.Models;
using EmotionMLNet.Web.Pictures;
using EmotionMLNet.Web.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace EmotionMLNet.Web.Live;

/// <summary>GET /v1/live: frames of a camera over a WebSocket, an answer each.</summary>
internal static class LiveEndpoint
{
    public const string Protocol = "emotionmlnet.v1";

    public static void MapLive(this IEndpointRouteBuilder app) => app.MapGet("/v1/live", ServeAsync)
        .WithSummary("Labels the frames of a camera over a WebSocket.")
        .WithDescription(
            "Binary messages are pictures; for each there is one JSON message, in order. At most two may be unanswered: drop the others.")
        .Produces(StatusCodes.Status101SwitchingProtocols)
        .ProducesProblems(400, 401, 403, 404, 426, 503);

    private static async Task ServeAsync(
        HttpContext context, ModelStore models, Classifier classifier, ByteBudget budget, ServerSettings settings, ServerMetrics metrics,
        SocketCount sockets, IHostApplicationLifetime lifetime, TimeProvider time, string? model, string? threshold, string? faces)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            throw new ProblemException(426, "This address speaks WebSocket only.", "Connect to it as a WebSocket.");
        }
        if (!IsOwnPage(context.Request))
            throw new ProblemException(403, "Pages of other sites may not connect.", "Open the page of this server.");
        ClassifyQuery query = ClassifyQuery.Parse(model, threshold, tta: null, faces);
        models.Find(query.Model).Check(query);
        if (!sockets.TryOpen())
            throw new ProblemException(new Problem(503, "Too many cameras are open.", "Try again later.") { RetryAfter = 10 });
        metrics.SocketOpened();
        try
        {
            string? protocol = context.WebSockets.WebSocketRequestedProtocols.Contains(Protocol) ? Protocol : null;
            using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync(protocol);
            var session = new LiveSession(socket, query, Caller.Of(context), models, classifier, budget, settings, metrics, time);
            await session.RunAsync(lifetime.ApplicationStopping, context.RequestAborted);
        }
        finally
        {
            metrics.SocketClosed();
            sockets.Close();
        }
    }

    // Browsers let any page open a socket to anywhere, and say of which site it is; programs say nothing.
    private static bool IsOwnPage(HttpRequest request)
    {
        string origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            || (Uri.TryCreate(origin, UriKind.Absolute, out Uri? site)
                && site.Authority.Equals(new Uri($"{request.Scheme}://{request.Host}").Authority, StringComparison.OrdinalIgnoreCase));
    }
}
