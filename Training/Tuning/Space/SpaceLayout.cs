namespace EmotionMLNet.Training.Tuning.Space;

/// <summary>A search space laid out flat: its dimensions, and what each depends on.</summary>
internal sealed class SpaceLayout
{
    private const int MostCombinations = 4096;

    /// <exception cref="ArgumentException">
    /// A condition names no choice or none of its values, conditions go in a circle, or a key has two options at once.
    /// </exception>
    public SpaceLayout(SearchSpace space)
    {
        var leaves = new List<(SpaceLeaf Leaf, string Prefix)>();
        Collect(space, "", [], leaves);
        string[] keys = [.. leaves.Select(l => l.Leaf.Key)];
        Leaves = [.. leaves.Select(l => l.Leaf with { When = [.. l.Leaf.When.Select(c => Resolve(c, l.Prefix, keys, l.Leaf.Key))] })];
        Cube = new([.. Leaves.Select(ToAxis)]);
        CheckAlternatives();
    }

    public IReadOnlyList<SpaceLeaf> Leaves { get; }

    public SearchCube Cube { get; }

    /// <summary>
    /// The most axes that count together, over all combinations of the choices on which others depend; all of them where there are too
    /// many combinations to look at.
    /// </summary>
    public int CountMostActive()
    {
        int[] parents = [.. Cube.Axes.SelectMany(a => a.When.Select(w => w.Axis)).Distinct().Order()];
        if (parents.Aggregate(1.0, (n, p) => n * Cube.Axes[p].Choices) > MostCombinations) return Cube.Dimensions;
        var point = (double[])Cube.Rest.Clone();
        int most = 0;
        Try(0);
        return most;

        void Try(int next)
        {
            if (next == parents.Length)
            {
                most = Math.Max(most, Cube.FindActive(point).Count(a => a));
                return;
            }
            int choices = Cube.Axes[parents[next]].Choices;
            for (int i = 0; i < choices; i++)
            {
                point[parents[next]] = (i + 0.5) / choices;
                Try(next + 1);
            }
        }
    }

    private static void Collect(SearchSpace space, string prefix, Condition[] outer, List<(SpaceLeaf Leaf, string Prefix)> leaves)
    {
        foreach ((string key, OptionBase option) in space)
        {
            Condition[] when = [.. outer, .. option.When];
            if (option is SearchSpace inner) Collect(inner, $"{prefix}{key}.", when, leaves);
            else leaves.Add((new(prefix + key, option, when), prefix));
        }
    }

    // The nearest key counts: beside the option, beside the space around it, and so on outwards.
    private static Condition Resolve(Condition condition, string prefix, string[] keys, string leaf)
    {
        for (string around = prefix; ; around = around[..(around.TrimEnd('.').LastIndexOf('.') + 1)])
        {
            if (keys.Contains(around + condition.Key)) return condition with { Key = around + condition.Key };
            if (around.Length == 0) throw new ArgumentException($"{leaf}: its condition names {condition.Key}, which is not in the space.");
        }
    }

    private CubeAxis ToAxis(SpaceLeaf leaf)
    {
        var when = new List<(int Axis, bool[] Allowed)>();
        foreach (Condition condition in leaf.When)
        {
            int[] found = [.. Leaves.Index().Where(l => l.Item.Key == condition.Key).Select(l => l.Index)];
            if (found is not [int parent] || Leaves[parent].Option is not ChoiceOption choice)
                throw new ArgumentException($"{leaf.Key}: its condition names {condition.Key}, which is no single choice.");
            if (condition.Values.FirstOrDefault(v => !choice.Choices.Contains(v)) is { } strange)
                throw new ArgumentException($"{leaf.Key}: its condition asks for {condition.Key} {strange}, which is none of its choices.");
            when.Add((parent, [.. choice.Choices.Select(c => condition.Values.Contains(c))]));
        }
        double rest = leaf.Option.MappingToFeatureSpace(leaf.Option.DefaultValue)[0];
        return new()
        {
            Choices = leaf.Option is ChoiceOption of ? of.Choices.Count : 0,
            Values = leaf.Option.ValueCount,
            Rest = rest,
            Snap = u => leaf.Option.MappingToFeatureSpace(leaf.Option.SampleFromFeatureSpace([u]))[0],
            When = when,
        };
    }

    // Two options of a key must depend on one choice, with no value in common.
    private void CheckAlternatives()
    {
        for (int i = 0; i < Leaves.Count; i++)
            for (int j = 0; j < i; j++)
                if (
                    Leaves[i].Key == Leaves[j].Key
                    && !Cube.Axes[i].When.Any(w =>
                        Cube.Axes[j].When.Any(v => v.Axis == w.Axis && !v.Allowed.Zip(w.Allowed).Any(both => both.First && both.Second))
                    )
                )
                    throw new ArgumentException($"{Leaves[i].Key}: two options may count at once.");
    }
}
