namespace EmotionMLNet.Kernels.Gemm;

/// <summary>
/// Memory that products after the present one will read or write. Their tiles ask for it one line a step of depth, so that the requests
/// never queue up: a burst of them would hold up the multiplications that it is meant to overlap with.
/// </summary>
internal unsafe struct Upcoming
{
    /// <summary>Floats of a cache line.</summary>
    public const int Line = 16;

    private const int Most = 3;

    private fixed long starts[Most];
    private fixed long ends[Most];
    private int count;
    private int current;

    /// <summary>Begins anew.</summary>
    public void Clear() => (count, current) = (0, 0);

    /// <summary>Adds a range; an empty one does nothing.</summary>
    public void Add(float* start, nint floats)
    {
        if (floats <= 0) return;
        starts[count] = (nint)start;
        ends[count++] = (nint)(start + floats);
    }

    /// <summary>The next lines, or null where all were handed out.</summary>
    public float* Take(nint lines)
    {
        if (current == count) return null;
        var start = (float*)starts[current];
        starts[current] += lines * Line * sizeof(float);
        if (starts[current] >= ends[current]) current++;
        return start;
    }
}
