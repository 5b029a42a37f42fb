using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace EmotionMLNet.MLNet.Training;

/// <summary>The keys of a label column: their number, and what each stands for.</summary>
internal sealed class LabelKeys
{
    private const string KeyValues = "KeyValues";

    private LabelKeys(DataViewSchema.Column column, KeyDataViewType type, string[] names)
    {
        Column = column;
        Type = type;
        Names = names;
    }

    /// <summary>The column of the training view.</summary>
    public DataViewSchema.Column Column { get; }

    public KeyDataViewType Type { get; }

    /// <summary>What the keys stand for, as texts, in their order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Reads them off a schema.</summary>
    /// <exception cref="ArgumentException">The column is missing, no key, or of fewer than two or of unknown keys.</exception>
    public static LabelKeys Of(DataViewSchema schema, string name)
    {
        DataViewSchema.Column column = schema.GetColumnOrNull(name)
            ?? throw new ArgumentException($"The data have no label column '{name}': set LabelColumnName.", nameof(name));
        if (column.Type is not KeyDataViewType type)
            throw new ArgumentException(
                $"The label column '{name}' is {column.Type}, and a key is wanted: put Conversion.MapValueToKey before.", nameof(name));
        if (type.Count is < 2 or > int.MaxValue)
            throw new ArgumentException($"The label column '{name}' has {type.Count} keys, and two at least are wanted.", nameof(name));
        return new LabelKeys(column, type, NamesOf(column, (int)type.Count));
    }

    /// <summary>A getter of the label: the index of its class, or -1 where it is missing.</summary>
    public static Func<int> Getter(DataViewRow row, DataViewSchema.Column column)
    {
        Type raw = column.Type.RawType;
        if (raw == typeof(byte)) return Make<byte>(v => v);
        if (raw == typeof(ushort)) return Make<ushort>(v => v);
        return raw == typeof(ulong) ? Make<ulong>(v => (long)v) : Make<uint>(v => v);

        Func<int> Make<T>(Func<T, long> number)
        {
            ValueGetter<T> getter = row.GetGetter<T>(column);
            T value = default!;
            return () =>
            {
                getter(ref value);
                return (int)(number(value) - 1); // 0 stands for a missing key
            };
        }
    }

    /// <summary>Annotations that give the same keys to a predicted label.</summary>
    public DataViewSchema.Annotations Annotations()
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.Add(Column.Annotations, kind => kind == KeyValues);
        return builder.ToAnnotations();
    }

    // Keys without values are called by their numbers.
    private static string[] NamesOf(DataViewSchema.Column column, int count)
    {
        string[] numbers = [.. Enumerable.Range(1, count).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        if (column.Annotations.Schema.GetColumnOrNull(KeyValues)?.Type is not VectorDataViewType { ItemType.RawType: { } raw })
            return numbers;
        string[]? names =
            raw == typeof(ReadOnlyMemory<char>) ? Texts<ReadOnlyMemory<char>>()
            : raw == typeof(bool) ? Texts<bool>()
            : raw == typeof(sbyte) ? Texts<sbyte>()
            : raw == typeof(byte) ? Texts<byte>()
            : raw == typeof(short) ? Texts<short>()
            : raw == typeof(ushort) ? Texts<ushort>()
            : raw == typeof(int) ? Texts<int>()
            : raw == typeof(uint) ? Texts<uint>()
            : raw == typeof(long) ? Texts<long>()
            : raw == typeof(ulong) ? Texts<ulong>()
            : raw == typeof(float) ? Texts<float>()
            : raw == typeof(double) ? Texts<double>()
            : null;
        return names ?? numbers;

        string[] Texts<T>()
        {
            VBuffer<T> values = default;
            column.Annotations.GetValue(KeyValues, ref values);
            return [.. values.DenseValues().Select(v => Convert.ToString(v, CultureInfo.InvariantCulture) ?? "")];
        }
    }
}
