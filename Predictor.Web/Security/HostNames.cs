using System.Net;
using EmotionMLNet.Web.Hosting;
using EmotionMLNet.Web.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace EmotionMLNet.Web.Security;

/// <summary>
/// By which names the server answers. A page of a stranger can let a name of its own lead to 127.0.0.1 (DNS rebinding), but never a numeric
/// address: so these, localhost and the names of the settings are all.
/// </summary>
internal static class HostNames
{
    public static void UseHostNames(this WebApplication app, ServerSettings settings) => app.Use((context, next) =>
        Knows(settings, context.Request.Host.Host)
            ? next(context)
            : throw new ProblemException(400, "The server is not known by that name.", "Give it to --hosts when the server is started."));

    internal static bool Knows(ServerSettings settings, string host)
        => host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || IPAddress.TryParse(host.Trim('[', ']'), out _)
            || settings.Hosts.Contains(host, StringComparer.OrdinalIgnoreCase);
}
