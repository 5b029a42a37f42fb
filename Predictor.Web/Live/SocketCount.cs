using EmotionMLNet.Web.Settings;

namespace EmotionMLNet.Web.Live;

/// <summary>How many cameras are open.</summary>
internal sealed class SocketCount(ServerSettings settings)
{
    private int open;

    public bool TryOpen()
    {
        if (Interlocked.Increment(ref open) <= settings.Sockets) return true;
        Close();
        return false;
    }

    public void Close() => Interlocked.Decrement(ref open);
}
