using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Tuning.Space;

/// <summary>
/// What a search space sends to a trial: a number, a text, a truth, nothing, a list of these, or a set of parameters under dotted keys
/// ("optimisation.learningRate"). It never changes, and equal content is equal.
/// </summary>
public sealed class Parameter : IEquatable<Parameter>
{
    private readonly object? value; // double, string, bool, Parameter[], or null
    private readonly Dictionary<string, Parameter>? members; // in the order in which they came

    private Parameter(object? value) => this.value = value;

    private Parameter(Dictionary<string, Parameter> members) => this.members = members;

    /// <summary>No value: the setting's own choice.</summary>
    public static Parameter Null { get; } = new((object?)null);

    /// <summary>Whether this holds parameters under keys.</summary>
    public bool IsNested => members is not null;

    /// <summary>The full keys of nested parameters, dots included; empty for a single value.</summary>
    public IReadOnlyCollection<string> Keys => members is null ? [] : members.Keys;

    /// <summary>Makes a number.</summary>
    /// <param name="number">Any finite number.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is not finite.</exception>
    public static Parameter FromDouble(double number)
    {
        if (!double.IsFinite(number)) throw new ArgumentOutOfRangeException(nameof(number), number, "Parameters are finite numbers.");
        return new(number);
    }

    /// <summary>Makes a number with the digits that the single-precision one has: 0.05f is 0.05.</summary>
    /// <param name="number">Any finite number.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is not finite.</exception>
    public static Parameter FromSingle(float number) =>
        FromDouble(double.Parse(number.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));

    /// <summary>Makes a whole number.</summary>
    /// <param name="number">Any number.</param>
    public static Parameter FromInt(int number) => new((double)number);

    /// <summary>Makes a truth.</summary>
    /// <param name="truth">True or false.</param>
    public static Parameter FromBool(bool truth) => new(truth);

    /// <summary>Makes a text.</summary>
    /// <param name="text">Any text.</param>
    public static Parameter FromString(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(text);
    }

    /// <summary>Makes a text of an enumeration's member, written as settings files write it: "one-cycle".</summary>
    /// <param name="choice">A member that has a name.</param>
    public static Parameter FromEnum<T>(T choice) where T : struct, Enum => new(SettingsFile.NameOf(choice));

    /// <summary>Makes a list.</summary>
    /// <param name="items">Any parameters that are not nested.</param>
    /// <exception cref="ArgumentException">A parameter is nested.</exception>
    public static Parameter FromList(params IEnumerable<Parameter> items)
    {
        Parameter[] list = [.. items];
        if (list.Any(i => i.IsNested)) throw new ArgumentException("A list holds single values.", nameof(items));
        return new(list);
    }

    /// <summary>Makes parameters under keys.</summary>
    /// <param name="members">Keys, with dots where they are of inner records, and their parameters; nested ones are joined by dots.</param>
    /// <exception cref="ArgumentException">A key stands there twice.</exception>
    public static Parameter CreateNested(params IEnumerable<KeyValuePair<string, Parameter>> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        var all = new Dictionary<string, Parameter>(StringComparer.Ordinal);
        foreach ((string key, Parameter parameter) in members)
        {
            if (!parameter.IsNested) all.Add(key, parameter);
            else foreach ((string inner, Parameter single) in parameter.members!) all.Add($"{key}.{inner}", single);
        }
        return new(all);
    }

    /// <summary>The parameter of a key, or those whose keys begin with it and a dot.</summary>
    /// <param name="key">A key, dots included.</param>
    /// <exception cref="KeyNotFoundException">Nothing has that key.</exception>
    public Parameter this[string key] => TryGetValue(key, out Parameter? found)
        ? found
        : throw new KeyNotFoundException($"There is no parameter {key}; there are {string.Join(", ", Keys)}.");

    /// <summary>Finds the parameter of a key, or those whose keys begin with it and a dot.</summary>
    /// <param name="key">A key, dots included.</param>
    /// <param name="parameter">What was found.</param>
    /// <returns>Whether anything has that key.</returns>
    public bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Parameter? parameter)
    {
        ArgumentNullException.ThrowIfNull(key);
        parameter = null;
        if (members is null) return false;
        if (members.TryGetValue(key, out parameter)) return true;
        string prefix = key + ".";
        var inner = members
            .Where(m => m.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(m => m.Key[prefix.Length..], m => m.Value, StringComparer.Ordinal);
        if (inner.Count == 0) return false;
        parameter = new(inner);
        return true;
    }

    /// <summary>The value as a C# type: double, float, int, long, bool, string, or an enumeration.</summary>
    /// <exception cref="InvalidCastException">The value is of another kind, or not a whole number where one is asked for.</exception>
    public T AsType<T>()
    {
        object? converted = (value, typeof(T)) switch
        {
            (double number, var type) when type == typeof(double) => number,
            (double number, var type) when type == typeof(float) => (float)number,
            (double number, var type) when type == typeof(int) && number == (int)number => (int)number,
            (double number, var type) when type == typeof(long) && number == (long)number => (long)number,
            (bool truth, var type) when type == typeof(bool) => truth,
            (string text, var type) when type == typeof(string) => text,
            (string text, { IsEnum: true } type) when TryParse(type, text, out object? member) => member,
            _ => null,
        };
        return converted is T result ? result : throw new InvalidCastException($"The parameter {this} is no {typeof(T).Name}.");
    }

    private static bool TryParse(Type type, string text, out object? member) =>
        Enum.TryParse(type, text.Replace("-", "", StringComparison.Ordinal), true, out member);

    /// <summary>Whether both have the same content; the order of keys does not count.</summary>
    /// <param name="other">Another parameter, or null.</param>
    public bool Equals(Parameter? other)
    {
        if (other is null || IsNested != other.IsNested) return false;
        if (members is not null)
            return members.Count == other.members!.Count
                && members.All(m => other.members.TryGetValue(m.Key, out Parameter? same) && m.Value.Equals(same));
        return value is Parameter[] items ? other.value is Parameter[] others && items.SequenceEqual(others) : Equals(value, other.value);
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Parameter);

    /// <inheritdoc/>
    public override int GetHashCode() => members is not null ? members.Count
        : value is Parameter[] items ? items.Length
        : value?.GetHashCode() ?? 0;

    /// <summary>Returns the parameter as JSON.</summary>
    public override string ToString() => ToJson()?.ToJsonString() ?? "null";

    /// <summary>The parameter as JSON: members stay under their dotted keys.</summary>
    internal JsonNode? ToJson()
    {
        if (members is not null) return new JsonObject(members.Select(m => new KeyValuePair<string, JsonNode?>(m.Key, m.Value.ToJson())));
        return value switch
        {
            double number => JsonValue.Create(number),
            string text => JsonValue.Create(text),
            bool truth => JsonValue.Create(truth),
            Parameter[] items => new JsonArray([.. items.Select(i => i.ToJson())]),
            _ => null,
        };
    }

    /// <summary>Reads what <see cref="ToJson"/> writes.</summary>
    /// <exception cref="FormatException">A number is too large, or a list holds records.</exception>
    internal static Parameter FromJson(JsonNode? json)
    {
        switch (json)
        {
            case null: return Null;
            case JsonArray items:
                Parameter[] list = [.. items.Select(FromJson)];
                return list.Any(i => i.IsNested) ? throw new FormatException("a list holds single values") : new(list);
            case JsonObject members: return CreateNested(members.Select(m => KeyValuePair.Create(m.Key, FromJson(m.Value))));
        }
        switch (json.GetValueKind())
        {
            case JsonValueKind.String: return new((string)json!);
            case JsonValueKind.True or JsonValueKind.False: return new((bool)json);
        }
        return double.TryParse(json.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && Math.Abs(number) <= float.MaxValue
            ? new(number)
            : throw new FormatException($"{json.ToJsonString()} is too large");
    }
}
