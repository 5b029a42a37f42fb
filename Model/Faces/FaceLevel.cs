namespace EmotionMLNet.Faces;

/// <summary>One of the maps on which faces are found, a cell every <paramref name="Stride"/> pixels.</summary>
/// <param name="Stride">Pixels between two cells.</param>
/// <param name="Smallest">Height of the smallest faces that the level learns, in pixels of the network's input.</param>
/// <param name="Largest">Height of the largest.</param>
/// <remarks>The ranges of neighbouring levels overlap, so that no size lies on a border.</remarks>
internal sealed record FaceLevel(int Stride, float Smallest, float Largest)
{
    /// <summary>Fine to coarse.</summary>
    public static IReadOnlyList<FaceLevel> All { get; } = [new(8, 10, 40), new(16, 30, 100), new(32, 76, 400)];

    /// <summary>
    /// Values of a cell: the logit of a face, then its left, upper, right and lower side as <see cref="FaceDecoder"/> reads them.
    /// </summary>
    public const int Values = 5;
}
