using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EmotionMLNet.Kernels;

/// <summary>A vector of floats of one hardware width. Kernels are generic over it, so one source serves every width: the JIT makes a
/// copy for each, with the calls below as single instructions.</summary>
internal unsafe interface ILanes<T> where T : struct, ILanes<T>
{
    /// <summary>Floats in the vector.</summary>
    static abstract int Count { get; }

    /// <summary>Rows of the register tile of a matrix product: as many as the registers of this width hold, see <c>GemmTile</c>.</summary>
    static abstract int TileRows { get; }

    static abstract T Load(float* p);

    static abstract T Broadcast(float value);

    /// <summary>a · b + c, rounded once.</summary>
    static abstract T FusedMultiplyAdd(T a, T b, T c);

    static abstract T operator +(T a, T b);

    static abstract T operator -(T a, T b);

    static abstract T operator *(T a, T b);

    static abstract T operator /(T a, T b);

    static abstract T Max(T a, T b);

    static abstract T Min(T a, T b);

    /// <summary>
    /// a &gt; b ? a : b in one instruction, where <see cref="Max"/> takes four to get NaN and -0 right: of a NaN and a number it is b on
    /// x86, so put the constant first to keep a NaN.
    /// </summary>
    static abstract T MaxNative(T a, T b);

    /// <summary>a &lt; b ? a : b in one instruction; see <see cref="MaxNative"/>.</summary>
    static abstract T MinNative(T a, T b);

    /// <summary>Square root, correctly rounded.</summary>
    static abstract T Sqrt(T a);

    static abstract T Exp(T a);

    /// <summary>Natural logarithm; of positive, finite values.</summary>
    static abstract T Log(T a);

    /// <summary>a &gt; b ? yes : no, lane by lane.</summary>
    static abstract T Select(T a, T b, T yes, T no);

    /// <summary>a = b ? yes : no, lane by lane.</summary>
    static abstract T SelectEqual(T a, T b, T yes, T no);

    void Store(float* p);

    /// <summary>totals[i] += lane i.</summary>
    void AddTo(double* totals);

    /// <summary>Count bytes as floats.</summary>
    static abstract T LoadBytes(byte* p);

    /// <summary>Stores Count bytes: each value, which is no NaN, brought between limits within 0 to 255 and rounded down.</summary>
    void StoreBytes(byte* p, T low, T high);
}

/// <summary>512 bits: 32 registers.</summary>
internal readonly unsafe struct Lanes16(Vector512<float> value) : ILanes<Lanes16>
{
    private readonly Vector512<float> value = value;

    public static int Count => 16;

    public static int TileRows => 12;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Load(float* p) => new(Vector512.Load(p));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Broadcast(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 FusedMultiplyAdd(Lanes16 a, Lanes16 b, Lanes16 c) => new(Vector512.FusedMultiplyAdd(a.value, b.value, c.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator +(Lanes16 a, Lanes16 b) => new(a.value + b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator -(Lanes16 a, Lanes16 b) => new(a.value - b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator *(Lanes16 a, Lanes16 b) => new(a.value * b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator /(Lanes16 a, Lanes16 b) => new(a.value / b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Sqrt(Lanes16 a) => new(Vector512.Sqrt(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Exp(Lanes16 a) => new(Vector512.Exp(a.value));

    public static Lanes16 Log(Lanes16 a) => new(Vector512.Log(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Select(Lanes16 a, Lanes16 b, Lanes16 yes, Lanes16 no) =>
        new(Vector512.ConditionalSelect(Vector512.GreaterThan(a.value, b.value), yes.value, no.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 SelectEqual(Lanes16 a, Lanes16 b, Lanes16 yes, Lanes16 no) =>
        new(Vector512.ConditionalSelect(Vector512.Equals(a.value, b.value), yes.value, no.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Max(Lanes16 a, Lanes16 b) => new(Vector512.Max(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Min(Lanes16 a, Lanes16 b) => new(Vector512.Min(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 MaxNative(Lanes16 a, Lanes16 b) => new(Vector512.MaxNative(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 MinNative(Lanes16 a, Lanes16 b) => new(Vector512.MinNative(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* p) => value.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddTo(double* totals)
    {
        (Vector512<double> lower, Vector512<double> upper) = Vector512.Widen(value);
        (Vector512.Load(totals) + lower).Store(totals);
        (Vector512.Load(totals + 8) + upper).Store(totals + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 LoadBytes(byte* p)
    {
        Vector128<byte> bytes = Vector128.Load(p);
        if (Avx512F.IsSupported) return new(Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(bytes)));
        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(bytes);
        (Vector256<uint> first, Vector256<uint> second) = Vector256.Widen(Vector256.Create(low, high));
        return new(Vector512.ConvertToSingle(Vector512.Create(first, second).AsInt32()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreBytes(byte* p, Lanes16 low, Lanes16 high)
    {
        Vector512<int> integers = Vector512.ConvertToInt32Native(Vector512.MinNative(Vector512.MaxNative(value, low.value), high.value));
        if (Avx512F.IsSupported) Avx512F.ConvertToVector128Byte(integers).Store(p);
        else
        {
            Vector256<short> shorts = Vector256.Narrow(integers.GetLower(), integers.GetUpper());
            Vector128.Narrow(shorts.GetLower(), shorts.GetUpper()).AsByte().Store(p);
        }
    }
}

/// <summary>256 bits: 16 registers on AVX2.</summary>
internal readonly unsafe struct Lanes8(Vector256<float> value) : ILanes<Lanes8>
{
    private readonly Vector256<float> value = value;

    public static int Count => 8;

    public static int TileRows => 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Load(float* p) => new(Vector256.Load(p));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Broadcast(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 FusedMultiplyAdd(Lanes8 a, Lanes8 b, Lanes8 c) => new(Vector256.FusedMultiplyAdd(a.value, b.value, c.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator +(Lanes8 a, Lanes8 b) => new(a.value + b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator -(Lanes8 a, Lanes8 b) => new(a.value - b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator *(Lanes8 a, Lanes8 b) => new(a.value * b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator /(Lanes8 a, Lanes8 b) => new(a.value / b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Sqrt(Lanes8 a) => new(Vector256.Sqrt(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Exp(Lanes8 a) => new(Vector256.Exp(a.value));

    public static Lanes8 Log(Lanes8 a) => new(Vector256.Log(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Select(Lanes8 a, Lanes8 b, Lanes8 yes, Lanes8 no) =>
        new(Vector256.ConditionalSelect(Vector256.GreaterThan(a.value, b.value), yes.value, no.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 SelectEqual(Lanes8 a, Lanes8 b, Lanes8 yes, Lanes8 no) =>
        new(Vector256.ConditionalSelect(Vector256.Equals(a.value, b.value), yes.value, no.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Max(Lanes8 a, Lanes8 b) => new(Vector256.Max(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Min(Lanes8 a, Lanes8 b) => new(Vector256.Min(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 MaxNative(Lanes8 a, Lanes8 b) => new(Vector256.MaxNative(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 MinNative(Lanes8 a, Lanes8 b) => new(Vector256.MinNative(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* p) => value.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddTo(double* totals)
    {
        (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(value);
        (Vector256.Load(totals) + lower).Store(totals);
        (Vector256.Load(totals + 4) + upper).Store(totals + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 LoadBytes(byte* p)
    {
        Vector128<byte> bytes = Vector128.CreateScalarUnsafe(*(long*)p).AsByte();
        if (Avx2.IsSupported) return new(Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(bytes)));
        (Vector128<uint> low, Vector128<uint> high) = Vector128.Widen(Vector128.WidenLower(bytes));
        return new(Vector256.ConvertToSingle(Vector256.Create(low, high).AsInt32()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreBytes(byte* p, Lanes8 low, Lanes8 high)
    {
        Vector256<int> integers = Vector256.ConvertToInt32Native(Vector256.MinNative(Vector256.MaxNative(value, low.value), high.value));
        if (Avx512F.VL.IsSupported) *(long*)p = Avx512F.VL.ConvertToVector128Byte(integers).AsInt64().ToScalar();
        else
        {
            Vector128<short> shorts = Vector128.Narrow(integers.GetLower(), integers.GetUpper());
            *(long*)p = Vector128.Narrow(shorts, shorts).AsInt64().ToScalar();
        }
    }
}

/// <summary>128 bits: 16 registers on x86, 32 on ARM64.</summary>
internal readonly unsafe struct Lanes4(Vector128<float> value) : ILanes<Lanes4>
{
    private readonly Vector128<float> value = value;

    public static int Count => 4;

    public static int TileRows => System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported ? 12 : 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Load(float* p) => new(Vector128.Load(p));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Broadcast(float value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 FusedMultiplyAdd(Lanes4 a, Lanes4 b, Lanes4 c) => new(Vector128.FusedMultiplyAdd(a.value, b.value, c.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator +(Lanes4 a, Lanes4 b) => new(a.value + b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator -(Lanes4 a, Lanes4 b) => new(a.value - b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator *(Lanes4 a, Lanes4 b) => new(a.value * b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator /(Lanes4 a, Lanes4 b) => new(a.value / b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Sqrt(Lanes4 a) => new(Vector128.Sqrt(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Exp(Lanes4 a) => new(Vector128.Exp(a.value));

    public static Lanes4 Log(Lanes4 a) => new(Vector128.Log(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Select(Lanes4 a, Lanes4 b, Lanes4 yes, Lanes4 no) =>
        new(Vector128.ConditionalSelect(Vector128.GreaterThan(a.value, b.value), yes.value, no.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 SelectEqual(Lanes4 a, Lanes4 b, Lanes4 yes, Lanes4 no) =>
        new(Vector128.ConditionalSelect(Vector128.Equals(a.value, b.value), yes.value, no.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Max(Lanes4 a, Lanes4 b) => new(Vector128.Max(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Min(Lanes4 a, Lanes4 b) => new(Vector128.Min(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 MaxNative(Lanes4 a, Lanes4 b) => new(Vector128.MaxNative(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 MinNative(Lanes4 a, Lanes4 b) => new(Vector128.MinNative(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* p) => value.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddTo(double* totals)
    {
        (Vector128<double> lower, Vector128<double> upper) = Vector128.Widen(value);
        (Vector128.Load(totals) + lower).Store(totals);
        (Vector128.Load(totals + 2) + upper).Store(totals + 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 LoadBytes(byte* p) =>
        new(
            Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(int*)p).AsByte())).AsInt32())
        );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreBytes(byte* p, Lanes4 low, Lanes4 high)
    {
        Vector128<int> integers = Vector128.ConvertToInt32Native(Vector128.MinNative(Vector128.MaxNative(value, low.value), high.value));
        Vector128<short> shorts = Vector128.Narrow(integers, integers);
        *(int*)p = Vector128.Narrow(shorts, shorts).AsInt32().ToScalar();
    }
}

/// <summary>No vector at all; MathF.FusedMultiplyAdd rounds once as the vectors do, so results are the same bits.</summary>
internal readonly unsafe struct Lanes1(float value) : ILanes<Lanes1>
{
    private readonly float value = value;

    public static int Count => 1;

    public static int TileRows => 4;

    public static Lanes1 Load(float* p) => new(*p);

    public static Lanes1 Broadcast(float value) => new(value);

    public static Lanes1 FusedMultiplyAdd(Lanes1 a, Lanes1 b, Lanes1 c) => new(MathF.FusedMultiplyAdd(a.value, b.value, c.value));

    public static Lanes1 operator +(Lanes1 a, Lanes1 b) => new(a.value + b.value);

    public static Lanes1 operator -(Lanes1 a, Lanes1 b) => new(a.value - b.value);

    public static Lanes1 operator *(Lanes1 a, Lanes1 b) => new(a.value * b.value);

    public static Lanes1 operator /(Lanes1 a, Lanes1 b) => new(a.value / b.value);

    public static Lanes1 Sqrt(Lanes1 a) => new(MathF.Sqrt(a.value));

    public static Lanes1 Exp(Lanes1 a) => new(MathF.Exp(a.value));

    public static Lanes1 Log(Lanes1 a) => new(MathF.Log(a.value));

    public static Lanes1 Select(Lanes1 a, Lanes1 b, Lanes1 yes, Lanes1 no) => a.value > b.value ? yes : no;

    public static Lanes1 SelectEqual(Lanes1 a, Lanes1 b, Lanes1 yes, Lanes1 no) => a.value == b.value ? yes : no;

    public static Lanes1 Max(Lanes1 a, Lanes1 b) => new(MathF.Max(a.value, b.value));

    public static Lanes1 Min(Lanes1 a, Lanes1 b) => new(MathF.Min(a.value, b.value));

    public static Lanes1 MaxNative(Lanes1 a, Lanes1 b) => new(a.value > b.value ? a.value : b.value);

    public static Lanes1 MinNative(Lanes1 a, Lanes1 b) => new(a.value < b.value ? a.value : b.value);

    public void Store(float* p) => *p = value;

    public void AddTo(double* totals) => *totals += value;

    public static Lanes1 LoadBytes(byte* p) => new(*p);

    public void StoreBytes(byte* p, Lanes1 low, Lanes1 high) => *p = (byte)Math.Clamp(value, low.value, high.value);
}
