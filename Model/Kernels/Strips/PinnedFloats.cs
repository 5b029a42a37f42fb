namespace EmotionMLNet.Kernels.Strips;

/// <summary>Where floats lie that never move (an arena's): a kernel that is bound to them once needs no span a call.</summary>
internal readonly unsafe struct PinnedFloats
{
    private PinnedFloats(float* address) => Address = address;

    public float* Address { get; }

    /// <param name="values">Pinned memory, which its owner keeps reachable for as long as this is used.</param>
    public static PinnedFloats Of(ReadOnlySpan<float> values)
    {
        fixed (float* address = values) return new PinnedFloats(address);
    }
}
