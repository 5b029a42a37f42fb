using EmotionMLNet.Web.Settings;

namespace EmotionMLNet.Web.Pictures;

/// <summary>Bytes of pictures that all requests together hold; who finds no room is refused, and nobody waits while holding some.</summary>
internal sealed class ByteBudget(ServerSettings settings)
{
    private readonly long most = (long)settings.BufferMegabytes << 20;
    private long held;

    /// <summary>Bytes held now.</summary>
    public long Held => Interlocked.Read(ref held);

    /// <summary>Takes bytes, to be given back with <see cref="Return"/>.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref held, bytes) <= most) return true;
        Return(bytes);
        return false;
    }

    /// <summary>Gives back what was taken.</summary>
    public void Return(long bytes) => Interlocked.Add(ref held, -bytes);
}
