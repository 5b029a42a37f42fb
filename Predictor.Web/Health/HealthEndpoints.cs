using EmotionMLNet.Web.Hosting;
using EmotionMLNet.Web.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EmotionMLNet.Web.Health;

/// <summary>What whoever runs the server asks it: whether it lives, and whether it is to be sent requests.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapGet("/health/live", () => WebJson.Answer(new HealthAnswer("live")))
            .WithSummary("Whether the process lives.")
            .Produces<HealthAnswer>();
        app.MapGet("/health/ready", (Readiness readiness) => readiness.IsReady
                ? WebJson.Answer(new HealthAnswer("ready"))
                : throw new ProblemException(new Problem(503, "The server is not ready.", readiness.Reason) { RetryAfter = 1 }))
            .WithSummary("Whether it can be sent pictures.")
            .Produces<HealthAnswer>()
            .ProducesProblems(503);
    }
}

/// <summary>The answer to a question after the health.</summary>
internal sealed record HealthAnswer(string Status);
