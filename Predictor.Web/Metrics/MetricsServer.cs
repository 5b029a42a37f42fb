using System.Net;
using EmotionMLNet.Web.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Prometheus;

namespace EmotionMLNet.Web.Metrics;

/// <summary>GET /metrics for Prometheus, on an address and a port of its own, so that it is never reached with the API.</summary>
internal sealed class MetricsServer(ServerSettings settings, ServerMetrics metrics) : IHostedService
{
    private WebApplication? app;
    private IDisposable? adapter;

    /// <summary>Where it listens; null: nowhere.</summary>
    public Uri? Address { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.MetricsPort is not { } port) return;
        CollectorRegistry registry = Prometheus.Metrics.NewCustomRegistry();
        adapter = MeterAdapter.StartListening(new MeterAdapterOptions
        {
            Registry = registry,
            MetricFactory = Prometheus.Metrics.WithCustomRegistry(registry),
            InstrumentFilterPredicate = i => i.Meter.Scope == metrics.Factory || i.Meter.Name == "System.Runtime",
            ResolveHistogramBuckets = _ => [.. ServerMetrics.Seconds],
        });
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentConnections = settings.Sockets;
            kestrel.Listen(settings.MetricsAddress, port);
        });
        builder.Services.AddRoutingCore();
        app = builder.Build();
        app.MapGet("/metrics", async context =>
        {
            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            await registry.CollectAndExportAsTextAsync(context.Response.Body, context.RequestAborted);
        });
        await app.StartAsync(cancellationToken);
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Address = new Uri(new Uri(address), "/metrics");
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (app is null) return;
        await app.StopAsync(cancellationToken);
        await app.DisposeAsync();
        adapter?.Dispose();
    }
}
