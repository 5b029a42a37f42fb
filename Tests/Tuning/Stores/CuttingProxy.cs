using System.Net;
using System.Net.Sockets;
using EmotionMLNet.TrialStores;

namespace EmotionMLNet.Tests.Tuning.Stores;

/// <summary>When a connection is cut.</summary>
internal enum Cut
{
    Never,

    /// <summary>The server never hears that it should commit.</summary>
    BeforeCommit,

    /// <summary>The server has committed, and the client never hears of it.</summary>
    AfterCommit,
}

/// <summary>Stands between a store and its server, and cuts one connection at the worst moment.</summary>
internal sealed class CuttingProxy : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly int serverPort;
    private readonly string server;
    private int next;
    private int cuts;

    public CuttingProxy(string url)
    {
        PostgresAddress address = PostgresAddress.Parse(url);
        server = address.Settings.Host!;
        serverPort = address.Settings.Port;
        listener.Start();
        Url = new UriBuilder(url) { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port }.Uri.AbsoluteUri;
        _ = AcceptAll();
    }

    /// <summary>Where clients find the server through this.</summary>
    public string Url { get; }

    /// <summary>How many connections were cut.</summary>
    public int Cuts => Volatile.Read(ref cuts);

    /// <summary>Cuts the next connection that commits.</summary>
    public void CutNext(Cut cut) => Volatile.Write(ref next, (int)cut);

    public void Dispose() => listener.Dispose();

    private async Task AcceptAll()
    {
        try
        {
            while (true) _ = Serve(await listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task Serve(TcpClient client)
    {
        using (client)
        using (var upstream = new TcpClient())
        {
            try
            {
                await upstream.ConnectAsync(server, serverPort);
                NetworkStream near = client.GetStream(), far = upstream.GetStream();
                var isCut = new TaskCompletionSource();
                await Task.WhenAny(Requests(near, far, isCut), Answers(far, near, isCut.Task));
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
            {
                // A side has gone; the other goes too.
            }
        }
    }

    private async Task Requests(NetworkStream near, NetworkStream far, TaskCompletionSource isCut)
    {
        byte[] buffer = new byte[1 << 16];
        while (await near.ReadAsync(buffer) is > 0 and var count)
        {
            // With the zero behind it, which "READ COMMITTED" has not.
            Cut cut = buffer.AsSpan(0, count).IndexOf("COMMIT\0"u8) >= 0 ? (Cut)Interlocked.Exchange(ref next, (int)Cut.Never) : Cut.Never;
            if (cut != Cut.Never) Interlocked.Increment(ref cuts);
            if (cut == Cut.BeforeCommit) return;
            if (cut == Cut.AfterCommit) isCut.SetResult();
            await far.WriteAsync(buffer.AsMemory(0, count));
        }
    }

    private static async Task Answers(NetworkStream far, NetworkStream near, Task isCut)
    {
        byte[] buffer = new byte[1 << 16];
        while (await far.ReadAsync(buffer) is > 0 and var count)
        {
            if (isCut.IsCompleted) return; // the answer to the commit
            await near.WriteAsync(buffer.AsMemory(0, count));
        }
    }
}
