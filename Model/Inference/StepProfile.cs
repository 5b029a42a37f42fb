namespace EmotionMLNet.Inference;

/// <summary>What one step of an inference plan costs at one batch size.</summary>
/// <param name="Step">The step with its algorithm and what was fused into it.</param>
/// <param name="Time">Shortest of the timed runs: what disturbs a run only ever adds to it.</param>
/// <param name="MultiplyAdds">
/// Multiply-adds of the whole batch by the definition of the layer, however few the algorithm needs; 0 for steps without weights.
/// </param>
/// <param name="Bytes">Inputs, outputs and packed weights, each once: the least traffic, without scratch.</param>
internal sealed record StepProfile(string Step, TimeSpan Time, long MultiplyAdds, long Bytes)
{
    /// <summary>Direct-equivalent rate, two operations a multiply-add.</summary>
    public double GigaflopsPerSecond => 2 * MultiplyAdds / Time.TotalSeconds / 1e9;

    public double GigabytesPerSecond => Bytes / Time.TotalSeconds / 1e9;
}
