using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static EmotionMLNet.Imaging.WebP.Lossless.PixelArithmetic;

namespace EmotionMLNet.Imaging.WebP.Lossless;

/// <summary>Predicts a pixel from its neighbours.</summary>
internal interface IPredictor
{
    static abstract uint Predict(uint left, uint topLeft, uint top, uint topRight);
}

/// <summary>The predictors of RFC 9649, section 3.5.1, in its order.</summary>
internal static class Predictors
{
    internal readonly struct OpaqueBlack : IPredictor
    {
        public static uint Predict(uint left, uint topLeft, uint top, uint topRight) => 0xFF000000;
    }

    internal readonly struct Left : IPredictor
    {
        public static uint Predict(uint left, uint topLeft, uint top, uint topRight) => left;
    }

    internal readonly struct Top : IPredictor
    {
        public static uint Predict(uint left, uint topLeft, uint top, uint topRight) => top;
    }

    internal readonly struct TopRight : IPredictor
    {
        public static uint Predict(uint left, uint topLeft, uint top, uint topRight) => topRight;
    }

    internal readonly struct TopLeft : IPredictor
    {
        public static uint Predict(uint left, uint topLeft, uint top, uint topRight) => topLeft;
    }

    internal readonly struct LeftTopRightTop : IPredictor
    {
        public static uint Predict(uint left, uint topLeft, uint top, uint topRight) => Average(Average(left, topRight), top);
    }

    internal readonly struct LeftTopLeft : IPredictor
    {
        public static uint Predict(uint left, uint topLeft, uint top, uint topRight) => Average(left, topLeft);
    }

    internal readonly struct LeftTop : IPredictor
    {
        public static uint Predict(uint left, uint topLeft, uint top, uint topRight) => Average(left, top);
    }

    internal readonly struct TopLeftTop : IPredictor
    {
        public static uint Predict(uint left, uint topLeft, uint top, uint topRight) => Average(topLeft, top);
    }

    internal readonly struct TopTopRight : IPredictor
    {
        public static uint Predict(uint left, uint topLeft, uint top, uint topRight) => Average(top, topRight);
    }

    internal readonly struct AllFour : IPredictor
    {
        public static uint Predict(uint left, uint topLeft, uint top, uint topRight) =>
            Average(Average(left, topLeft), Average(top, topRight));
    }

    /// <summary>Predicts left or top, the one nearer to left + top - topLeft, summed over the channels.</summary>
    internal readonly struct Select : IPredictor
    {
        public static uint Predict(uint left, uint topLeft, uint top, uint topRight) =>
            Distance(top, topLeft) < Distance(left, topLeft) ? left : top;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static int Distance(uint a, uint b)
        {
            if (Sse2.IsSupported)
                return Sse2.SumAbsoluteDifferences(Vector128.CreateScalar(a).AsByte(), Vector128.CreateScalar(b).AsByte())
                    .AsInt32()
                    .ToScalar();
            return Math.Abs((int)(a >> 24) - (int)(b >> 24)) + Math.Abs((byte)(a >> 16) - (byte)(b >> 16)) +
                Math.Abs((byte)(a >> 8) - (byte)(b >> 8)) + Math.Abs((byte)a - (byte)b);
        }
    }

    /// <summary>left + top - topLeft, clamped.</summary>
    internal readonly struct ClampedGradient : IPredictor
    {
        public static uint Predict(uint left, uint topLeft, uint top, uint topRight) =>
            Channels.Clamp(Channels.Widen(left) + Channels.Widen(top) - Channels.Widen(topLeft));
    }

    /// <summary>a + (a - topLeft) / 2 with a the mean of left and top, clamped; the division rounds towards zero.</summary>
    internal readonly struct ClampedHalfGradient : IPredictor
    {
        public static uint Predict(uint left, uint topLeft, uint top, uint topRight)
        {
            Vector128<short> mean = Channels.Widen(Average(left, top));
            Vector128<short> difference = mean - Channels.Widen(topLeft);
            Vector128<short> towardsZero = difference - Vector128.ShiftRightArithmetic(difference, 15);
            return Channels.Clamp(mean + Vector128.ShiftRightArithmetic(towardsZero, 1));
        }
    }

    /// <summary>The channels of a pixel as 16-bit lanes.</summary>
    private static class Channels
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<short> Widen(uint pixel) => Vector128.WidenLower(Vector128.CreateScalar(pixel).AsByte()).AsInt16();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static uint Clamp(Vector128<short> channels)
        {
            Vector128<ushort> clamped = Vector128
                .Min(Vector128.Max(channels, Vector128<short>.Zero), Vector128.Create((short)255))
                .AsUInt16();
            return Vector128.Narrow(clamped, clamped).AsUInt32().ToScalar();
        }
    }
}
