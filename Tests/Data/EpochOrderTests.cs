using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Data;

public sealed class EpochOrderTests
{
    // 60, 5 and 15 images, and a class that has none.
    private static readonly ImageSet Set = Of([.. Enumerable.Repeat(0, 60), .. Enumerable.Repeat(1, 5), .. Enumerable.Repeat(2, 15)]);

    private static ImageSet Of(int[] classes) =>
        new(
            Split.Train,
            "train",
            ["many", "few", "some", "none"],
            classes,
            [.. classes.Select(_ => new byte[1])],
            [.. classes.Select((_, i) => $"{i}")]
        );

    private static int[] Draw(float balance, ulong key)
    {
        int[] order = new int[Set.Count];
        new EpochOrder(Set, balance).Draw(order, key);
        return order;
    }

    [Theory]
    [InlineData(0, 60, 5, 15)]
    [InlineData(0.5, 44, 13, 22)] // √60 : √5 : √15 of 80 places; the last one goes by remainders
    [InlineData(1, 27, 27, 27)]
    public void Balance_sets_how_often_each_class_is_shown_and_leaves_the_epoch_its_length(float balance, int many, int few, int some)
    {
        int[] counts = [.. Enumerable.Range(0, 4).Select(c => Draw(balance, 7).Count(i => Set.Classes[i] == c))];
        Assert.Equal(80, counts.Sum());
        Assert.InRange(counts[0], many - 1, many + 1);
        Assert.InRange(counts[1], few - 1, few + 1);
        Assert.InRange(counts[2], some - 1, some + 1);
        Assert.Equal(0, counts[3]);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(1)]
    public void Within_a_class_no_image_is_shown_twice_more_than_another(float balance)
    {
        foreach (IGrouping<int, int> shown in Draw(balance, 3).GroupBy(i => Set.Classes[i]))
        {
            int[] times = [.. Enumerable.Range(0, Set.Count).Where(i => Set.Classes[i] == shown.Key).Select(i => shown.Count(s => s == i))];
            Assert.InRange(times.Max() - times.Min(), 0, 1);
        }
    }

    [Fact]
    public void An_epoch_is_a_function_of_its_key_and_not_of_those_before()
    {
        var order = new EpochOrder(Set, 1);
        int[] first = new int[Set.Count], second = new int[Set.Count], again = new int[Set.Count];
        order.Draw(first, 1);
        order.Draw(second, 2);
        order.Draw(again, 1);
        Assert.Equal(first, again);
        Assert.NotEqual(first, second);
        // Those of the large class that are left out differ from epoch to epoch.
        Assert.NotEqual(first.Where(i => i < 60).Order(), second.Where(i => i < 60).Order());
    }

    [Fact]
    public void Without_balance_every_image_is_shown_once() => Assert.Equal(Enumerable.Range(0, 80), Draw(0, 5).Order());
}
