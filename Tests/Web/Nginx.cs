using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EmotionMLNet.Files;
using EmotionMLNet.Tests.Docs;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Tests.Tuning.Stores;

namespace EmotionMLNet.Tests.Web;

/// <summary>nginx with the lines of docs/web.md; only port, certificate and the server's address are put in.</summary>
internal sealed class Nginx : IDisposable
{
    private const string Debian = "/usr/sbin/nginx";

    private readonly TemporaryFolder folder = new();
    private readonly int port = PostgresServer.FreePort();
    private readonly List<SocketsHttpHandler> ways = [];
    private readonly Process process;
    private readonly string fingerprint;

    private Nginx(Uri server)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = new CertificateRequest($"CN={Site.Host}", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        fingerprint = FingerprintOf(certificate);
        AtomicFile.WriteText(folder["faces.example.pem"], certificate.ExportCertificatePem());
        AtomicFile.WriteText(folder["faces.example.key"], key.ExportPkcs8PrivateKeyPem());
        string documented = MarkdownDocument.Read("docs/web.md").Blocks
            .Single(b => b.Kind == BlockKind.Code && b.Text.StartsWith("map $http_upgrade", StringComparison.Ordinal)).Text;
        string[] kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        AtomicFile.WriteText(folder["nginx.conf"], $$"""
            daemon off;
            master_process off;
            pid {{folder["pid"]}};
            events { }
            http {
            access_log off;
            {{string.Concat(kinds.Select(k => $"{k}_temp_path {folder[k]};\n"))}}
            {{documented.Replace("listen 443 ", $"listen 127.0.0.1:{port} ", StringComparison.Ordinal)
                .Replace("/etc/ssl/", folder.FullName + "/", StringComparison.Ordinal)
                .Replace("127.0.0.1:5080", server.Authority, StringComparison.Ordinal)}}
            }
            """);
        process = Process.Start(new ProcessStartInfo(Debian, ["-p", folder.FullName, "-e", "stderr", "-c", folder["nginx.conf"]])
        {
            RedirectStandardError = true,
        })!;
    }

    /// <summary>The address of the site, as clients know it.</summary>
    public static Uri Site { get; } = new("https://faces.example/");

    /// <summary>Why tests that need it skip; null where it is there.</summary>
    public static string? Missing { get; } =
        OperatingSystem.IsLinux() && File.Exists(Debian) ? null : $"needs nginx: install it (Debian: nginx, {Debian})";

    public static async Task<Nginx> StartAsync(Uri server)
    {
        var nginx = new Nginx(server);
        while (true)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, nginx.port);
                return nginx;
            }
            catch (SocketException) when (!nginx.process.HasExited)
            {
                await Task.Delay(5);
            }
            catch (SocketException)
            {
                throw new InvalidOperationException(await nginx.process.StandardError.ReadToEndAsync());
            }
        }
    }

    /// <summary>A client of the site.</summary>
    /// <param name="address">Its address: any of this machine's own, of which Linux has sixteen million.</param>
    public HttpClient Client(string address) => new(Way(address), disposeHandler: false) { BaseAddress = Site };

    /// <summary>The way from such an address to the site, whose name nobody but the test knows.</summary>
    public SocketsHttpHandler Way(string address)
    {
        var way = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        // Nobody vouches for it, but it is the one that was made for this test.
        way.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null && FingerprintOf(shown) == fingerprint;
        ways.Add(way);
        return way;
    }

    private static string FingerprintOf(X509Certificate certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256);

    public void Dispose()
    {
        foreach (SocketsHttpHandler way in ways) way.Dispose();
        process.Kill();
        process.WaitForExit();
        process.Dispose();
        folder.Dispose();
    }
}

/// <summary>A fact about a server behind nginx.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NginxFactAttribute : FactAttribute
{
    public NginxFactAttribute() => Skip = Nginx.Missing;
}
