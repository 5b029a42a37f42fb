using System.Security.Cryptography;
using System.Text;
using EmotionMLNet.Web.Hosting;
using EmotionMLNet.Web.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace EmotionMLNet.Web.Security;

/// <summary>The token that clients of the API must send, where the settings have one. The page and the health need none.</summary>
internal static class AccessToken
{
    /// <summary>What a browser names as a protocol of its socket, for it can send no header with one.</summary>
    public const string ProtocolPrefix = "emotionmlnet.token.";

    private const string Scheme = "Bearer ";

    public static void UseAccessToken(this WebApplication app, ServerSettings settings)
    {
        if (settings.Token is not { } token) return;
        byte[] expected = Hash(token);
        app.Use((context, next) =>
        {
            bool isGuarded = context.Request.Path.StartsWithSegments("/v1") || context.Request.Path.StartsWithSegments("/v2");
            if (!isGuarded || (Sent(context.Request) is { } sent && CryptographicOperations.FixedTimeEquals(Hash(sent), expected)))
                return next(context);
            context.Response.Headers.WWWAuthenticate = "Bearer";
            throw new ProblemException(401, "A token is needed.", "Send 'Authorization: Bearer TOKEN'; who runs this server has it.");
        });
    }

    private static string? Sent(HttpRequest request)
    {
        string header = request.Headers.Authorization.ToString();
        if (header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return header[Scheme.Length..].Trim();
        return request.HttpContext.WebSockets.WebSocketRequestedProtocols
            .FirstOrDefault(p => p.StartsWith(ProtocolPrefix, StringComparison.Ordinal))?[ProtocolPrefix.Length..];
    }

    // Of equal length, so that the time of the comparison tells nothing.
    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
