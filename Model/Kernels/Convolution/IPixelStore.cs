using System.Runtime.CompilerServices;

namespace EmotionMLNet.Kernels.Convolution;

/// <summary>Where the outputs of a convolution go, vector by vector, with what is done to them on the way: floats or bytes.</summary>
internal interface IPixelStore
{
    /// <summary>Values of a pixel of the output.</summary>
    int Channels { get; }

    /// <summary>Finishes and stores a vector of sums.</summary>
    /// <param name="value">Sums of neighbouring channels.</param>
    /// <param name="channel">Channel of the first.</param>
    /// <param name="index">Its index in the whole output.</param>
    void Store<L>(L value, int channel, nint index) where L : struct, ILanes<L>;
}

/// <summary>Floats with their epilogue.</summary>
/// <param name="epilogue">Bias and so on.</param>
/// <param name="y">The whole output.</param>
/// <param name="channels">Number of channels of a pixel.</param>
internal readonly unsafe struct FloatPixelStore(PinnedEpilogue epilogue, float* y, int channels) : IPixelStore
{
    public int Channels => channels;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store<L>(L value, int channel, nint index) where L : struct, ILanes<L>
        => epilogue.Apply(value, channel, index).Store(y + index);
}
