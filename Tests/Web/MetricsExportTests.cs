using System.Collections.Concurrent;
using System.Net;
using System.Text;
using EmotionMLNet.Web.Hosting;
using EmotionMLNet.Web.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EmotionMLNet.Tests.Web;

/// <summary>Metrics that are sent to a collector, and what the collector reads.</summary>
public sealed class MetricsExportTests
{
    [Fact]
    public async Task A_collector_has_the_metrics_when_the_server_ends()
    {
        await using Collector collector = await Collector.StartAsync();
        await using (RunningServer server = await RunningServer.StartAsync(s => s with { Otlp = collector.Address }))
            await server.PostAsync("/v1/classify", RunningServer.Face);

        (string path, string? type, byte[] body) = collector.Requests.Last();
        Assert.Equal(("/v1/metrics", "application/x-protobuf"), (path, type));
        // By the numbers of the fields: opentelemetry/proto/metrics/v1/metrics.proto has their names.
        Protobuf[] ofResources = [.. new Protobuf(body).Messages(1)];
        Protobuf[] scopes = [.. ofResources.SelectMany(r => r.Messages(2))];
        Dictionary<string, Protobuf> metrics = scopes.SelectMany(s => s.Messages(2)).ToDictionary(m => m.Text(1));
        string[] wanted =
        [
            "emotionmlnet.web.requests", "emotionmlnet.web.queue.duration", "emotionmlnet.web.decode.duration",
            "emotionmlnet.web.picture.bytes", "emotionmlnet.web.model.info", "dotnet.gc.collections",
        ];
        Assert.All(wanted, name => Assert.Contains(name, metrics.Keys));
        Assert.Contains("EmotionMLNet.Web", scopes.SelectMany(s => s.Messages(1)).Select(s => s.Text(1)));
        Dictionary<string, string> resource = ofResources.Single().Messages(1).SelectMany(r => r.Messages(1))
            .ToDictionary(a => a.Text(1), a => a.Messages(2).Single().Text(1));
        Assert.Equal(MetricsExport.ServiceName, resource["service.name"]);
        Assert.Equal(typeof(EmotionClassifier).Assembly.GetName().Version!.ToString(3), resource["service.version"]);
        // Times are in seconds, and so are the buckets.
        Protobuf classified = metrics["emotionmlnet.web.network.duration"];
        Assert.Equal("s", classified.Text(3));
        Assert.Equal(ServerMetrics.Seconds, classified.Messages(9).Single().Messages(1).First().Doubles(7));
        Assert.DoesNotContain("happy", Encoding.UTF8.GetString(body).Replace("happy-sad", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/metrics")]
    [InlineData("https://otlp.example/", "https://otlp.example/v1/metrics")]
    [InlineData("http://prometheus.example:9090/api/v1/otlp", "http://prometheus.example:9090/api/v1/otlp/v1/metrics")]
    [InlineData("http://127.0.0.1:4318/v1/metrics", "http://127.0.0.1:4318/v1/metrics")]
    public void The_address_stands_for_all_that_a_collector_takes(string address, string expected)
        => Assert.Equal(expected, MetricsExport.FindEndpoint(new Uri(address)).AbsoluteUri);

    [Fact]
    public async Task A_collector_that_takes_nothing_is_a_line_of_the_log_and_so_is_its_return()
    {
        await using Collector collector = await Collector.StartAsync();
        var log = new Lines();
        using var client = new HttpClient(new CollectorWatch(log));
        foreach (string path in (string[])["v1/metrics", "nothing", "nothing", "v1/metrics", "v1/metrics"])
            using (await client.PostAsync(new Uri(collector.Address, path), new ByteArrayContent([]))) { }
        Assert.Equal(
            [
                $"metrics are not taken by {collector.Address.Authority}: it answers 404",
                $"metrics are taken by {collector.Address.Authority} again",
            ],
            log);
        await collector.DisposeAsync();
        for (int i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, collector.Address);
            Assert.Throws<HttpRequestException>(() => client.Send(request)); // as the exporter does it
        }
        Assert.Matches($"^metrics are not taken by {collector.Address.Authority}: .+", log.Skip(2).Single());
    }

    private sealed class Lines : ConcurrentQueue<string>, ILogger<CollectorWatch>
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => Enqueue(formatter(state, exception));
    }

    /// <summary>Takes what is sent to /v1/metrics.</summary>
    private sealed class Collector(WebApplication app) : IAsyncDisposable
    {
        public ConcurrentQueue<(string Path, string? Type, byte[] Body)> Requests { get; } = new();

        public Uri Address { get; } = WebServer.FindAddress(app);

        public static async Task<Collector> StartAsync()
        {
            WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            builder.Services.AddRoutingCore();
            WebApplication app = builder.Build();
            Collector? collector = null;
            app.MapPost("/v1/metrics", async context =>
            {
                var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                collector!.Requests.Enqueue((context.Request.Path, context.Request.ContentType, body.ToArray()));
                context.Response.ContentType = "application/x-protobuf"; // an empty answer: all was taken
            });
            await app.StartAsync();
            return collector = new Collector(app);
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }

    /// <summary>As much of protobuf as these messages have.</summary>
    private sealed class Protobuf(ReadOnlyMemory<byte> message)
    {
        public IEnumerable<Protobuf> Messages(int number) => Fields(number).Select(f => new Protobuf(f));

        public string Text(int number) => Encoding.UTF8.GetString(Fields(number).Single().Span);

        /// <summary>Numbers in a row.</summary>
        public double[] Doubles(int number)
        {
            byte[] bytes = [.. Fields(number).SelectMany(f => f.ToArray())];
            return [.. bytes.Chunk(sizeof(double)).Select(b => BitConverter.ToDouble(b))];
        }

        private IEnumerable<ReadOnlyMemory<byte>> Fields(int number)
        {
            int at = 0;
            while (at < message.Length)
            {
                ulong tag = Varint(ref at);
                int start = at;
                switch (tag & 7)
                {
                    case 0: Varint(ref at); break;
                    case 1: at += sizeof(ulong); break;
                    case 2:
                        int length = (int)Varint(ref at);
                        start = at;
                        at += length;
                        break;
                    case 5: at += sizeof(uint); break;
                    default: throw new InvalidDataException($"There is no wire type {tag & 7}.");
                }
                if (tag >> 3 == (ulong)number) yield return message[start..at];
            }
        }

        private ulong Varint(ref int at)
        {
            ulong value = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte part = message.Span[at++];
                value |= (ulong)(part & 0x7F) << shift;
                if (part < 0x80) return value;
            }
        }
    }
}
