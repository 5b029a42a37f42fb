namespace EmotionMLNet.Training.Faces;

/// <summary>
/// The boxes of a training crop as numbers: how many there are, then five a box: left, top, width, height, and 1 if it is ignored.
/// </summary>
internal static class FaceTarget
{
    /// <summary>Most boxes of a crop. Of more, the smallest are left out, and what covers them then counts as background.</summary>
    public const int MostBoxes = 96;

    /// <summary>Values of a target.</summary>
    public const int Length = 1 + Values * MostBoxes;

    private const int Values = 5;

    public static int Count(ReadOnlySpan<float> target) => (int)target[0];

    public static FaceBox Box(ReadOnlySpan<float> target, int index)
    {
        ReadOnlySpan<float> v = target.Slice(1 + Values * index, Values);
        return new FaceBox(v[0], v[1], v[2], v[3]);
    }

    public static bool IsIgnored(ReadOnlySpan<float> target, int index) => target[Values * index + Values] != 0;

    public static void Clear(Span<float> target) => target[0] = 0;

    /// <summary>Adds a box, if there is room.</summary>
    public static void Add(Span<float> target, FaceBox box, bool ignored)
    {
        int count = (int)target[0];
        if (count == MostBoxes) return;
        Span<float> v = target.Slice(1 + Values * count, Values);
        (v[0], v[1], v[2], v[3], v[4]) = (box.X, box.Y, box.Width, box.Height, ignored ? 1 : 0);
        target[0] = count + 1;
    }
}
