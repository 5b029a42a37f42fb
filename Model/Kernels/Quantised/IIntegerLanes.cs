namespace EmotionMLNet.Kernels.Quantised;

/// <summary>
/// A vector of 32-bit groups as integer kernels see it: one int, two shorts or four bytes a group. Every operation is exact and the same
/// at every width, with or without the instructions that make it quick, so all machines compute the same integers.
/// </summary>
/// <typeparam name="T">The vector itself.</typeparam>
/// <typeparam name="L">As many floats.</typeparam>
internal unsafe interface IIntegerLanes<T, L> where T : struct, IIntegerLanes<T, L> where L : struct, ILanes<L>
{
    /// <summary>Groups in the vector: as many as floats of the same width.</summary>
    static abstract int Count { get; }

    static abstract T Load(void* p);

    /// <summary>The same group everywhere.</summary>
    static abstract T Broadcast(int group);

    /// <summary>2 · Count bytes, each widened to a short.</summary>
    static abstract T LoadBytesAsShorts(byte* p);

    /// <summary>sum + a₀b₀ + a₁b₁ in every group, of signed shorts.</summary>
    static abstract T AddPairs(T sum, T a, T b);

    /// <summary>sum + a₀b₀ + a₁b₁ + a₂b₂ + a₃b₃ in every group, of unsigned bytes a and signed bytes b.</summary>
    static abstract T AddQuads(T sum, T a, T b);

    static abstract T AddShorts(T a, T b);

    static abstract T SubtractShorts(T a, T b);

    static abstract T MaxBytes(T a, T b);

    /// <summary>The groups as ints, converted.</summary>
    L ToSingles();

    void Store(void* p);
}
