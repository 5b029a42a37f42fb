using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>How a component's samples are brought to the size of the picture.</summary>
internal enum UpsamplingKind
{
    /// <summary>They have it already.</summary>
    None,

    /// <summary>Twice as wide, weights 3:1.</summary>
    Wide,

    /// <summary>Twice as high, weights 3:1.</summary>
    High,

    /// <summary>Twice as wide and high, weights 9:3:3:1.</summary>
    Both,

    /// <summary>The nearest sample, at any ratio.</summary>
    Repeat,
}

/// <summary>
/// Upsampling of one row. At factors of two it is the triangle filter centred as T.81 places chroma, with the alternating rounding
/// of libjpeg's "fancy" upsampling; other factors repeat samples, as there.
/// </summary>
internal static unsafe class Upsampler
{
    /// <summary>Bytes that may be read or written past a row.</summary>
    public const int Slack = 64;

    public static UpsamplingKind KindFor(Component component, Frame frame)
    {
        (int wide, int high) = (component.Horizontal * component.BlockSize, component.Vertical * component.BlockSize);
        (int fullWide, int fullHigh) = (frame.MaxHorizontal * frame.BlockSize, frame.MaxVertical * frame.BlockSize);
        // libjpeg repeats samples at 1/8 and where there are too few of them for a filter.
        bool smooth = frame.BlockSize > 1, smoothWide = smooth && component.Width > 2;
        return (2 * wide - fullWide, 2 * high - fullHigh) switch
        {
            (var w, var h) when w == fullWide && h == fullHigh => UpsamplingKind.None,
            (0, var h) when h == fullHigh && smoothWide => UpsamplingKind.Wide,
            (var w, 0) when w == fullWide && smooth => UpsamplingKind.High,
            (0, 0) when smoothWide => UpsamplingKind.Both,
            _ => UpsamplingKind.Repeat,
        };
    }

    /// <summary>Doubles a row. The samples beside the row are overwritten.</summary>
    public static void Wide(byte* row, int count, byte* target)
    {
        (row[-1], row[count]) = (row[0], row[count - 1]);
        for (int i = 0; i < count; i += Vector256<ushort>.Count)
        {
            Vector256<ushort> three = Widened(row + i) * 3;
            Vector256<ushort> even = (three + Widened(row + i - 1) + Vector256<ushort>.One) >>> 2;
            Vector256<ushort> odd = (three + Widened(row + i + 1) + Vector256.Create((ushort)2)) >>> 2;
            (even | (odd << 8)).AsByte().Store(target + 2 * i);
        }
    }

    /// <summary>A row between two.</summary>
    /// <param name="near">The row with weight 3.</param>
    /// <param name="far">The row with weight 1, above or below.</param>
    /// <param name="below">Whether it is below.</param>
    public static void High(byte* near, byte* far, bool below, int count, byte* target)
    {
        Vector256<ushort> rounding = Vector256.Create((ushort)(below ? 2 : 1));
        for (int i = 0; i < count; i += 2 * Vector256<ushort>.Count)
        {
            Vector256<ushort> first = (Widened(near + i) * 3 + Widened(far + i) + rounding) >>> 2;
            Vector256<ushort> second = (Widened(near + i + 16) * 3 + Widened(far + i + 16) + rounding) >>> 2;
            Vector256.Narrow(first, second).Store(target + i);
        }
    }

    /// <summary>Doubles a row between two.</summary>
    /// <param name="near">The row with weight 3.</param>
    /// <param name="far">The row with weight 1, above or below.</param>
    /// <param name="sums">Working memory for the columns, one more each side.</param>
    public static void Both(byte* near, byte* far, int count, ushort* sums, byte* target)
    {
        for (int i = 0; i < count; i += Vector256<ushort>.Count)
            (Widened(near + i) * 3 + Widened(far + i)).Store(sums + i);
        (sums[-1], sums[count]) = (sums[0], sums[count - 1]);
        for (int i = 0; i < count; i += Vector256<ushort>.Count)
        {
            Vector256<ushort> three = Vector256.Load(sums + i) * 3;
            Vector256<ushort> even = (three + Vector256.Load(sums + i - 1) + Vector256.Create((ushort)8)) >>> 4;
            Vector256<ushort> odd = (three + Vector256.Load(sums + i + 1) + Vector256.Create((ushort)7)) >>> 4;
            (even | (odd << 8)).AsByte().Store(target + 2 * i);
        }
    }

    /// <summary>Repeats samples: <paramref name="have"/> of them become <paramref name="want"/>.</summary>
    public static void Repeat(byte* row, int have, int want, int count, byte* target)
    {
        // A sample at a time, not a division a pixel.
        for (int x = 0, from = 0, step = 0; x < count; x++)
        {
            target[x] = row[from];
            step += have;
            if (step < want) continue;
            step -= want;
            from++;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ushort> Widened(byte* samples) => Vector256.WidenLower(Vector128.Load(samples).ToVector256Unsafe());
}
