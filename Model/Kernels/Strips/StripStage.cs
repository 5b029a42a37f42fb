namespace EmotionMLNet.Kernels.Strips;

/// <summary>One operation of a <see cref="StripPipeline"/>.</summary>
/// <param name="Kernel">The computation.</param>
/// <param name="Input">Number of the stage whose output it reads, or <see cref="External"/> of a tensor outside of the pipeline.</param>
/// <param name="Residual">Number of what its epilogue adds, counted like Input; null for nothing.</param>
internal sealed record StripStage(StripKernel Kernel, int Input, int? Residual)
{
    /// <summary>Stands for tensor k of those that a pipeline is run on.</summary>
    public static int External(int k) => ~k;
}
