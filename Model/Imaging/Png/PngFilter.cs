using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EmotionMLNet.Imaging.Png;

/// <summary>
/// Undoes the row filters of PNG (third edition, chapter 9): x = filtered + predictor(left, above, above left) modulo 256.
/// </summary>
internal static class PngFilter
{
    /// <summary>Bytes that must lie behind a row: the vector loops read up to eight bytes from any pixel.</summary>
    public const int Slack = 8;

    /// <summary>Undoes one row in place.</summary>
    /// <param name="type">0 none, 1 sub, 2 up, 3 average, 4 Paeth.</param>
    /// <param name="row">Filtered bytes, and <see cref="Slack"/> bytes more that are left alone.</param>
    /// <param name="above">The row above after filtering, as long; zeros above the first.</param>
    /// <param name="step">Bytes of a pixel, at least 1.</param>
    /// <returns>False when the type does not exist.</returns>
    public static bool Undo(int type, Span<byte> row, ReadOnlySpan<byte> above, int step)
    {
        switch (type)
        {
            case 0: return true;
            case 1: Undo<Sub>(row, above, step); return true;
            case 2: UndoUp(row[..^Slack], above[..^Slack]); return true;
            case 3: Undo<Average>(row, above, step); return true;
            case 4: Undo<Paeth>(row, above, step); return true;
            default: return false;
        }
    }

    private static void UndoUp(Span<byte> row, ReadOnlySpan<byte> above)
    {
        int i = 0;
        for (; i + Vector<byte>.Count <= row.Length; i += Vector<byte>.Count)
            (new Vector<byte>(row[i..]) + new Vector<byte>(above[i..])).CopyTo(row[i..]);
        for (; i < row.Length; i++) row[i] += above[i];
    }

    private static void Undo<TPredictor>(Span<byte> row, ReadOnlySpan<byte> above, int step) where TPredictor : struct, IPredictor
    {
        switch (step)
        {
            case 3: UndoPixels<TPredictor, Store3>(row, above); break;
            case 4: UndoPixels<TPredictor, Store4>(row, above); break;
            case 6: UndoPixels<TPredictor, Store6>(row, above); break;
            case 8: UndoPixels<TPredictor, Store8>(row, above); break;
            default: UndoBytes<TPredictor>(row[..^Slack], above[..^Slack], step); break;
        }
    }

    /// <summary>One or two bytes a pixel.</summary>
    private static void UndoBytes<TPredictor>(Span<byte> row, ReadOnlySpan<byte> above, int step) where TPredictor : struct, IPredictor
    {
        for (int i = 0; i < Math.Min(step, row.Length); i++) row[i] += (byte)TPredictor.Predict(0, above[i], 0);
        for (int i = step; i < row.Length; i++) row[i] += (byte)TPredictor.Predict(row[i - step], above[i], above[i - step]);
    }

    /// <summary>A pixel depends on the one before it, so the samples of one pixel are the lanes.</summary>
    private static void UndoPixels<TPredictor, TStore>(Span<byte> row, ReadOnlySpan<byte> above)
        where TPredictor : struct, IPredictor
        where TStore : struct, IStore
    {
        int length = row.Length - Slack;
        Vector128<short> a = default, c = default;
        for (int i = 0; i < length; i += TStore.Bytes)
        {
            Vector128<short> x = Load(row[i..]), b = Load(above[i..]);
            a = (x + TPredictor.Predict(a, b, c)) & Vector128.Create((short)0xFF);
            c = b;
            TStore.Store(Vector128.Narrow(a.AsUInt16(), a.AsUInt16()).AsUInt64().ToScalar(), row[i..]);
        }
    }

    private static Vector128<short> Load(ReadOnlySpan<byte> bytes) =>
        Vector128.WidenLower(Vector128.CreateScalar(MemoryMarshal.Read<ulong>(bytes)).AsByte()).AsInt16();

    private interface IPredictor
    {
        static abstract int Predict(int a, int b, int c);
        static abstract Vector128<short> Predict(Vector128<short> a, Vector128<short> b, Vector128<short> c);
    }

    private readonly struct Sub : IPredictor
    {
        public static int Predict(int a, int b, int c) => a;
        public static Vector128<short> Predict(Vector128<short> a, Vector128<short> b, Vector128<short> c) => a;
    }

    private readonly struct Average : IPredictor
    {
        public static int Predict(int a, int b, int c) => (a + b) >> 1;
        public static Vector128<short> Predict(Vector128<short> a, Vector128<short> b, Vector128<short> c) => (a + b) >> 1;
    }

    /// <summary>Whichever of a, b, c is nearest to a + b - c; ties in that order.</summary>
    private readonly struct Paeth : IPredictor
    {
        public static int Predict(int a, int b, int c)
        {
            int pa = Math.Abs(b - c), pb = Math.Abs(a - c), pc = Math.Abs(a + b - 2 * c);
            return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
        }

        public static Vector128<short> Predict(Vector128<short> a, Vector128<short> b, Vector128<short> c)
        {
            Vector128<short> bc = b - c, ac = a - c;
            Vector128<short> pa = Vector128.Abs(bc), pb = Vector128.Abs(ac), pc = Vector128.Abs(bc + ac);
            Vector128<short> nearest = Vector128.Min(pc, Vector128.Min(pa, pb));
            return Vector128.ConditionalSelect(Vector128.Equals(nearest, pa), a,
                Vector128.ConditionalSelect(Vector128.Equals(nearest, pb), b, c));
        }
    }

    /// <summary>Writes just the bytes of a pixel: the next one is still filtered.</summary>
    private interface IStore
    {
        static abstract int Bytes { get; }
        static abstract void Store(ulong pixel, Span<byte> row);
    }

    private readonly struct Store3 : IStore
    {
        public static int Bytes => 3;
        public static void Store(ulong pixel, Span<byte> row)
        {
            MemoryMarshal.Write(row, (ushort)pixel);
            row[2] = (byte)(pixel >> 16);
        }
    }

    private readonly struct Store4 : IStore
    {
        public static int Bytes => 4;
        public static void Store(ulong pixel, Span<byte> row) => MemoryMarshal.Write(row, (uint)pixel);
    }

    private readonly struct Store6 : IStore
    {
        public static int Bytes => 6;
        public static void Store(ulong pixel, Span<byte> row)
        {
            MemoryMarshal.Write(row, (uint)pixel);
            MemoryMarshal.Write(row[4..], (ushort)(pixel >> 32));
        }
    }

    private readonly struct Store8 : IStore
    {
        public static int Bytes => 8;
        public static void Store(ulong pixel, Span<byte> row) => MemoryMarshal.Write(row, pixel);
    }
}
