using System.Net;

namespace EmotionMLNet.Web.Settings;

/// <summary>All that a server can be told, checked: see <see cref="SettingsTable"/> for the words.</summary>
internal sealed record ServerSettings
{
    /// <summary>The address that is listened on.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port; 0 is any that is free.</summary>
    public int Port { get; init; } = 5080;

    /// <summary>Whether somebody said that anybody who reaches the address may use it.</summary>
    public bool IsOpen { get; init; }

    /// <summary>What clients must know; null: nothing.</summary>
    public string? Token { get; init; }

    /// <summary>Names by which the server may be called, besides localhost and addresses.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Proxies whose word about the client's address is taken.</summary>
    public IReadOnlyList<IPAddress> Proxies { get; init; } = [];

    /// <summary>The folder of the models; null: those of the predictors.</summary>
    public string? Models { get; init; }

    /// <summary>The model that is used where a request names none: a name, or a file; null is that of the predictors.</summary>
    public string? Model { get; init; }

    /// <summary>The face detector; null is the one that comes with the program.</summary>
    public string? Detector { get; init; }

    /// <summary>Pictures that are classified at once.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Pictures that may wait for that.</summary>
    public int Queue { get; init; } = 64;

    /// <summary>Largest picture, in bytes.</summary>
    public int BodyMegabytes { get; init; } = 32;

    /// <summary>Largest picture, width times height.</summary>
    public long MaxPixels { get; init; } = 50_000_000;

    /// <summary>Most time to decode a picture.</summary>
    public double DecodeSeconds { get; init; } = 5;

    /// <summary>Most time for a picture to arrive.</summary>
    public double BodySeconds { get; init; } = 60;

    /// <summary>Bytes of pictures that have arrived and are not answered, all requests together.</summary>
    public int BufferMegabytes { get; init; } = 256;

    /// <summary>Requests of one address at a time.</summary>
    public int ClientRequests { get; init; } = 64;

    /// <summary>Files of one request for many.</summary>
    public int ManyFiles { get; init; } = 1000;

    /// <summary>Bytes of one request for many.</summary>
    public int ManyMegabytes { get; init; } = 1024;

    /// <summary>Open connections.</summary>
    public int Connections { get; init; } = 512;

    /// <summary>Open sockets of cameras.</summary>
    public int Sockets { get; init; } = 64;

    /// <summary>Frames a second that a camera is answered at most.</summary>
    public int FrameRate { get; init; } = 60;

    /// <summary>Time without a frame after which a socket is closed.</summary>
    public double IdleSeconds { get; init; } = 120;

    /// <summary>The address of the metrics.</summary>
    public IPAddress MetricsAddress { get; init; } = IPAddress.Loopback;

    /// <summary>Their port: 0 is any that is free, null none.</summary>
    public int? MetricsPort { get; init; } = 5081;

    /// <summary>Where metrics are sent by OTLP; null: nowhere.</summary>
    public Uri? Otlp { get; init; }

    /// <summary>Time from the word to end, when it is not ready any more, to when it listens no more.</summary>
    public double UnreadySeconds { get; init; }

    /// <summary>Most time that requests have left after that.</summary>
    public double DrainSeconds { get; init; } = 20;

    /// <summary>Whether log lines are JSON.</summary>
    public bool LogsJson { get; init; }
}
