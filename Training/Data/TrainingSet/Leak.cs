using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Data.TrainingSet;

/// <summary>Why a training image had better not be trained on.</summary>
internal enum LeakKind
{
    /// <summary>The network sees it as the same picture as one of validation or test.</summary>
    Twin,

    /// <summary>The same picture stands in training under another label.</summary>
    Conflict,

    /// <summary>One grey level or colour.</summary>
    Blank,
}

/// <summary>A training image that had better be left out.</summary>
/// <param name="Name">The image's name, as in <see cref="ListedImage"/>.</param>
/// <param name="Kind">The first reason of several.</param>
/// <param name="Reason">The reason in words.</param>
internal sealed record Leak(string Name, LeakKind Kind, string Reason)
{
    /// <summary>What the pre-flight found of training images; splits that it did not read are not looked at.</summary>
    public static IReadOnlyList<Leak> Find(DataReport report)
    {
        List<Leak> leaks = [];
        foreach (DuplicateGroup twins in report.PixelIdentical.Worst)
        {
            int held = twins.Splits.Index().Where(s => s.Item != Split.Train).Select(s => s.Index).FirstOrDefault(-1);
            leaks.AddRange(
                from i in twins.Splits.Index()
                where i.Item == Split.Train
                select held >= 0
                    ? new Leak(
                        twins.Images[i.Index],
                        LeakKind.Twin,
                        $"identical to {twins.Images[held]} of {SplitNames.Of(twins.Splits[held])}"
                    )
                    : new Leak(
                        twins.Images[i.Index],
                        LeakKind.Conflict,
                        $"identical images have the labels {string.Join(", ", twins.Labels.Distinct())}"
                    )
            );
        }
        leaks.AddRange(report.Blank.Where(b => b.Split == Split.Train).Select(b => new Leak(b.Name, LeakKind.Blank, "blank")));
        return [.. leaks.DistinctBy(l => l.Name)];
    }
}
