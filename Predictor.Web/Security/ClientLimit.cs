using System.Threading.RateLimiting;
using EmotionMLNet.Web.Hosting;
using EmotionMLNet.Web.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace EmotionMLNet.Web.Security;

/// <summary>How many requests of one address may be under way. Cameras have a limit of their own.</summary>
internal static class ClientLimit
{
    public static void UseClientLimit(this WebApplication app, ServerSettings settings)
    {
        PartitionedRateLimiter<HttpContext> limiter = PartitionedRateLimiter.Create<HttpContext, UInt128>(context =>
            RateLimitPartition.GetConcurrencyLimiter(
                ClientAddress.KeyOf(context.Connection.RemoteIpAddress),
                _ => new ConcurrencyLimiterOptions { PermitLimit = settings.ClientRequests, QueueLimit = 0 }
            ));
        app.Lifetime.ApplicationStopped.Register(limiter.Dispose);
        app.Use(async (context, next) =>
        {
            bool works = context.Request.Path.StartsWithSegments("/v1") || context.Request.Path.StartsWithSegments("/v2");
            if (!works || context.WebSockets.IsWebSocketRequest)
            {
                await next(context);
                return;
            }
            using RateLimitLease lease = limiter.AttemptAcquire(context);
            if (!lease.IsAcquired)
                throw new ProblemException(new Problem(
                    429, "Too many requests of yours are under way.", $"Send at most {settings.ClientRequests} at a time.")
                {
                    RetryAfter = 1,
                });
            await next(context);
        });
    }
}
