using System.Diagnostics.Metrics;
using EmotionMLNet.Web.Settings;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace EmotionMLNet.Web.Metrics;

/// <summary>
/// Sends the metrics to the collector that the settings name, by OTLP over HTTP: each minute, and what is left when the server ends.
/// Where they name none, nothing is sent anywhere.
/// </summary>
internal static class MetricsExport
{
    /// <summary>What collectors call this program.</summary>
    public const string ServiceName = "emotionmlnet-web";

    // Collectors put names of all services side by side, so "requests" alone would say too little.
    private const string Prefix = "emotionmlnet.web.", SignalPath = "/v1/metrics";

    public static void AddMetricsExport(this IServiceCollection services, ServerSettings settings)
    {
        if (settings.Otlp is not { } collector) return;
        string version = typeof(EmotionClassifier).Assembly.GetName().Version!.ToString(3);
        services.AddSingleton<CollectorWatch>();
        services.AddOptions<OtlpExporterOptions>().Configure<CollectorWatch>((otlp, watch) =>
        {
            // Plain HTTP passes every proxy, and Prometheus reads it too; gRPC, the exporter's own choice, does neither.
            otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
            otlp.Endpoint = FindEndpoint(collector);
            otlp.HttpClientFactory = () => new HttpClient(watch, disposeHandler: false)
            {
                Timeout = TimeSpan.FromMilliseconds(otlp.TimeoutMilliseconds),
            };
        });
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(ServiceName, serviceVersion: version))
            .WithMetrics(metrics => metrics
                .AddMeter(ServerMetrics.MeterName, "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel")
                .AddView(Name)
                .AddOtlpExporter());
    }

    /// <summary>Where a collector takes metrics, below the address that stands for all that it takes.</summary>
    internal static Uri FindEndpoint(Uri collector)
    {
        string path = collector.AbsolutePath.TrimEnd('/');
        return path.EndsWith(SignalPath, StringComparison.Ordinal)
            ? collector
            : new UriBuilder(collector) { Path = path + SignalPath }.Uri;
    }

    private static MetricStreamConfiguration? Name(Instrument instrument)
        => instrument.Meter.Name == ServerMetrics.MeterName ? new MetricStreamConfiguration { Name = Prefix + instrument.Name } : null;
}
