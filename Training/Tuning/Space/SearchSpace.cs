using System.Collections;

namespace EmotionMLNet.Training.Tuning.Space;

/// <summary>
/// Options under keys, which may be spaces themselves. A key may have several options, if their conditions exclude one another: a
/// learning rate of SGD and one of AdamW. Values that are fixed come with every point.
/// </summary>
/// <remarks>
/// Keys of inner spaces are joined by dots, so that a space of settings has the keys of a settings file: "optimisation.learningRate". The
/// unit cube has a dimension for each option that is not a space, in the order in which they were added, whether it counts at a point or
/// not.
/// </remarks>
public record SearchSpace : OptionBase, IEnumerable<KeyValuePair<string, OptionBase>>
{
    private readonly List<KeyValuePair<string, OptionBase>> options = [];
    private readonly Dictionary<string, Parameter> fixedValues = new(StringComparer.Ordinal);
    private SpaceLayout? layout;

    /// <summary>Makes an empty space.</summary>
    public SearchSpace() { }

    /// <summary>Makes a copy: what is added to it is not added to the original.</summary>
    /// <param name="other">The original.</param>
    protected SearchSpace(SearchSpace other) : base(other)
    {
        options = [.. other.options];
        fixedValues = new(other.fixedValues, StringComparer.Ordinal);
    }

    /// <summary>Values that every point has, by full key.</summary>
    public IReadOnlyDictionary<string, Parameter> Fixed => fixedValues;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A condition names no choice of the space.</exception>
    public override int FeatureSpaceDim => Layout.Leaves.Count;

    /// <summary>The most dimensions that count at one point.</summary>
    /// <exception cref="ArgumentException">A condition names no choice of the space.</exception>
    public int MostActive => Layout.CountMostActive();

    /// <summary>The defaults of all options that count together.</summary>
    public override Parameter DefaultValue => Sample(Layout.Cube.Rest);

    internal override int ValueCount => 0;

    /// <summary>The space as tuners see it.</summary>
    internal SearchCube Cube => Layout.Cube;

    /// <summary>The options that are no spaces, one for each dimension.</summary>
    internal IReadOnlyList<SpaceLeaf> Leaves => Layout.Leaves;

    private SpaceLayout Layout => layout ??= new(this);

    /// <summary>Adds an option.</summary>
    /// <param name="key">Its key; a full one or, in an inner space, the part behind the dot.</param>
    /// <param name="option">A range, a choice, or an inner space, of which a copy is kept.</param>
    /// <exception cref="ArgumentException">The key is empty, or is fixed.</exception>
    public void Add(string key, OptionBase option)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        ArgumentNullException.ThrowIfNull(option);
        if (fixedValues.ContainsKey(key)) throw new ArgumentException($"{key} is fixed.", nameof(key));
        if (option is SearchSpace inner)
        {
            option = inner with { };
            foreach ((string name, Parameter value) in inner.Fixed) AddFixed($"{key}.{name}", value);
        }
        options.Add(new(key, option));
        layout = null;
    }

    /// <summary>Gives every point a value.</summary>
    /// <param name="key">The full key, of no option.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentException">An option has the key, or the value is nested.</exception>
    public void AddFixed(string key, Parameter value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        ArgumentNullException.ThrowIfNull(value);
        if (value.IsNested) throw new ArgumentException("A single value is fixed at a time.", nameof(value));
        if (options.Any(o => o.Key == key)) throw new ArgumentException($"{key} has a range: take it out first.", nameof(key));
        fixedValues[key] = value;
        layout = null;
    }

    /// <summary>
    /// The space with some of its options alone. Others stay away from every point, as if they had their defaults: an option that is
    /// only for another value goes with them.
    /// </summary>
    /// <param name="keys">Full keys or their last parts: "learningRate".</param>
    /// <exception cref="ArgumentException">A key is of no option or of several; the message names it.</exception>
    public SearchSpace Keep(params IReadOnlyList<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var kept = keys.Select(FindKey).ToHashSet(StringComparer.Ordinal);
        SearchSpace narrow = this;
        foreach (string key in Leaves.Select(l => l.Key).Distinct().Where(k => !kept.Contains(k)))
            narrow = narrow.Settle(key, Leaves.First(l => l.Key == key).Option.DefaultValue);
        foreach (string key in kept.Where(k => narrow.Leaves.All(l => l.Key != k)))
            throw new ArgumentException($"{key} counts only together with another setting: name that too.", nameof(keys));
        return narrow;
    }

    /// <summary>The space with a setting that every point has.</summary>
    /// <param name="key">A full key or its last part, of an option; or a full key of none.</param>
    /// <param name="value">The value; it need not be in the option's range.</param>
    /// <exception cref="ArgumentException">The key is the last part of several.</exception>
    public SearchSpace Fix(string key, Parameter value)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        string full = MatchKeys(key) is [] ? key : FindKey(key);
        SearchSpace narrow = Settle(full, value);
        narrow.AddFixed(full, value);
        return narrow;
    }

    /// <summary>Whether both have the same options and fixed values.</summary>
    /// <param name="other">Another space, or null.</param>
    public virtual bool Equals(SearchSpace? other) =>
        other is not null
        && options.SequenceEqual(other.options)
        && When.SequenceEqual(other.When)
        && fixedValues.Count == other.fixedValues.Count
        && fixedValues.All(f => other.fixedValues.TryGetValue(f.Key, out Parameter? same) && same.Equals(f.Value));

    /// <inheritdoc/>
    public override int GetHashCode() => options.Count;

    /// <summary>The options and their keys, as they were added.</summary>
    public IEnumerator<KeyValuePair<string, OptionBase>> GetEnumerator() => options.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private protected override Parameter Sample(IReadOnlyList<double> feature)
    {
        bool[] active = Layout.Cube.FindActive(feature);
        return Parameter.CreateNested(
            fixedValues.Concat(
                Layout
                    .Leaves.Index()
                    .Where(l => active[l.Index])
                    .Select(l => KeyValuePair.Create(l.Item.Key, l.Item.Option.SampleFromFeatureSpace([feature[l.Index]])))
            )
        );
    }

    private protected override double[] Map(Parameter parameter)
    {
        var point = (double[])Layout.Cube.Rest.Clone();
        foreach (int axis in Layout.Cube.Order)
        {
            SpaceLeaf leaf = Layout.Leaves[axis];
            if (Layout.Cube.IsActive(axis, point) && parameter.TryGetValue(leaf.Key, out Parameter? value))
                point[axis] = leaf.Option.MappingToFeatureSpace(value)[0];
        }
        return point;
    }

    private string FindKey(string key) => MatchKeys(key) switch
    {
        [string one] => one,
        [] => throw new ArgumentException($"There is no {key} in the search space; there are {string.Join(", ", AllKeys())}."),
        var several => throw new ArgumentException($"{key} can be {string.Join(" or ", several)}: give one of them."),
    };

    private string[] MatchKeys(string key) => AllKeys().Contains(key)
        ? [key]
        : [.. AllKeys().Where(k => k.EndsWith("." + key, StringComparison.Ordinal))];

    private string[] AllKeys() => [.. Leaves.Select(l => l.Key).Distinct()];

    // Takes a key out. What depends on it stays if its condition holds for the value, now without that condition.
    private SearchSpace Settle(string key, Parameter value)
    {
        var narrow = new SearchSpace();
        foreach ((string name, Parameter known) in fixedValues)
            if (name != key) narrow.AddFixed(name, known);
        foreach (SpaceLeaf leaf in Leaves)
        {
            if (leaf.Key == key) continue;
            Condition[] on = [.. leaf.When.Where(c => c.Key == key)];
            if (on.All(c => c.Values.Contains(value)))
                narrow.Add(leaf.Key, leaf.Option with { When = [.. leaf.When.Where(c => c.Key != key)] });
        }
        // Options that depended on one which is gone are gone too.
        while (narrow.options.Find(o => o.Value.When.Any(c => narrow.options.All(p => p.Key != c.Key))) is { Value: not null } orphan)
            narrow.options.Remove(orphan);
        return narrow;
    }
}
