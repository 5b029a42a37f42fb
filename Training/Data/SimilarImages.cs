using System.Collections.Concurrent;
using System.Numerics;
using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Training.Data;

/// <summary>
/// Finds pictures that are the same to the eye: other sizes, qualities, slight crops of one photograph, as web scrapes are full of. In
/// training and test at once they make every figure too good.
/// </summary>
/// <remarks>
/// The difference hash of Krawetz 2013 ("Kind of Like That"), at 16x16 instead of 8x8: the grey picture is shrunk to 17x16, and each of
/// 256 bits says whether a pixel is brighter than its left neighbour. Similar is transitive here: a chain of similar pictures is one group.
/// </remarks>
internal static class SimilarImages
{
    /// <summary>
    /// Bits of 256 that may differ. Re-encoded and resized copies differ in up to some 25, unrelated pictures in 100 and more.
    /// </summary>
    public const int Threshold = 40;

    private const int Side = 16;

    private static readonly ImagePreprocessing Thumbnail = new()
    {
        Width = Side + 1,
        Height = Side,
        Channels = 1,
        Mean = [0],
        StandardDeviation = [1],
    };

    /// <summary>The group of each image: a number that its members share.</summary>
    /// <param name="images">A picture that cannot be decoded is a group of its own.</param>
    /// <param name="maxPixels">Largest width · height of a picture.</param>
    /// <param name="cancellation">Stops between two images.</param>
    public static int[] Groups(IReadOnlyList<ListedImage> images, long maxPixels, CancellationToken cancellation)
    {
        var hashes = new ulong[images.Count][];
        var parallel = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
        var limits = new ImageReaderOptions { MaxPixels = maxPixels };
        Parallel.For(0, images.Count, parallel, i => hashes[i] = Hash(images[i].Content, limits));
        var pairs = new ConcurrentBag<(int, int)>();
        Parallel.For(0, images.Count, parallel, i =>
        {
            for (int j = 0; j < i; j++)
                if (Distance(hashes[i], hashes[j]) <= Threshold) pairs.Add((i, j));
        });
        int[] parent = [.. Enumerable.Range(0, images.Count)];
        foreach ((int a, int b) in pairs)
        {
            (int p, int q) = (Root(parent, a), Root(parent, b));
            parent[Math.Max(p, q)] = Math.Min(p, q); // the first image stands for its group, in whatever order pairs come
        }
        return [.. parent.Select((_, i) => Root(parent, i))];
    }

    /// <summary>Differing bits of two hashes of equal length; more than any threshold where one is missing.</summary>
    internal static int Distance(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b)
    {
        if (a.Length != b.Length || a.IsEmpty) return int.MaxValue;
        int bits = 0;
        for (int i = 0; i < a.Length; i++) bits += BitOperations.PopCount(a[i] ^ b[i]);
        return bits;
    }

    private static ulong[] Hash(ImageContent content, ImageReaderOptions limits)
    {
        var pixels = new byte[Thumbnail.Length];
        try
        {
            content.Decode(content.Read(), Thumbnail, limits, pixels);
        }
        catch (Exception e) when (e is EmotionMLNetException or IOException or UnauthorizedAccessException)
        {
            return []; // reading it for training reports the reason
        }
        var hash = new ulong[Side * Side / 64];
        for (int bit = 0; bit < Side * Side; bit++)
        {
            int at = bit / Side * (Side + 1) + bit % Side;
            if (pixels[at + 1] > pixels[at]) hash[bit / 64] |= 1UL << (bit % 64);
        }
        return hash;
    }

    private static int Root(int[] parent, int i)
    {
        while (parent[i] != i) i = parent[i] = parent[parent[i]];
        return i;
    }
}
