using System.Net;
using EmotionMLNet.Terminal;
using EmotionMLNet.Web.Classification;
using EmotionMLNet.Web.Health;
using EmotionMLNet.Web.Live;
using EmotionMLNet.Web.Metrics;
using EmotionMLNet.Web.Models;
using EmotionMLNet.Web.OpenInference;
using EmotionMLNet.Web.Pages;
using EmotionMLNet.Web.Pictures;
using EmotionMLNet.Web.Security;
using EmotionMLNet.Web.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EmotionMLNet.Web.Hosting;

/// <summary>Puts the features together into a server.</summary>
internal static class WebServer
{
    private const double SlowestBody = 240; // bytes a second

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5), LongestHeaders = TimeSpan.FromSeconds(5),
        LongestIdle = TimeSpan.FromMinutes(1), Ping = TimeSpan.FromSeconds(30);

    /// <summary>Serves until the process is told to end.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(ServerSettings settings)
    {
        using WebApplication app = Create(settings);
        app.Lifetime.ApplicationStarted.Register(() => Announce(app, settings));
        app.Run();
        return ExitCode.Ok;
    }

    /// <summary>A server that is ready to be started; its models are loaded.</summary>
    /// <exception cref="UserException">There is no such model, or none that can be served.</exception>
    public static WebApplication Create(ServerSettings settings)
    {
        // Classification takes a thread each, and others are to read and write meanwhile.
        ThreadPool.GetMinThreads(out int workers, out int completions);
        ThreadPool.SetMinThreads(Math.Max(workers, 2 * settings.Threads + 2), completions);

        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        AddLog(builder, settings);
        AddKestrel(builder, settings);
        IServiceCollection services = builder.Services;
        services.AddSystemd();
        services.AddWindowsService();
        var longestEnd = TimeSpan.FromSeconds(settings.UnreadySeconds + settings.DrainSeconds);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = longestEnd);
        services.AddRouting();
        services.AddMetrics();
        services.AddOpenApi("v1", ApiDescription.Configure);
        services.ConfigureHttpJsonOptions(json => ApiDescription.UseOwnNames(json.SerializerOptions));
        services.AddMetricsExport(settings);
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<ServerMetrics>();
        services.AddSingleton<ByteBudget>();
        services.AddSingleton<PictureUpload>();
        services.AddSingleton<ClassificationGate>();
        services.AddSingleton<Classifier>();
        services.AddSingleton<ModelStore>();
        services.AddSingleton<SocketCount>();
        services.AddSingleton<Readiness>();
        services.AddHostedService(provider => provider.GetRequiredService<Readiness>());
        services.AddHostedService<ModelWatch>();
        services.AddSingleton<MetricsServer>();
        services.AddHostedService(provider => provider.GetRequiredService<MetricsServer>());

        WebApplication app = builder.Build();
        ModelStore models = app.Services.GetRequiredService<ModelStore>();
        models.Load();
        ServerMetrics metrics = app.Services.GetRequiredService<ServerMetrics>();
        ByteBudget budget = app.Services.GetRequiredService<ByteBudget>(); // here: the last metrics are sent while services go
        metrics.Observe(() => budget.Held, () => models.All.Select(m => (m.Name, m.Sha256)));

        app.UseRequestCounting(metrics);
        app.UseSecurityHeaders();
        app.UseProblems();
        UseProxies(app, settings);
        app.UseHostNames(settings);
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = Ping, KeepAliveTimeout = Ping });
        app.UseAccessToken(settings);
        app.UseClientLimit(settings);
        app.UseRouting();

        app.MapPage();
        app.MapClassify();
        app.MapClassifyMany();
        app.MapModels();
        app.MapLive();
        app.MapHealth();
        app.MapOpenInference();
        app.MapOpenApi();
        return app;
    }

    /// <summary>Where a started server listens.</summary>
    public static Uri FindAddress(WebApplication app)
        => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    private static void AddKestrel(WebApplicationBuilder builder, ServerSettings settings) =>
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // The most of any request; PictureUpload keeps the limit of one picture.
            kestrel.Limits.MaxRequestBodySize = (long)Math.Max(settings.BodyMegabytes, settings.ManyMegabytes) << 20;
            // What we have not asked for yet stays with the sender: it is in no budget.
            kestrel.Limits.MaxRequestBufferSize = 64 << 10;
            kestrel.Limits.MaxConcurrentConnections = settings.Connections;
            kestrel.Limits.RequestHeadersTimeout = LongestHeaders;
            kestrel.Limits.KeepAliveTimeout = LongestIdle;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(SlowestBody, Grace);
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
            kestrel.Limits.MaxRequestHeaderCount = 64;
            kestrel.Listen(settings.Address, settings.Port, listen => listen.Protocols = HttpProtocols.Http1);
        });

    // What the framework would log of a request has its address in it, so only what goes wrong is heard of it.
    private static void AddLog(WebApplicationBuilder builder, ServerSettings settings)
    {
        if (settings.LogsJson)
            builder.Logging.AddJsonConsole(json =>
            {
                json.UseUtcTimestamp = true;
                json.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        else
            builder.Logging.AddSimpleConsole(simple => simple.SingleLine = true);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddFilter("EmotionMLNet", LogLevel.Information);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.Critical); // a port that is taken is told by the program
    }

    private static void UseProxies(WebApplication app, ServerSettings settings)
    {
        if (settings.Proxies.Count == 0) return;
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (IPAddress proxy in settings.Proxies) options.KnownProxies.Add(proxy);
        app.UseForwardedHeaders(options);
    }

    private static void Announce(WebApplication app, ServerSettings settings)
    {
        Uri address = FindAddress(app);
        Console.WriteLine($"Serving on {address} with {app.Services.GetRequiredService<ModelStore>().Default}; Ctrl+C ends it.");
        if (app.Services.GetRequiredService<MetricsServer>().Address is { } metrics) Console.WriteLine($"Metrics are on {metrics}");
        if (!IPAddress.IsLoopback(settings.Address))
            Console.WriteLine("Cameras of other machines need HTTPS: docs/web.md says how to put a proxy before this server.");
    }
}
