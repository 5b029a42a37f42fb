using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EmotionMLNet.Benchmarks.Fuzzing.Mutation;

/// <summary>
/// Changes JSON that stays JSON: another kind of value, nothing, extreme numbers, names that are lost, new or twice, nesting; and now and
/// then its bytes.
/// </summary>
internal static class JsonMutator
{
    private static readonly string[] Texts =
    [
        "",
        " ",
        "\0",
        "a\nb",
        "\u001B[31m",
        "..",
        "../x",
        "=1+1",
        "💥",
        "\uD800",
        "null",
        "NaN",
        "none",
        "1e999",
        new('x', 3000),
    ];

    public static byte[] Mutate(ReadOnlySpan<byte> json, FuzzRandom random, IReadOnlyList<byte[]> words, ReadOnlySpan<byte> other)
    {
        if (random.OneIn(5)) return ByteMutator.Mutate(json, random, words, other);
        try
        {
            if (JsonNode.Parse(json) is not { } root) return ByteMutator.Mutate(json, random, words, other);
            int changes = 1 + (random.OneIn(2) ? 0 : random.Below(4));
            for (int i = 0; i < changes; i++) root = Change(root, random, words);
            return Encoding.UTF8.GetBytes(root.ToJsonString());
        }
        // An earlier change left no JSON that holds together.
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            return ByteMutator.Mutate(json, random, words, other);
        }
    }

    private static JsonNode Change(JsonNode root, FuzzRandom random, IReadOnlyList<byte[]> words)
    {
        List<JsonNode?> parents = [];
        Collect(root, parents);
        if (parents.Count == 0 || random.OneIn(40)) return Value(random, words) ?? root;
        switch (random.Of(parents))
        {
            case JsonObject { Count: > 0 } o:
                (string name, JsonNode? old) = o.ElementAt(random.Below(o.Count));
                switch (random.Below(6))
                {
                    case 0:
                        o.Remove(name);
                        break;
                    case 1:
                        o.Remove(name);
                        o[random.OneIn(2) ? name.ToUpperInvariant() : Text(random, words)] = old;
                        break;
                    case 2:
                        o[Text(random, words)] = random.OneIn(2) ? old?.DeepClone() : Value(random, words);
                        break;
                    default:
                        o[name] = Replaced(old, random, words);
                        break;
                }
                break;
            case JsonArray a:
                int at = random.Below(a.Count);
                if (a.Count == 0 || random.OneIn(5))
                    a.Insert(at, a.Count > 0 && random.OneIn(2) ? a[at]?.DeepClone() : Value(random, words));
                else if (random.OneIn(4))
                    a.RemoveAt(at);
                else if (random.OneIn(8))
                    for (int i = random.Below(300); i > 0; i--)
                        a.Add(a[0]?.DeepClone());
                else
                    a[at] = Replaced(a[at], random, words);
                break;
            case JsonObject o:
                o[Text(random, words)] = Value(random, words);
                break;
        }
        return root;
    }

    private static void Collect(JsonNode? node, List<JsonNode?> parents)
    {
        if (node is JsonObject o)
        {
            parents.Add(node);
            foreach ((_, JsonNode? value) in o) Collect(value, parents);
        }
        else if (node is JsonArray a)
        {
            parents.Add(node);
            foreach (JsonNode? value in a) Collect(value, parents);
        }
    }

    // Half of the time of the kind that was there: what is of the wrong kind is refused early.
    private static JsonNode? Replaced(JsonNode? old, FuzzRandom random, IReadOnlyList<byte[]> words) =>
        old?.GetValueKind() switch
        {
            JsonValueKind.Number when random.OneIn(2) => Number(random),
            JsonValueKind.String when random.OneIn(2) => random.OneIn(2)
                ? JsonValue.Create(Text(random, words))
                : JsonValue.Create(Encoding.UTF8.GetString(ByteMutator.Mutate(Encoding.UTF8.GetBytes((string)old!), random, words, []))),
            JsonValueKind.True or JsonValueKind.False when random.OneIn(2) => JsonValue.Create(random.OneIn(2)),
            _ => Value(random, words),
        };

    private static JsonNode? Value(FuzzRandom random, IReadOnlyList<byte[]> words)
    {
        switch (random.Below(10))
        {
            case 0 or 1: return null;
            case 2: return JsonValue.Create(random.OneIn(2));
            case 3: return new JsonObject();
            case 4: return new JsonArray();
            case 5: return JsonValue.Create(Text(random, words));
            case 6: return new JsonArray(null, Number(random), JsonValue.Create(Text(random, words)));
            case 7:
                JsonNode nested = new JsonArray();
                for (int i = random.Below(90); i > 0; i--)
                    nested = random.OneIn(2) ? new JsonArray(nested) : new JsonObject { ["a"] = nested };
                return nested;
            default: return Number(random);
        }
    }

    private static JsonNode? Number(FuzzRandom random)
    {
        if (random.OneIn(2)) return JsonValue.Create(ByteMutator.Edge(random));
        try
        {
            return JsonNode.Parse(ByteMutator.Number(random));
        }
        catch (JsonException)
        {
            return JsonValue.Create(random.Below(100) / 7.0);
        }
    }

    private static string Text(FuzzRandom random, IReadOnlyList<byte[]> words) =>
        words.Count > 0 && random.OneIn(2) ? Encoding.UTF8.GetString(random.Of(words)) : random.Of(Texts);
}
