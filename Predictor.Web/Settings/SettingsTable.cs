using System.Net;
using EmotionMLNet.Predictor;
using EmotionMLNet.Terminal;

namespace EmotionMLNet.Web.Settings;

/// <summary>All settings, in the order and under the headings of the help.</summary>
internal static class SettingsTable
{
    private const int ShortestToken = 16, MostSeconds = 3600;

    public static IReadOnlyList<(string Title, IReadOnlyList<Setting> Settings)> Groups { get; } =
    [
        ("Address",
        [
            Setting.Interface("address", "The address to listen on. Another one than this machine's own demands --token-file or --open.",
                "127.0.0.1", (s, v) => s with { Address = v }),
            Setting.Whole("port", "The port; 0 is any that is free.", "5080", 0, 65535, (s, v) => s with { Port = (int)v }),
            new("token-file", "FILE", "Clients must send the token that is the first line of this file.", "", ReadToken),
            Setting.Switch("open", "Everybody who reaches the address may use it.", (s, v) => s with { IsOpen = v }),
            new("hosts", "NAME,...", "Names by which browsers may call the server, besides localhost and numeric addresses.", "",
                (s, text) => (s with { Hosts = Words(text) }, null)),
            new("proxies", "ADDRESS,...", "Reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.", "", ReadProxies),
        ]),
        ("Models",
        [
            Setting.Text("models", "DIR", "Serve the model zips of this folder; a file that is moved into it is taken over while it runs.",
                "", (s, v) => s with { Models = v }),
            Setting.Text("model", "MODEL.zip", "The model of requests that name none: a name in the folder, or a file.",
                ModelChoice.Default, (s, v) => s with { Model = v }),
            Setting.Text("detector", "FILE", "A face detector.", ModelChoice.Detector, (s, v) => s with { Detector = v }),
        ]),
        ("Work",
        [
            Setting.Whole("threads", "Pictures that are classified at once; 0 is one for each core.", "0", 0, 1024,
                (s, v) => s with { Threads = v == 0 ? Environment.ProcessorCount : (int)v }),
            Setting.Whole("queue", "Pictures that may wait; more are refused with 503.", "64", 0, 100_000,
                (s, v) => s with { Queue = (int)v }),
            Setting.Seconds("unready-seconds", "Time that load balancers have to see that the server is about to end.", "0", MostSeconds,
                (s, v) => s with { UnreadySeconds = v }, canBeZero: true),
            Setting.Seconds("drain-seconds", "Time that requests have left after that.", "20", MostSeconds,
                (s, v) => s with { DrainSeconds = v }),
        ]),
        ("Limits",
        [
            Setting.Whole("max-body", "Largest picture, megabytes.", "32", 1, 1024, (s, v) => s with { BodyMegabytes = (int)v }),
            Setting.Whole("max-pixels", "Largest picture, width times height.", "50000000", 1, 500_000_000,
                (s, v) => s with { MaxPixels = v }),
            Setting.Seconds("decode-seconds", "Most time to decode a picture.", "5", MostSeconds, (s, v) => s with { DecodeSeconds = v }),
            Setting.Seconds("body-seconds", "Most time for a picture to arrive.", "60", MostSeconds, (s, v) => s with { BodySeconds = v }),
            Setting.Whole("max-buffer", "Megabytes of pictures in memory, all requests together.", "256", 1, 1 << 20,
                (s, v) => s with { BufferMegabytes = (int)v }),
            Setting.Whole("client-requests", "Requests of one address at a time; more are refused with 429.", "64", 1, 1 << 20,
                (s, v) => s with { ClientRequests = (int)v }),
            Setting.Whole("many-files", "Files of one request for many.", "1000", 1, 1 << 20, (s, v) => s with { ManyFiles = (int)v }),
            Setting.Whole("many-megabytes", "Megabytes of one request for many.", "1024", 1, 1 << 20,
                (s, v) => s with { ManyMegabytes = (int)v }),
            Setting.Whole("connections", "Open connections.", "512", 1, 1 << 20, (s, v) => s with { Connections = (int)v }),
            Setting.Whole("sockets", "Open cameras.", "64", 0, 1 << 20, (s, v) => s with { Sockets = (int)v }),
            Setting.Whole("frame-rate", "Frames of one camera that are answered a second.", "60", 1, 1000,
                (s, v) => s with { FrameRate = (int)v }),
            Setting.Seconds("idle-seconds", "Time without a frame after which a camera is closed.", "120", MostSeconds,
                (s, v) => s with { IdleSeconds = v }),
        ]),
        ("Metrics and log",
        [
            Setting.Interface("metrics-address", "The address of the metrics.", "127.0.0.1", (s, v) => s with { MetricsAddress = v }),
            new("metrics-port", "N", "The port of the metrics, for Prometheus; 0 is any that is free, off none.", "5081", ReadMetricsPort),
            new("otlp", "URL", "Send the metrics to this collector too, each minute, by OTLP over HTTP.", "", ReadOtlp),
            Setting.Switch("json-log", "Write each log line as JSON.", (s, v) => s with { LogsJson = v }),
        ]),
    ];

    public static IEnumerable<Setting> All => Groups.SelectMany(g => g.Settings);

    private static (ServerSettings, string?) ReadToken(ServerSettings settings, string path)
    {
        try
        {
            InputFile.Check(path, 1 << 16);
            string token = File.ReadLines(path).FirstOrDefault("").Trim();
            return token.Length >= ShortestToken && token.All(char.IsAsciiLetterOrDigit)
                ? (settings with { Token = token }, null)
                : (settings, $"its first line is to be a token of {ShortestToken} or more letters and digits");
        }
        catch (Exception e) when (e is EmotionMLNetException or IOException or UnauthorizedAccessException)
        {
            return (settings, e.Message.TrimEnd('.'));
        }
    }

    private static (ServerSettings, string?) ReadProxies(ServerSettings settings, string text)
    {
        string[] words = Words(text);
        return words.All(w => IPAddress.TryParse(w, out _))
            ? (settings with { Proxies = [.. words.Select(IPAddress.Parse)] }, null)
            : (settings, "give addresses with commas between");
    }

    private static (ServerSettings, string?) ReadMetricsPort(ServerSettings settings, string text)
    {
        if (text == "off") return (settings with { MetricsPort = null }, null);
        return ushort.TryParse(text, System.Globalization.NumberStyles.None, null, out ushort port)
            ? (settings with { MetricsPort = port }, null)
            : (settings, "give a port from 0 to 65535, or off");
    }

    private static (ServerSettings, string?) ReadOtlp(ServerSettings settings, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
            ? (settings with { Otlp = address }, null)
            : (settings, "give an address that begins with http:// or https://");

    private static string[] Words(string text)
        => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
