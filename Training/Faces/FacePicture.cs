namespace EmotionMLNet.Training.Faces;

/// <summary>A decoded grey picture at several sizes, with its boxes.</summary>
/// <param name="Path">The file.</param>
/// <param name="Levels">The picture, and its halves down to 48 pixels; each is [Height, Width] samples.</param>
/// <param name="Faces">In pixels of the first level.</param>
/// <param name="Ignored">Likewise.</param>
internal sealed record FacePicture(
    string Path,
    IReadOnlyList<(int Width, int Height, byte[] Samples)> Levels,
    FaceBox[] Faces,
    FaceBox[] Ignored
)
{
    /// <summary>What set of pictures it is of, where the annotations tell; else empty.</summary>
    public string Subset { get; init; } = "";

    /// <summary>Whether epochs are compared by it, where the annotations tell; null leaves that to the seed.</summary>
    public bool? IsValidation { get; init; }

    /// <summary>Halves are made as long as both sides of them have so many pixels.</summary>
    private const int SmallestSide = 48;

    public int Width => Levels[0].Width;

    public int Height => Levels[0].Height;

    /// <summary>Makes the halves.</summary>
    public static FacePicture Create(string path, int width, int height, byte[] samples, FaceBox[] faces, FaceBox[] ignored)
    {
        List<(int, int, byte[])> levels = [(width, height, samples)];
        while (Math.Min(width, height) >= 2 * SmallestSide)
        {
            (samples, width, height) = (Halve(samples, width, height), width / 2, height / 2);
            levels.Add((width, height, samples));
        }
        return new FacePicture(path, levels, faces, ignored);
    }

    // The mean of four.
    private static byte[] Halve(byte[] samples, int width, int height)
    {
        int columns = width / 2, rows = height / 2;
        var half = new byte[columns * rows];
        for (int y = 0; y < rows; y++)
        {
            ReadOnlySpan<byte> upper = samples.AsSpan(2 * y * width, width), lower = samples.AsSpan((2 * y + 1) * width, width);
            Span<byte> to = half.AsSpan(y * columns, columns);
            for (int x = 0; x < columns; x++)
                to[x] = (byte)((upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1] + 2) >> 2);
        }
        return half;
    }
}
