using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Data;

/// <summary>Identical images that stand in more than one split or under more than one label.</summary>
/// <param name="Images">Names, in the order train, validation, test.</param>
/// <param name="Labels">Their labels.</param>
/// <param name="Splits">Their splits.</param>
internal sealed record DuplicateGroup(IReadOnlyList<string> Images, IReadOnlyList<string> Labels, IReadOnlyList<Split> Splits);

/// <summary>How many images are identical.</summary>
/// <param name="Groups">Sets of two or more identical images.</param>
/// <param name="Copies">Images beyond the first of their group.</param>
/// <param name="AcrossSplits">
/// Images whose twin stands in an earlier split (train before validation before test): what leaks into a score.
/// </param>
/// <param name="ConflictingGroups">Groups with more than one label.</param>
/// <param name="Worst">Every group that crosses splits or labels.</param>
internal sealed record DuplicateCount(int Groups, int Copies, int AcrossSplits, int ConflictingGroups, IReadOnlyList<DuplicateGroup> Worst)
{
    public static DuplicateCount Count(IEnumerable<(UInt128 Hash, ListedImage Image, Split Split)> images)
    {
        (ListedImage Image, Split Split)[][] groups =
        [
            .. images
                .GroupBy(i => i.Hash, i => (i.Image, i.Split))
                .Where(g => g.Count() > 1)
                .Select(g => g.OrderBy(i => i.Split).ToArray()),
        ];
        bool Conflicts((ListedImage Image, Split Split)[] g) => g.Any(i => i.Image.Label != g[0].Image.Label);
        DuplicateGroup[] worst =
        [
            .. from g in groups
               where g[0].Split != g[^1].Split || Conflicts(g)
               select new DuplicateGroup([.. g.Select(i => i.Image.Name)], [.. g.Select(i => i.Image.Label)], [.. g.Select(i => i.Split)]),
        ];
        return new(
            groups.Length,
            groups.Sum(g => g.Length - 1),
            groups.Sum(g => g.Count(i => i.Split != g[0].Split)),
            groups.Count(Conflicts),
            worst
        );
    }
}
