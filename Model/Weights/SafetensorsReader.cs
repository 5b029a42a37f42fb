using System.Buffers.Binary;
using System.Text.Json;

namespace EmotionMLNet.Weights;

/// <summary>Reads safetensors (https://huggingface.co/docs/safetensors): eight bytes of length, a JSON header, and the tensors one behind the other.</summary>
internal static class SafetensorsReader
{
    private const int LargestHeader = 100_000_000; // the format's own limit

    /// <exception cref="InvalidDataException">The header is broken, or tensors lie outside the file or over one another.</exception>
    public static IEnumerable<WeightTensor> Read(ReadOnlyMemory<byte> file)
    {
        if (file.Length < 8) throw new InvalidDataException("a safetensors file without a header");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(file.Span);
        if (length > LargestHeader || length > (ulong)file.Length - 8) throw new InvalidDataException($"a safetensors header of {length} bytes in a file of {file.Length}");
        ReadOnlyMemory<byte> header = file.Slice(8, (int)length), data = file[(8 + (int)length)..];
        try
        {
            return [.. Tensors(header, data)];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new InvalidDataException($"a broken safetensors header: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private static IEnumerable<WeightTensor> Tensors(ReadOnlyMemory<byte> header, ReadOnlyMemory<byte> data)
    {
        using JsonDocument json = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = 8 });
        var names = new HashSet<string>();
        var spans = new List<(long Begin, long End, string Name)>();
        foreach (JsonProperty entry in json.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__") continue;
            if (!names.Add(entry.Name)) throw new InvalidDataException($"tensor '{entry.Name}' twice");
            ElementFormat format = Format(entry.Value.GetProperty("dtype").GetString(), entry.Name);
            long[] dimensions = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64())];
            long[] offsets = [.. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(d => d.GetInt64())];
            int count = WeightTensor.CheckedLength(entry.Name, dimensions);
            if (offsets is not [var begin, var end] || begin < 0 || end > data.Length || end - begin != (long)count * format.Size())
                throw new InvalidDataException($"tensor '{entry.Name}' does not lie where the header says");
            spans.Add((begin, end, entry.Name));
            ReadOnlyMemory<byte> bytes = data.Slice((int)begin, (int)(end - begin));
            yield return new WeightTensor(entry.Name, dimensions, () => format.Read(bytes.Span, 0, [count], [1], count));
        }
        foreach (((_, long end, string a), (long begin, _, string b)) in spans.Order().Zip(spans.Order().Skip(1)))
            if (begin < end) throw new InvalidDataException($"tensors '{a}' and '{b}' lie over one another");
    }

    private static ElementFormat Format(string? type, string name)
        => Enum.TryParse(type == "BOOL" ? "Bool" : type, ignoreCase: false, out ElementFormat format) && Enum.IsDefined(format) ? format : throw new InvalidDataException($"tensor '{name}' of type {type}, which is not read here");
}
