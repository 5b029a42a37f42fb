namespace EmotionMLNet.Training.Tuning.Tuners;

/// <summary>The constants of a tree-structured Parzen estimator.</summary>
internal sealed record TpeOptions
{
    /// <summary>Finished trials that are uniform before there is a model.</summary>
    public int Starts { get; init; } = 10;

    /// <summary>Share of the observations that are good, rounded up.</summary>
    public double GoodShare { get; init; } = 0.1;

    /// <summary>Fewest good observations.</summary>
    public int LeastGood { get; init; } = 1;

    /// <summary>Most good observations.</summary>
    public int MostGood { get; init; } = 25;

    /// <summary>Points drawn from the density of the good ones.</summary>
    public int Candidates { get; init; } = 24;
}
