using EmotionMLNet.Web.Security;
using Microsoft.AspNetCore.Http;

namespace EmotionMLNet.Web.Classification;

/// <summary>Who wants a picture classified.</summary>
/// <param name="Client">As <see cref="ClientAddress"/> has it.</param>
/// <param name="IsPatient">Whether it waits where the queue is full.</param>
internal readonly record struct Caller(UInt128 Client, bool IsPatient)
{
    public static Caller Of(HttpContext context, bool isPatient = false)
        => new(ClientAddress.KeyOf(context.Connection.RemoteIpAddress), isPatient);
}
