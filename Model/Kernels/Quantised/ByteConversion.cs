namespace EmotionMLNet.Kernels.Quantised;

/// <summary>Between floats and the bytes that stand for them; values beyond the range of a scale become its ends.</summary>
internal static unsafe class ByteConversion
{
    /// <summary>q = round(x / step) + zero.</summary>
    public static void Quantise(ReadOnlySpan<float> x, ByteScale scale, Span<byte> q, ThreadTeam team)
    {
        fixed (float* px = x)
        fixed (byte* pq = q)
        {
            var job = new QuantiseJob(px, 1 / scale.Step, scale.Zero + 0.5f, pq, q.Length);
            team.Run(ref job, team.LaneCount);
        }
    }

    /// <summary>x = (q - zero) · step.</summary>
    public static void Dequantise(ReadOnlySpan<byte> q, ByteScale scale, Span<float> x, ThreadTeam team)
    {
        fixed (byte* pq = q)
        fixed (float* px = x)
        {
            var job = new DequantiseJob(pq, scale, px, x.Length);
            team.Run(ref job, team.LaneCount);
        }
    }

    private readonly struct QuantiseJob(float* x, float perStep, float zero, byte* q, int length) : ILaneJob
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            (int i, int end) = ThreadTeam.Range(length, part, parts);
            for (; i + L.Count <= end; i += L.Count) Apply<L>(i);
            for (; i < end; i++) Apply<Lanes1>(i);
        }

        private void Apply<T>(int i)
            where T : struct, ILanes<T> =>
            T.FusedMultiplyAdd(T.Load(x + i), T.Broadcast(perStep), T.Broadcast(zero))
                .StoreBytes(q + i, T.Broadcast(0), T.Broadcast(byte.MaxValue));
    }

    private readonly struct DequantiseJob(byte* q, ByteScale scale, float* x, int length) : ILaneJob
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            (int i, int end) = ThreadTeam.Range(length, part, parts);
            for (; i + L.Count <= end; i += L.Count) Apply(L.LoadBytes(q + i)).Store(x + i);
            for (; i < end; i++) Apply(Lanes1.LoadBytes(q + i)).Store(x + i);
        }

        private T Apply<T>(T value) where T : struct, ILanes<T> => (value - T.Broadcast(scale.Zero)) * T.Broadcast(scale.Step);
    }
}
