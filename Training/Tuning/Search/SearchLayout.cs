using System.Text.Json;

namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>How far trials are trained before they are compared.</summary>
/// <param name="Share">Share of the training pictures, class by class, that they learn from; above 0, at most 1.</param>
/// <param name="Epochs">Epochs over them, at least 1.</param>
internal sealed record Rung(double Share, int Epochs);

/// <summary>What trainings of an arm took when the search was laid out, in seconds.</summary>
/// <param name="Start">Before the first epoch.</param>
/// <param name="Train">An epoch over all training pictures.</param>
/// <param name="Validate">A validation.</param>
internal sealed record ArmPace(double Start, double Train, double Validate)
{
    /// <summary>An epoch over a share of the training pictures, with its validation.</summary>
    public double Epoch(double share) => share * Train + Validate;
}

/// <summary>
/// How a search is laid out: decided once, by what the first steps took, and recorded, so that a search that is gone on with decides the
/// same.
/// </summary>
/// <param name="Rungs">Rising; those of one share are one training, which goes on from its checkpoint.</param>
/// <param name="Paces">By name of the arm.</param>
internal sealed record SearchLayout(IReadOnlyList<Rung> Rungs, IReadOnlyDictionary<string, ArmPace> Paces)
{
    /// <summary>Name of the fact.</summary>
    public const string Fact = "layout";

    /// <summary>What a reader of the figures must know; null where trials are trained as long as the defaults say.</summary>
    public string? Note { get; init; }

    /// <summary>Seconds that the last comparison and the reports will take, about.</summary>
    public double ReportSeconds { get; init; }

    /// <summary>
    /// Seconds of the budget for one long training of the recommended settings, behind all else; 0 where trials are trained as long as the
    /// defaults say, or somebody has said how long.
    /// </summary>
    public double FinalSeconds { get; init; }

    /// <summary>The learning rate that a range test suggests for the first arm, which trial 1 tries; null where it was not asked.</summary>
    public float? SuggestedRate { get; init; }

    /// <summary>The last rung: all that a trial gets.</summary>
    public int Top => Rungs.Count - 1;

    /// <summary>
    /// What a trial of an arm is trained for on a rung: an arm whose trials are whole has its own epochs, over the pictures of the top.
    /// </summary>
    public Rung RungOf(SearchArm arm, int rung) =>
        arm.IsWhole ? new(Rungs[Top].Share, arm.IsNetwork ? arm.Defaults.Optimisation.Epochs : 1) : Rungs[rung];

    /// <summary>Epochs for which the schedule of an arm's trials is laid out.</summary>
    public int EpochsOf(SearchArm arm) => RungOf(arm, Top).Epochs;

    /// <summary>The rung on which a new trial of an arm begins.</summary>
    public int FirstRung(SearchArm arm) => arm.IsWhole ? Top : 0;

    /// <summary>JSON.</summary>
    public string Write() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static SearchLayout Read(string json) => JsonSerializer.Deserialize<SearchLayout>(json, JsonSerializerOptions.Web)!;
}
