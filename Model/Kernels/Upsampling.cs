namespace EmotionMLNet.Kernels;

/// <summary>Nearest-neighbour enlargement of maps, and its derivative.</summary>
internal static unsafe class Upsampling
{
    /// <summary>to[n, f·y + i, f·x + j, c] = from[n, y, x, c] for all i, j below f.</summary>
    /// <param name="batch">Images.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="channels">C.</param>
    /// <param name="factor">f.</param>
    /// <param name="from">[batch, H, W, C].</param>
    /// <param name="to">Receives [batch, f·H, f·W, C].</param>
    /// <param name="team">Split by rows.</param>
    public static void Repeat(
        int batch,
        int height,
        int width,
        int channels,
        int factor,
        ReadOnlySpan<float> from,
        Span<float> to,
        ThreadTeam team
    )
    {
        fixed (float* pFrom = from, pTo = to)
        {
            var job = new RepeatJob(batch * height, width, channels, factor, pFrom, pTo);
            team.Run(ref job);
        }
    }

    /// <summary>to[n, y, x, c] = Σ from[n, f·y + i, f·x + j, c] over all i, j below f.</summary>
    /// <param name="batch">Images.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="channels">C.</param>
    /// <param name="factor">f.</param>
    /// <param name="from">[batch, f·H, f·W, C].</param>
    /// <param name="to">Receives [batch, H, W, C].</param>
    /// <param name="team">Split by rows.</param>
    public static void SumRepeats(
        int batch,
        int height,
        int width,
        int channels,
        int factor,
        ReadOnlySpan<float> from,
        Span<float> to,
        ThreadTeam team
    )
    {
        fixed (float* pFrom = from, pTo = to)
        {
            var job = new SumJob(batch * height, width, channels, factor, pFrom, pTo);
            team.Run(ref job);
        }
    }

    private readonly struct RepeatJob(int rows, int width, int channels, int factor, float* from, float* to) : ITeamJob
    {
        public void Run(int part, int parts)
        {
            (int start, int end) = ThreadTeam.Range(rows, part, parts);
            int wide = width * factor * channels;
            for (int y = start; y < end; y++)
            {
                float* source = from + (nint)y * width * channels, first = to + (nint)y * factor * wide, target = first;
                for (int x = 0; x < width; x++, source += channels)
                    for (int j = 0; j < factor; j++, target += channels)
                        new ReadOnlySpan<float>(source, channels).CopyTo(new Span<float>(target, channels));
                for (int i = 1; i < factor; i++)
                    new ReadOnlySpan<float>(first, wide).CopyTo(new Span<float>(first + (nint)i * wide, wide));
            }
        }
    }

    private readonly struct SumJob(int rows, int width, int channels, int factor, float* from, float* to) : ITeamJob
    {
        public void Run(int part, int parts)
        {
            (int start, int end) = ThreadTeam.Range(rows, part, parts);
            int wide = width * factor * channels;
            for (int y = start; y < end; y++)
            {
                float* target = to + (nint)y * width * channels;
                for (int x = 0; x < width; x++, target += channels)
                {
                    var sum = new Span<float>(target, channels);
                    sum.Clear();
                    for (int i = 0; i < factor; i++)
                    {
                        float* source = from + ((nint)y * factor + i) * wide + (nint)x * factor * channels;
                        for (int j = 0; j < factor; j++, source += channels)
                            for (int c = 0; c < channels; c++) target[c] += source[c];
                    }
                }
            }
        }
    }
}
