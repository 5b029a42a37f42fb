using EmotionMLNet.Web.Models;
using Microsoft.Extensions.Hosting;

namespace EmotionMLNet.Web.Health;

/// <summary>Whether the server is to be sent pictures.</summary>
internal sealed class Readiness(ModelStore models, IHostApplicationLifetime lifetime)
{
    public bool IsDraining => lifetime.ApplicationStopping.IsCancellationRequested;

    public bool IsReady => !IsDraining && models.IsReady;

    /// <summary>Why it is not.</summary>
    public string Reason => IsDraining ? "It is about to end." : "It has no model yet.";
}
