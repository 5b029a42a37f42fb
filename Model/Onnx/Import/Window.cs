using EmotionMLNet.Tensors;

namespace EmotionMLNet.Onnx.Import;

/// <summary>The borders of convolutions and pools, from pads, auto_pad and ceil_mode.</summary>
internal static class Window
{
    public static (int Top, int Left, int Bottom, int Right) Pads(
        GraphInterpreter g,
        OnnxNode n,
        Shape x,
        (int Height, int Width) kernel,
        (int Height, int Width) stride,
        (int Height, int Width) dilation
    )
    {
        string auto = n.Texts.GetValueOrDefault("auto_pad", "NOTSET");
        switch (auto)
        {
            case "VALID": return default;
            case "SAME_UPPER" or "SAME_LOWER":
                (int top, int bottom) = Same(x.Height, kernel.Height, stride.Height, dilation.Height, auto == "SAME_UPPER");
                (int left, int right) = Same(x.Width, kernel.Width, stride.Width, dilation.Width, auto == "SAME_UPPER");
                return (top, left, bottom, right);
        }
        return n.Ints.GetValueOrDefault("pads") switch
        {
            null or [] => default,
            [>= 0 and <= ushort.MaxValue, >= 0 and <= ushort.MaxValue, >= 0 and <= ushort.MaxValue, >= 0 and <= ushort.MaxValue]
            and [var t, var l, var b, var r] => ((int)t, (int)l, (int)b, (int)r),
            _ => throw g.Unsupported(n, "its pads are not four numbers from 0"),
        };
    }

    /// <summary>Wider borders at the end, so that a last window which begins inside the picture counts: PyTorch's ceil_mode.</summary>
    public static (int Top, int Left, int Bottom, int Right) Ceiling(
        Shape x,
        (int Height, int Width) kernel,
        (int Height, int Width) stride,
        (int Top, int Left, int Bottom, int Right) pads
    ) =>
        (
            pads.Top,
            pads.Left,
            Ceiling(x.Height, kernel.Height, stride.Height, pads.Top, pads.Bottom),
            Ceiling(x.Width, kernel.Width, stride.Width, pads.Left, pads.Right)
        );

    private static int Ceiling(int size, int kernel, int stride, int before, int behind)
    {
        int windows = (size + before + behind - kernel + stride - 1) / stride + 1;
        if ((windows - 1) * stride >= size + before) windows--;
        return Math.Max(0, (windows - 1) * stride + kernel - size - before);
    }

    // As many outputs as ceil(size / stride); an odd cell goes to the end (UPPER) or the beginning.
    private static (int Before, int Behind) Same(int size, int kernel, int stride, int dilation, bool upper)
    {
        int outputs = (size + stride - 1) / stride, missing = Math.Max(0, (outputs - 1) * stride + dilation * (kernel - 1) + 1 - size);
        return upper ? (missing / 2, missing - missing / 2) : (missing - missing / 2, missing / 2);
    }
}
