using EmotionMLNet.Web.Models;
using EmotionMLNet.Web.Settings;
using Microsoft.Extensions.Hosting;

namespace EmotionMLNet.Web.Health;

/// <summary>Whether the server is to be sent pictures. When it is told to end, it says no for a while before it closes the door.</summary>
internal sealed class Readiness(ModelStore models, ServerSettings settings) : IHostedLifecycleService
{
    private volatile bool isDraining;

    public bool IsReady => !isDraining && models.IsReady;

    /// <summary>Why it is not.</summary>
    public string Reason => isDraining ? "It is about to end." : "It has no model yet.";

    /// <summary>Called before any service is stopped, that which listens included.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        isDraining = true;
        // Whoever sends requests here asks after the health now and then, and must have the time to see it.
        await Task.Delay(TimeSpan.FromSeconds(settings.UnreadySeconds), cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
