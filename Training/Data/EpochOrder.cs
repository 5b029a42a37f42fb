using EmotionMLNet.Training.Randomness;

namespace EmotionMLNet.Training.Data;

/// <summary>Which images an epoch shows, and in what order: all once, or the classes more evenly. A function of the key alone.</summary>
/// <remarks>
/// With balance b a class of n images gets a share of the epoch that is proportional to n^(1-b): 0 leaves it n, 0.5 makes it √n, 1 makes
/// all alike. The epoch keeps its length. Within a class every image is shown equally often or once more than another, never by independent
/// draws; those shown once more are drawn anew each epoch.
/// </remarks>
internal sealed class EpochOrder
{
    private readonly int[][]? members;
    private readonly int[] quotas = [], scratch = [];

    /// <param name="set">The set to sample from.</param>
    /// <param name="balance">0 to 1.</param>
    public EpochOrder(ImageSet set, float balance)
    {
        if (balance == 0) return;
        ILookup<int, int> images = Enumerable.Range(0, set.Count).ToLookup(i => set.Classes[i]);
        members = [.. set.Labels.Select((_, c) => images[c].ToArray())];
        quotas = Quotas([.. members.Select(m => m.Length)], balance);
        scratch = new int[members.Max(m => m.Length)];
    }

    /// <summary>Whether an image may stand twice in an epoch.</summary>
    public bool Repeats => members is not null;

    /// <summary>How many of an epoch's places each class gets: largest remainders, as many as there are images altogether.</summary>
    public static int[] Quotas(IReadOnlyList<int> counts, float balance)
    {
        double[] weights = [.. counts.Select(n => n == 0 ? 0 : Math.Pow(n, 1 - (double)balance))];
        double all = weights.Sum();
        int places = counts.Sum();
        double[] exact = [.. weights.Select(w => w / all * places)];
        int[] quotas = [.. exact.Select(e => (int)e)];
        foreach (int c in Enumerable.Range(0, quotas.Length).OrderByDescending(c => exact[c] - quotas[c]).Take(places - quotas.Sum()))
            quotas[c]++;
        return quotas;
    }

    /// <summary>Writes an epoch.</summary>
    /// <param name="order">Receives indices of images; as long as the set.</param>
    /// <param name="key">The key of seed and epoch.</param>
    public void Draw(Span<int> order, ulong key)
    {
        if (members is null) for (int i = 0; i < order.Length; i++) order[i] = i;
        else
        {
            Span<int> rest = order;
            for (int c = 0; c < members.Length; c++) rest = rest[Deal(members[c], quotas[c], rest, RandomStream.Key(key, (ulong)c))..];
        }
        new RandomStream(key).Shuffle(order);
    }

    /// <returns>The places that were filled.</returns>
    private int Deal(int[] images, int places, Span<int> order, ulong key)
    {
        int at = 0;
        for (; at + images.Length <= places && images.Length > 0; at += images.Length) images.CopyTo(order[at..]);
        Span<int> drawn = scratch.AsSpan(0, images.Length);
        images.CopyTo(drawn);
        new RandomStream(key).Shuffle(drawn);
        drawn[..(places - at)].CopyTo(order[at..]);
        return places;
    }
}
