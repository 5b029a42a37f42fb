using EmotionMLNet.Formatting;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Data;

/// <summary>The images of one split before they are read.</summary>
/// <param name="Split">Which part this is.</param>
/// <param name="Name">The split's name, as in <see cref="ImageSet"/>.</param>
/// <param name="Images">The images in the order of the source.</param>
internal sealed record PlannedSplit(Split Split, string Name, IReadOnlyList<ListedImage> Images);

/// <summary>Which image belongs to which split.</summary>
/// <param name="Splits">Those that exist, in the order train, validation, test.</param>
/// <param name="Notes">What was decided because the source does not say.</param>
internal sealed record SplitPlan(IReadOnlyList<PlannedSplit> Splits, IReadOnlyList<string> Notes)
{
    /// <summary>
    /// FER2013's PublicTest and PrivateTest together, as its common folder edition has them in one folder "test", in
    /// ascending order of the seven classes. A score on them is not a score on PrivateTest.
    /// </summary>
    private static readonly int[] MergedTestCounts = [111, 831, 958, 1024, 1233, 1247, 1774];

    public const string MergedTestName = "PublicTest + PrivateTest (merged)";

    /// <summary>
    /// Takes the splits of the source and makes up for missing ones: without any, images are dealt class by class (70/20/10 by
    /// default); with a train but no validation, validation is carved out of train; a missing test stays missing.
    /// </summary>
    /// <remarks>
    /// Where images are dealt, their order within a class is a hash of the seed and their bytes: neither names nor other images
    /// matter, and byte-identical images always land in the same split.
    /// </remarks>
    public static SplitPlan Make(SourceListing listing, DataOptions options, CancellationToken cancellation)
    {
        if (options.WholeAs is { } whole)
            return new([new(whole, $"all {listing.Images.Count} image{(listing.Images.Count == 1 ? "" : "s")}", listing.Images)], []);

        List<string> notes = [];
        List<PlannedSplit> splits = [];
        if (listing.Images.All(i => i.Part is null))
        {
            SplitPlan dealt = Deal(listing, options, cancellation);
            return dealt with { Notes = [.. dealt.Notes, .. Lacking(dealt.Splits, listing.Labels)] };
        }
        foreach (IGrouping<Split, ListedImage> split in listing.Images.GroupBy(i => SplitNames.Parse(i.Part!)!.Value).OrderBy(g => g.Key))
        {
            string name = string.Join(" + ", split.Select(i => i.Part!).Distinct());
            if (split.Key != Split.Train && IsMergedTest(listing.Labels, split))
            {
                notes.Add(
                    $"{name} is FER2013's PublicTest and PrivateTest merged (7,178 images): a score on it is not a PrivateTest score"
                );
                name = MergedTestName;
            }
            splits.Add(new(split.Key, name, [.. split]));
        }
        CarveValidation(splits, listing.Labels, options, notes, cancellation);
        if (!splits.Exists(s => s.Split == Split.Train)) notes.Add("there is no train split: these data can only be evaluated on");
        if (!splits.Exists(s => s.Split == Split.Test)) notes.Add("there is no test split, and none is made up from the others");
        return new(splits, [.. notes, .. Lacking(splits, listing.Labels)]);
    }

    private static bool IsMergedTest(IReadOnlyList<string> labels, IEnumerable<ListedImage> images)
    {
        Dictionary<string, int> counts = images.CountBy(i => i.Label).ToDictionary();
        return labels.Count == MergedTestCounts.Length && counts.Values.Order().SequenceEqual(MergedTestCounts);
    }

    private static SplitPlan Deal(SourceListing listing, DataOptions options, CancellationToken cancellation)
    {
        double[] shares = [1 - options.ValidationFraction - options.TestFraction, options.ValidationFraction, options.TestFraction];
        Split[] dealt = StratifiedSplit.Deal(listing.Images, listing.Labels, shares, options, cancellation);
        PlannedSplit[] splits =
        [
            .. from split in Enum.GetValues<Split>()
            let images = listing.Images.Where((_, i) => dealt[i] == split).ToArray()
            where images.Length > 0
            select new PlannedSplit(
                split,
                FormattableString.Invariant($"{shares[(int)split] * 100:0.#} % of {listing.Images.Count}, seed {options.Seed}"),
                images
            ),
        ];
        List<string> notes = [$"the source gives no split: images are dealt class by class, {Together(options)} ones together"];
        if (options.ValidationFraction > 0 && !Array.Exists(splits, s => s.Split == Split.Validation))
            notes.Add("there is no validation split: no class has images enough for one; add images, or raise {data.validationFraction}");
        return new(splits, notes);
    }

    /// <summary>What can't be learned or measured, since a split has no image of a class that others have.</summary>
    private static IEnumerable<string> Lacking(IReadOnlyList<PlannedSplit> splits, IReadOnlyList<string> labels)
    {
        Dictionary<string, int> all = splits.SelectMany(s => s.Images).CountBy(i => i.Label).ToDictionary();
        foreach (PlannedSplit split in splits)
        {
            HashSet<string> there = [.. split.Images.Select(i => i.Label)];
            string[] lacking =
            [
                .. labels
                    .Where(l => all.ContainsKey(l) && !there.Contains(l))
                    .Select(l => $"{l} ({Plural.Format(all[l], "image")} in all)"),
            ];
            if (lacking.Length == 0) continue;
            string consequence = split.Split == Split.Train ? "it can't be learned" : "nothing there says how well it is told";
            yield return $"{SplitNames.Of(split.Split)} has no image of {string.Join(", ", lacking)}: {consequence}; add images, or leave "
                + $"such a class out with {{data.labels}}";
        }
    }

    private static void CarveValidation(
        List<PlannedSplit> splits,
        IReadOnlyList<string> labels,
        DataOptions options,
        List<string> notes,
        CancellationToken cancellation
    )
    {
        if (
            splits.Exists(s => s.Split == Split.Validation)
            || splits.Find(s => s.Split == Split.Train) is not { } train
            || options.ValidationFraction == 0
        )
            return;
        double[] shares = [1 - options.ValidationFraction, options.ValidationFraction, 0];
        Split[] dealt = StratifiedSplit.Deal(train.Images, labels, shares, options, cancellation);
        if (!dealt.Contains(Split.Validation))
        {
            notes.Add("there is no validation split: no class has images enough for one; add images, or raise {data.validationFraction}");
            return;
        }
        string Name(double share) =>
            FormattableString.Invariant($"{share * 100:0.#} % of {train.Name}'s {train.Images.Count}, seed {options.Seed}");
        splits[splits.IndexOf(train)] = train with
        {
            Name = Name(shares[0]),
            Images = [.. train.Images.Where((_, i) => dealt[i] == Split.Train)],
        };
        splits.Insert(1, new(Split.Validation, Name(shares[1]), [.. train.Images.Where((_, i) => dealt[i] == Split.Validation)]));
        notes.Add($"there is no validation split: {splits[1].Name} are taken for it, {Together(options)} ones together");
    }

    private static string Together(DataOptions options) => options.SimilarTogether ? "similar and identical" : "byte-identical";
}
