using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace EmotionMLNet.Web.Metrics;

/// <summary>Counts responses by status, and by a kind of address of which there are few.</summary>
internal static class RequestCounting
{
    private static readonly string[] Kinds = ["/v1/classify-many", "/v1/classify", "/v1/models", "/v1/live", "/v2", "/health"];

    public static void UseRequestCounting(this WebApplication app, ServerMetrics metrics) => app.Use(async (context, next) =>
    {
        try
        {
            await next(context);
        }
        finally
        {
            metrics.Responded(KindOf(context.Request.Path), context.Response.StatusCode);
        }
    });

    private static string KindOf(PathString path)
        => Kinds.FirstOrDefault(k => path.StartsWithSegments(k, StringComparison.OrdinalIgnoreCase)) ?? "page";
}
