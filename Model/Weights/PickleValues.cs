namespace EmotionMLNet.Weights;

/// <summary>
/// A Python tuple. No record: equality and text of one would go through everything that nests in it, and a hostile file nests without end.
/// </summary>
internal sealed class PickleTuple(List<object?> items)
{
    public List<object?> Items { get; } = items;
}

/// <summary>A Python dictionary in the order of insertion; of keys that are no text only the place is kept.</summary>
internal sealed class PickleDict
{
    private readonly Dictionary<string, int> index = [];

    public List<(object? Key, object? Value)> Items { get; } = [];

    /// <summary>The value of a text, or null.</summary>
    public object? Find(string key) => index.TryGetValue(key, out int at) ? Items[at].Value : null;

    public void Set(object? key, object? value)
    {
        int at = key is string text && index.TryGetValue(text, out int found) ? found : -1;
        if (at >= 0) Items[at] = (key, value);
        else
        {
            if (key is string name) index[name] = Items.Count;
            Items.Add((key, value));
        }
    }
}

/// <summary>A class of storages.</summary>
internal sealed record StorageType(ElementFormat Format);

/// <summary>A block of numbers that stands elsewhere in the file.</summary>
internal sealed record PickledStorage(ElementFormat Format, string Key, long Count);

/// <summary>A view of a storage.</summary>
internal sealed record PickledTensor(PickledStorage Storage, long Offset, long[] Dimensions, long[] Strides);
