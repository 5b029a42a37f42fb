using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Randomness;

namespace EmotionMLNet.Training.Data;

/// <summary>Deals images over splits class by class.</summary>
internal static class StratifiedSplit
{
    /// <summary>
    /// The split of each image. Within a class images are ordered by a hash of seed and content; quotas are rounded to whole
    /// images, the rest goes to train. Byte-identical images form one group that goes where room is left, with the class of
    /// its first image when their labels differ; so do similar ones, if asked.
    /// </summary>
    /// <param name="images">The images of one source.</param>
    /// <param name="labels">Every class of them.</param>
    /// <param name="shares">The shares of train, validation and test; their sum is 1.</param>
    /// <param name="options">The seed, and whether similar images stay together.</param>
    /// <param name="cancellation">Stops between two images.</param>
    public static Split[] Deal(
        IReadOnlyList<ListedImage> images,
        IReadOnlyList<string> labels,
        double[] shares,
        DataOptions options,
        CancellationToken cancellation
    )
    {
        UInt128[] contents = Contents(images, cancellation);
        if (options.SimilarTogether)
        {
            int[] similar = SimilarImages.Groups(images, options.MaxPixels, cancellation);
            contents = [.. similar.Select((first, i) => first == i ? contents[i] : contents[first])];
        }
        var groups = Enumerable.Range(0, images.Count)
            .GroupBy(i => contents[i])
            .Select(g => (Label: images[g.First()].Label, Rank: Rank(options.Seed, g.Key), Members: g.ToArray()))
            .ToLookup(g => g.Label);
        var dealt = new Split[images.Count];
        foreach (string label in labels)
        {
            int total = groups[label].Sum(g => g.Members.Length);
            int[] room = [0, Round(total * shares[1]), Round(total * shares[2])];
            room[0] = total - room[1] - room[2];
            if (total > 0 && room[0] < 1) room = [total, 0, 0];
            foreach ((_, _, int[] members) in groups[label].OrderBy(g => g.Rank))
            {
                int split = Array.FindIndex(room, r => r >= members.Length);
                if (split < 0) split = Array.IndexOf(room, room.Max());
                room[split] -= members.Length;
                foreach (int i in members) dealt[i] = (Split)split;
            }
        }
        return dealt;
    }

    private static int Round(double images) => (int)Math.Round(images, MidpointRounding.AwayFromZero);

    private static UInt128 Rank(ulong seed, UInt128 content)
        => new(RandomStream.Key(RandomStream.Key(seed, (ulong)(content >> 64)), (ulong)content), (ulong)content);

    /// <summary>The first half of the SHA-256 of what is stored; of the name where it can't be read (decoding will report that).</summary>
    private static UInt128[] Contents(IReadOnlyList<ListedImage> images, CancellationToken cancellation)
    {
        var contents = new UInt128[images.Count];
        Parallel.For(
            0,
            images.Count,
            new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount },
            i =>
            {
                byte[] bytes;
                try
                {
                    bytes = images[i].Content.Read();
                }
                catch (Exception e) when (e is EmotionMLNetException or IOException or UnauthorizedAccessException)
                {
                    bytes = Encoding.UTF8.GetBytes(images[i].Name);
                }
                contents[i] = ContentHash.Compute(bytes);
            }
        );
        return contents;
    }
}

/// <summary>Half of a SHA-256: 128 bits, no accidental collision among any number of images.</summary>
internal static class ContentHash
{
    public static UInt128 Compute(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
