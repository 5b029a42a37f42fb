using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace EmotionMLNet.Web.Hosting;

/// <summary>What the description of the API says of an endpoint's problems.</summary>
internal static class EndpointProblems
{
    public static RouteHandlerBuilder ProducesProblems(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> statuses)
    {
        foreach (int status in statuses) endpoint.Produces<Problem>(status, Problem.ContentType);
        return endpoint;
    }
}
