namespace EmotionMLNet.Kernels;

/// <summary>A function of one value, for every vector width.</summary>
internal interface IUnaryOperator
{
    static abstract L Apply<L>(L x) where L : struct, ILanes<L>;
}

/// <summary>A function of two values, for every vector width.</summary>
internal interface IBinaryOperator
{
    static abstract L Apply<L>(L a, L b) where L : struct, ILanes<L>;
}

/// <summary>Functions applied value by value, split over a team. Inputs and output may be the same memory.</summary>
internal static unsafe class Elementwise
{
    public static void Map<TOperator>(ReadOnlySpan<float> x, Span<float> y, ThreadTeam team) where TOperator : struct, IUnaryOperator
    {
        fixed (float* px = x, py = y)
        {
            var job = new UnaryJob<TOperator>(px, py, y.Length);
            team.Run(ref job, team.LaneCount);
        }
    }

    public static void Map<TOperator>(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y, ThreadTeam team) where TOperator : struct, IBinaryOperator
    {
        fixed (float* pa = a, pb = b, py = y)
        {
            var job = new BinaryJob<TOperator>(pa, pb, py, y.Length);
            team.Run(ref job, team.LaneCount);
        }
    }

    /// <summary>sum += summand.</summary>
    public static void AddTo(Span<float> sum, ReadOnlySpan<float> summand, ThreadTeam team) => Map<Sum>(sum, summand, sum, team);

    /// <summary>a + b.</summary>
    internal readonly struct Sum : IBinaryOperator
    {
        public static L Apply<L>(L a, L b) where L : struct, ILanes<L> => a + b;
    }

    private readonly struct UnaryJob<TOperator>(float* x, float* y, int length) : ILaneJob where TOperator : struct, IUnaryOperator
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            (int i, int end) = ThreadTeam.Range(length, part, parts);
            for (; i + L.Count <= end; i += L.Count) TOperator.Apply(L.Load(x + i)).Store(y + i);
            for (; i < end; i++) TOperator.Apply(Lanes1.Load(x + i)).Store(y + i);
        }
    }

    private readonly struct BinaryJob<TOperator>(float* a, float* b, float* y, int length) : ILaneJob where TOperator : struct, IBinaryOperator
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            (int i, int end) = ThreadTeam.Range(length, part, parts);
            for (; i + L.Count <= end; i += L.Count) TOperator.Apply(L.Load(a + i), L.Load(b + i)).Store(y + i);
            for (; i < end; i++) TOperator.Apply(Lanes1.Load(a + i), Lanes1.Load(b + i)).Store(y + i);
        }
    }
}
