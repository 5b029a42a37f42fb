using System.Globalization;
using EmotionMLNet.Terminal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EmotionMLNet.Web.Hosting;

/// <summary>Every response that is no answer is a <see cref="Problem"/>, also those that the framework makes.</summary>
internal static partial class ProblemResponses
{
    public static void UseProblems(this WebApplication app)
    {
        ILogger logger = app.Logger;
        app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
                if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null })
                    await WriteAsync(context, OfStatus(context.Response.StatusCode, context.Request.Path));
            }
            catch (ProblemException e)
            {
                await WriteAsync(context, e.Problem);
            }
            catch (BadHttpRequestException e)
            {
                // 413 stays 413, and a body that comes too slowly is 408.
                await WriteAsync(context, new Problem(e.StatusCode, OfStatus(e.StatusCode, default).Title, ConsoleText.Line(e.Message)));
            }
            catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
            {
                context.Abort(); // nobody is there to be told
            }
            catch (Exception e) when (!context.Response.HasStarted)
            {
                Failed(logger, e.GetType().Name, e.StackTrace ?? "");
                await WriteAsync(context, new Problem(500, "The server made a mistake.", "Its log has the place; please report it."));
            }
        });
    }

    /// <summary>Sends a problem, or breaks off an answer that has begun.</summary>
    public static async Task WriteAsync(HttpContext context, Problem problem)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }
        byte[] body = WebJson.ToBytes(problem);
        context.Response.StatusCode = problem.Status;
        context.Response.ContentType = Problem.ContentType;
        context.Response.ContentLength = body.Length;
        if (problem.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static Problem OfStatus(int status, PathString path) => status switch
    {
        400 => new(status, "The request cannot be read."),
        404 => new(status, "There is nothing here.", path.HasValue ? "The API begins with /v1; /openapi/v1.json describes it." : null),
        405 => new(status, "This address does not take that method.", "/openapi/v1.json says which it takes."),
        408 => new(status, "The request came too slowly."),
        413 => new(status, "The request is too large."),
        415 => new(status, "That kind of content is not read here."),
        _ => new(status, "The request was refused."),
    };

    // The message is left out: it may quote what a client sent.
    [LoggerMessage(LogLevel.Error, "unexpected {Type}{Stack}")]
    private static partial void Failed(ILogger logger, string type, string stack);
}
