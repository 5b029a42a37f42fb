using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Weights;

namespace EmotionMLNet.Tests.Weights;

/// <summary>Fetching from a server on this machine that does what servers do on bad days.</summary>
public sealed class WeightDownloadTests : IDisposable
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 31 >> 3))];
    private static readonly string Hash = Convert.ToHexStringLower(SHA256.HashData(Content));

    private readonly TemporaryFolder folder = new();
    private readonly List<string> requests = [];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_whole_file_is_checked_and_moved_into_place()
    {
        await using var server = new Server((request, to) => Whole(to, Content));
        await Fetch(server);
        Assert.Equal(Content, File.ReadAllBytes(folder["file.pth"]));
        Assert.Equal(["file.pth"], Directory.GetFiles(folder[""]).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_connection_that_breaks_is_taken_up_where_it_broke()
    {
        await using var server = new Server((request, to) =>
        {
            Note(request);
            long from = From(request);
            if (from == 0) return Part(to, 0, 100_000, "200 OK", Content.Length); // says 300,000, sends 100,000
            return Part(
                to,
                from,
                Content.Length,
                $"206 Partial Content\r\nContent-Range: bytes {from}-{Content.Length - 1}/{Content.Length}",
                Content.Length - from
            );
        });
        await Fetch(server);
        Assert.Equal(Content, File.ReadAllBytes(folder["file.pth"]));
        Assert.Equal(2, requests.Count);
        Assert.Contains("range: bytes=100000-", requests[1], StringComparison.OrdinalIgnoreCase);
        Assert.Contains("if-range: \"tag\"", requests[1], StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_server_without_ranges_sends_the_file_again_from_the_start()
    {
        int attempts = 0;
        await using var server = new Server(
            (request, to) => attempts++ == 0 ? Part(to, 0, 100_000, "200 OK", Content.Length) : Whole(to, Content)
        );
        await Fetch(server);
        Assert.Equal(Content, File.ReadAllBytes(folder["file.pth"]));
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_given_up_and_tried_again()
    {
        int attempts = 0;
        await using var server = new Server(async (request, to) =>
        {
            if (attempts++ == 0)
            {
                await Part(to, 0, 50_000, "200 OK", Content.Length);
                await Task.Delay(2000);
            }
            else
            {
                long from = From(request);
                string status = $"206 Partial Content\r\nContent-Range: bytes {from}-{Content.Length - 1}/{Content.Length}";
                await Part(to, from, Content.Length, status, Content.Length - from);
            }
        });
        await Fetch(server, stall: TimeSpan.FromMilliseconds(300));
        Assert.Equal(Content, File.ReadAllBytes(folder["file.pth"]));
    }

    [Fact]
    public async Task Another_file_is_not_kept()
    {
        byte[] other = [.. Content];
        other[1000] ^= 1;
        await using var server = new Server((request, to) => Whole(to, other));
        TrainingException e = await Assert.ThrowsAnyAsync<TrainingException>(() => Fetch(server));
        Assert.Contains("not the expected file", e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder[""]));
    }

    [Theory]
    [InlineData("404 Not Found", "404")]
    [InlineData("500 Internal Server Error", "500")]
    public async Task A_refusal_is_one_line(string status, string expected)
    {
        await using var server = new Server((request, to) => Part(to, 0, 0, status, 0));
        TrainingException e = await Assert.ThrowsAnyAsync<TrainingException>(() => Fetch(server));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public async Task A_redirect_is_followed()
    {
        await using var target = new Server((request, to) => Whole(to, Content));
        await using var server = new Server((request, to) => Part(to, 0, 0, $"302 Found\r\nLocation: {target.Address}", 0));
        await Fetch(server);
        Assert.Equal(Content, File.ReadAllBytes(folder["file.pth"]));
    }

    [Fact]
    public async Task What_changed_on_the_server_meanwhile_comes_whole()
    {
        EmotionMLNet.Files.AtomicFile.Write(folder["file.pth.part"], s => s.Write(new byte[70_000])); // of an older version
        EmotionMLNet.Files.AtomicFile.WriteText(folder["file.pth.part.etag"], "\"old\"");
        await using var server = new Server((request, to) =>
        {
            Note(request);
            return Whole(to, Content); // the tag does not fit, so the range is ignored
        });
        await Fetch(server);
        Assert.Contains("if-range: \"old\"", requests[0], StringComparison.OrdinalIgnoreCase);
        Assert.Equal(Content, File.ReadAllBytes(folder["file.pth"]));
    }

    [Fact]
    public async Task Plain_HTTP_to_elsewhere_is_not_fetched()
    {
        using var download = new WeightDownload(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<TrainingException>(() =>
            download.Fetch(new Uri("http://192.0.2.1/x"), folder["x"], _ => true, null, CancellationToken.None)
        );
    }

    [Fact]
    public async Task Nobody_there_is_one_line()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var download = new WeightDownload(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));
        TrainingException e = await Assert.ThrowsAnyAsync<TrainingException>(() =>
            download.Fetch(new Uri($"http://127.0.0.1:{port}/x"), folder["x"], _ => true, null, CancellationToken.None)
        );
        Assert.DoesNotContain('\n', e.Message);
    }

    private async Task Fetch(Server server, TimeSpan? stall = null)
    {
        using var download = new WeightDownload(TimeSpan.FromSeconds(5), stall ?? TimeSpan.FromSeconds(5));
        await download.Fetch(new Uri(server.Address), folder["file.pth"], hash => hash == Hash, null, CancellationToken.None);
    }

    private void Note(string request)
    {
        lock (requests) requests.Add(request);
    }

    private static long From(string request)
    {
        int at = request.IndexOf("bytes=", StringComparison.Ordinal);
        return at < 0 ? 0 : long.Parse(request[(at + 6)..request.IndexOf('-', at)], CultureInfo.InvariantCulture);
    }

    private static Task Whole(Stream to, byte[] content) => Send(to, "200 OK", content.Length, content);

    private static Task Part(Stream to, long from, long end, string status, long announced) =>
        Send(to, status, announced, Content.AsMemory((int)from, (int)Math.Max(0, end - from)));

    private static async Task Send(Stream to, string status, long length, ReadOnlyMemory<byte> body)
    {
        await to.WriteAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nETag: \"tag\"\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n")
        );
        await to.WriteAsync(body);
    }

    /// <summary>Answers one request a connection, any number of connections at once.</summary>
    private sealed class Server : IAsyncDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly Task running;

        public Server(Func<string, Stream, Task> answer)
        {
            listener.Start();
            running = Run(answer);
        }

        public string Address => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/file.pth";

        public async ValueTask DisposeAsync()
        {
            listener.Stop();
            await running;
        }

        private async Task Run(Func<string, Stream, Task> answer)
        {
            var connections = new List<Task>();
            while (true)
            {
                try
                {
                    connections.Add(Serve(await listener.AcceptTcpClientAsync(), answer));
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
                {
                    break; // stopped
                }
            }
            await Task.WhenAll(connections);
        }

        private static async Task Serve(TcpClient client, Func<string, Stream, Task> answer)
        {
            using (client)
            {
                try
                {
                    NetworkStream stream = client.GetStream();
                    var buffer = new byte[8192];
                    int count = 0;
                    while (!Encoding.ASCII.GetString(buffer, 0, count).Contains("\r\n\r\n", StringComparison.Ordinal))
                    {
                        int read = await stream.ReadAsync(buffer.AsMemory(count));
                        if (read == 0) break;
                        count += read;
                    }
                    await answer(Encoding.ASCII.GetString(buffer, 0, count), stream);
                    await stream.FlushAsync();
                }
                catch (IOException)
                {
                    // the client left
                }
            }
        }
    }
}
