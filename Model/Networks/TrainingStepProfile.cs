namespace EmotionMLNet.Networks;

/// <summary>What one step of a training plan costs at one batch size.</summary>
/// <param name="Step">Its layers, with the algorithm.</param>
/// <param name="Kind">Its layers and algorithm without sizes, to add up what is alike.</param>
/// <param name="Forward">The forward pass.</param>
/// <param name="BackwardWeights">The gradient of weights, where it is a product of its own.</param>
/// <param name="BackwardData">The gradient of inputs, and of the parameters that come with it.</param>
/// <param name="SavedBytes">The output and the statistics that wait for the backward pass, of this step or of one that reads them.</param>
internal sealed record TrainingStepProfile(
    string Step,
    string Kind,
    PassProfile Forward,
    PassProfile BackwardWeights,
    PassProfile BackwardData,
    long SavedBytes
)
{
    public TimeSpan Time => Forward.Time + BackwardWeights.Time + BackwardData.Time;
}

/// <summary>What one pass through one step costs.</summary>
/// <param name="Time">Shortest of the timed runs: what disturbs a run only ever adds to it.</param>
/// <param name="MultiplyAdds">
/// Multiply-adds of the whole batch by the definition of the layer, however few the algorithm needs; 0 for steps without products.
/// </param>
/// <param name="Bytes">Bytes that are read and written, each once: the least traffic, without scratch.</param>
internal readonly record struct PassProfile(TimeSpan Time, long MultiplyAdds, long Bytes)
{
    /// <summary>Direct-equivalent rate, two operations a multiply-add.</summary>
    public double GigaflopsPerSecond => 2 * MultiplyAdds / Time.TotalSeconds / 1e9;

    public double GigabytesPerSecond => Bytes / Time.TotalSeconds / 1e9;
}
