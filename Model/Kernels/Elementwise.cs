using System.Runtime.CompilerServices;

namespace EmotionMLNet.Kernels;

/// <summary>A function of one value, for every vector width.</summary>
internal interface IUnaryOperator
{
    L Apply<L>(L x) where L : struct, ILanes<L>;
}

/// <summary>A function of two values, for every vector width.</summary>
internal interface IBinaryOperator
{
    L Apply<L>(L a, L b) where L : struct, ILanes<L>;
}

/// <summary>Functions applied value by value, split over a team. Inputs and output may be the same memory.</summary>
internal static unsafe class Elementwise
{
    public static void Map<TOperator>(ReadOnlySpan<float> x, Span<float> y, ThreadTeam team, TOperator operation = default)
        where TOperator : struct, IUnaryOperator
    {
        fixed (float* px = x, py = y)
        {
            var job = new UnaryJob<TOperator>(operation, px, py, y.Length);
            team.Run(ref job, team.LaneCount);
        }
    }

    public static void Map<TOperator>(
        ReadOnlySpan<float> a,
        ReadOnlySpan<float> b,
        Span<float> y,
        ThreadTeam team,
        TOperator operation = default
    )
        where TOperator : struct, IBinaryOperator
    {
        fixed (float* pa = a, pb = b, py = y)
        {
            var job = new BinaryJob<TOperator>(operation, pa, pb, py, y.Length);
            team.Run(ref job, team.LaneCount);
        }
    }

    /// <summary>sum += summand.</summary>
    public static void AddTo(Span<float> sum, ReadOnlySpan<float> summand, ThreadTeam team) => Map<Sum>(sum, summand, sum, team);

    /// <summary>a + b.</summary>
    internal readonly struct Sum : IBinaryOperator
    {
        public L Apply<L>(L a, L b) where L : struct, ILanes<L> => a + b;
    }

    // What is left over by whole vectors goes through one too: a value's bits must not depend on where it stands.
    private static void Copy(float* from, float* to, int count)
    {
        for (int i = 0; i < count; i++) to[i] = from[i];
    }

    private readonly struct UnaryJob<TOperator>(TOperator operation, float* x, float* y, int length) : ILaneJob
        where TOperator : struct, IUnaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            (int i, int end) = ThreadTeam.Range(length, part, parts);
            for (; i + L.Count <= end; i += L.Count) operation.Apply(L.Load(x + i)).Store(y + i);
            float* rest = stackalloc float[L.Count];
            Copy(x + i, rest, end - i);
            operation.Apply(L.Load(rest)).Store(rest);
            Copy(rest, y + i, end - i);
        }
    }

    private readonly struct BinaryJob<TOperator>(TOperator operation, float* a, float* b, float* y, int length) : ILaneJob
        where TOperator : struct, IBinaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            (int i, int end) = ThreadTeam.Range(length, part, parts);
            for (; i + L.Count <= end; i += L.Count) operation.Apply(L.Load(a + i), L.Load(b + i)).Store(y + i);
            float* rest = stackalloc float[L.Count], others = stackalloc float[L.Count];
            Copy(a + i, rest, end - i);
            Copy(b + i, others, end - i);
            operation.Apply(L.Load(rest), L.Load(others)).Store(rest);
            Copy(rest, y + i, end - i);
        }
    }
}
