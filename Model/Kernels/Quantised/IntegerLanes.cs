using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EmotionMLNet.Kernels.Quantised;

/// <summary>512 bits.</summary>
/// <remarks>
/// .NET 10 offers VPDPBUSD at 256 bits only, which is why products of bytes run on <see cref="IntegerLanes8"/> even here.
/// </remarks>
internal readonly unsafe struct IntegerLanes16(Vector512<int> value) : IIntegerLanes<IntegerLanes16, Lanes16>
{
    private readonly Vector512<int> value = value;

    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes16 Load(void* p) => new(Vector512.Load((int*)p));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes16 Broadcast(int group) => new(Vector512.Create(group));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes16 LoadBytesAsShorts(byte* p)
    {
        if (Avx512BW.IsSupported) return new(Avx512BW.ConvertToVector512Int16(Vector256.Load(p)).AsInt32());
        (Vector256<ushort> low, Vector256<ushort> high) = Vector256.Widen(Vector256.Load(p));
        return new(Vector512.Create(low, high).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes16 AddPairs(IntegerLanes16 sum, IntegerLanes16 a, IntegerLanes16 b)
    {
        if (Avx512BW.IsSupported) return new(sum.value + Avx512BW.MultiplyAddAdjacent(a.value.AsInt16(), b.value.AsInt16()));
        return new(sum.value + ((a.value << 16) >> 16) * ((b.value << 16) >> 16) + (a.value >> 16) * (b.value >> 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes16 AddQuads(IntegerLanes16 sum, IntegerLanes16 a, IntegerLanes16 b)
    {
        Vector512<int> byteMask = Vector512.Create(255);
        Vector512<int> even = (a.value & byteMask) * ((b.value << 24) >> 24) + ((a.value >>> 16) & byteMask) * ((b.value << 8) >> 24);
        return new(sum.value + even + ((a.value >>> 8) & byteMask) * ((b.value << 16) >> 24) + (a.value >>> 24) * (b.value >> 24));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes16 AddShorts(IntegerLanes16 a, IntegerLanes16 b) => new((a.value.AsInt16() + b.value.AsInt16()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes16 SubtractShorts(IntegerLanes16 a, IntegerLanes16 b) =>
        new((a.value.AsInt16() - b.value.AsInt16()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes16 MaxBytes(IntegerLanes16 a, IntegerLanes16 b) =>
        new(Vector512.Max(a.value.AsByte(), b.value.AsByte()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes16 ToSingles() => new(Vector512.ConvertToSingle(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(void* p) => value.Store((int*)p);
}

/// <summary>256 bits.</summary>
internal readonly unsafe struct IntegerLanes8(Vector256<int> value) : IIntegerLanes<IntegerLanes8, Lanes8>
{
    private readonly Vector256<int> value = value;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes8 Load(void* p) => new(Vector256.Load((int*)p));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes8 Broadcast(int group) => new(Vector256.Create(group));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes8 LoadBytesAsShorts(byte* p)
    {
        if (Avx2.IsSupported) return new(Avx2.ConvertToVector256Int16(Vector128.Load(p)).AsInt32());
        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Load(p));
        return new(Vector256.Create(low, high).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes8 AddPairs(IntegerLanes8 sum, IntegerLanes8 a, IntegerLanes8 b)
    {
        if (AvxVnni.IsSupported) return new(AvxVnni.MultiplyWideningAndAdd(sum.value, a.value.AsInt16(), b.value.AsInt16()));
        if (Avx2.IsSupported) return new(sum.value + Avx2.MultiplyAddAdjacent(a.value.AsInt16(), b.value.AsInt16()));
        return new(sum.value + ((a.value << 16) >> 16) * ((b.value << 16) >> 16) + (a.value >> 16) * (b.value >> 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes8 AddQuads(IntegerLanes8 sum, IntegerLanes8 a, IntegerLanes8 b)
    {
        if (AvxVnni.IsSupported) return new(AvxVnni.MultiplyWideningAndAdd(sum.value, a.value.AsByte(), b.value.AsSByte()));
        Vector256<int> byteMask = Vector256.Create(255);
        Vector256<int> even = (a.value & byteMask) * ((b.value << 24) >> 24) + ((a.value >>> 16) & byteMask) * ((b.value << 8) >> 24);
        return new(sum.value + even + ((a.value >>> 8) & byteMask) * ((b.value << 16) >> 24) + (a.value >>> 24) * (b.value >> 24));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes8 AddShorts(IntegerLanes8 a, IntegerLanes8 b) => new((a.value.AsInt16() + b.value.AsInt16()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes8 SubtractShorts(IntegerLanes8 a, IntegerLanes8 b) => new((a.value.AsInt16() - b.value.AsInt16()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes8 MaxBytes(IntegerLanes8 a, IntegerLanes8 b) =>
        new(Vector256.Max(a.value.AsByte(), b.value.AsByte()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes8 ToSingles() => new(Vector256.ConvertToSingle(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(void* p) => value.Store((int*)p);
}

/// <summary>128 bits.</summary>
internal readonly unsafe struct IntegerLanes4(Vector128<int> value) : IIntegerLanes<IntegerLanes4, Lanes4>
{
    private readonly Vector128<int> value = value;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes4 Load(void* p) => new(Vector128.Load((int*)p));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes4 Broadcast(int group) => new(Vector128.Create(group));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes4 LoadBytesAsShorts(byte* p) =>
        new(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)p).AsByte()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes4 AddPairs(IntegerLanes4 sum, IntegerLanes4 a, IntegerLanes4 b)
    {
        if (AvxVnni.IsSupported) return new(AvxVnni.MultiplyWideningAndAdd(sum.value, a.value.AsInt16(), b.value.AsInt16()));
        if (Sse2.IsSupported) return new(sum.value + Sse2.MultiplyAddAdjacent(a.value.AsInt16(), b.value.AsInt16()));
        return new(sum.value + ((a.value << 16) >> 16) * ((b.value << 16) >> 16) + (a.value >> 16) * (b.value >> 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes4 AddQuads(IntegerLanes4 sum, IntegerLanes4 a, IntegerLanes4 b)
    {
        if (AvxVnni.IsSupported) return new(AvxVnni.MultiplyWideningAndAdd(sum.value, a.value.AsByte(), b.value.AsSByte()));
        Vector128<int> byteMask = Vector128.Create(255);
        Vector128<int> even = (a.value & byteMask) * ((b.value << 24) >> 24) + ((a.value >>> 16) & byteMask) * ((b.value << 8) >> 24);
        return new(sum.value + even + ((a.value >>> 8) & byteMask) * ((b.value << 16) >> 24) + (a.value >>> 24) * (b.value >> 24));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes4 AddShorts(IntegerLanes4 a, IntegerLanes4 b) => new((a.value.AsInt16() + b.value.AsInt16()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes4 SubtractShorts(IntegerLanes4 a, IntegerLanes4 b) => new((a.value.AsInt16() - b.value.AsInt16()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes4 MaxBytes(IntegerLanes4 a, IntegerLanes4 b) =>
        new(Vector128.Max(a.value.AsByte(), b.value.AsByte()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes4 ToSingles() => new(Vector128.ConvertToSingle(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(void* p) => value.Store((int*)p);
}

/// <summary>No vector at all: one group in an int.</summary>
internal readonly unsafe struct IntegerLanes1(int value) : IIntegerLanes<IntegerLanes1, Lanes1>
{
    private readonly int value = value;

    public static int Count => 1;

    public static IntegerLanes1 Load(void* p) => new(*(int*)p);

    public static IntegerLanes1 Broadcast(int group) => new(group);

    public static IntegerLanes1 LoadBytesAsShorts(byte* p) => Pack(p[0], p[1]);

    public static IntegerLanes1 AddPairs(IntegerLanes1 sum, IntegerLanes1 a, IntegerLanes1 b)
        => new(sum.value + (short)a.value * (short)b.value + (a.value >> 16) * (b.value >> 16));

    public static IntegerLanes1 AddQuads(IntegerLanes1 sum, IntegerLanes1 a, IntegerLanes1 b)
    {
        int total = sum.value;
        for (int shift = 0; shift < 32; shift += 8) total += (byte)(a.value >> shift) * (sbyte)(b.value >> shift);
        return new(total);
    }

    public static IntegerLanes1 AddShorts(IntegerLanes1 a, IntegerLanes1 b) => Pack(a.value + b.value, (a.value >> 16) + (b.value >> 16));

    public static IntegerLanes1 SubtractShorts(IntegerLanes1 a, IntegerLanes1 b) =>
        Pack(a.value - b.value, (a.value >> 16) - (b.value >> 16));

    public static IntegerLanes1 MaxBytes(IntegerLanes1 a, IntegerLanes1 b)
    {
        int result = 0;
        for (int shift = 0; shift < 32; shift += 8) result |= Math.Max((byte)(a.value >> shift), (byte)(b.value >> shift)) << shift;
        return new(result);
    }

    public Lanes1 ToSingles() => new(value);

    public void Store(void* p) => *(int*)p = value;

    private static IntegerLanes1 Pack(int low, int high) => new((ushort)low | high << 16);
}
