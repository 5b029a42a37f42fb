using System.Buffers.Binary;
using System.Text.Json;

namespace EmotionMLNet.Weights;

/// <summary>
/// Reads safetensors (https://huggingface.co/docs/safetensors): eight bytes of length, a JSON header, and the tensors one behind the other.
/// </summary>
internal static class SafetensorsReader
{
    private const int LargestHeader = 100_000_000; // the format's own limit
    private const int LongestName = 4096;

    /// <exception cref="WeightFormatException">The header is broken, or tensors lie outside the file or over one another.</exception>
    public static IEnumerable<WeightTensor> Read(ReadOnlyMemory<byte> file, CancellationToken cancellationToken = default)
    {
        if (file.Length < 8) throw new WeightFormatException("a safetensors file without a header");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(file.Span);
        if (length > LargestHeader || length > (ulong)file.Length - 8)
            throw new WeightFormatException($"a safetensors header of {length} bytes in a file of {file.Length}");
        ReadOnlyMemory<byte> header = file.Slice(8, (int)length), data = file[(8 + (int)length)..];
        try
        {
            return [.. Tensors(header, data, cancellationToken)];
        }
        catch (Exception e) when (BrokenContent.Explains(e))
        {
            throw new WeightFormatException($"a broken safetensors header: {BrokenContent.Short(e.Message)}", e);
        }
    }

    private static IEnumerable<WeightTensor> Tensors(
        ReadOnlyMemory<byte> header,
        ReadOnlyMemory<byte> data,
        CancellationToken cancellationToken
    )
    {
        using JsonDocument json = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = 8 });
        var names = new HashSet<string>();
        var spans = new List<(long Begin, long End, string Name)>();
        foreach (JsonProperty entry in json.RootElement.EnumerateObject())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.Name == "__metadata__") continue;
            if (entry.Name.Length > LongestName) throw new WeightFormatException($"a tensor whose name has {entry.Name.Length} characters");
            if (!names.Add(entry.Name)) throw new WeightFormatException($"tensor '{entry.Name}' twice");
            ElementFormat format = Format(entry.Value.GetProperty("dtype").GetString(), entry.Name);
            long[] dimensions = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64())];
            long[] offsets = [.. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(d => d.GetInt64())];
            int count = WeightTensor.CheckedLength(entry.Name, dimensions);
            if (offsets is not [var begin, var end] || begin < 0 || end > data.Length || end - begin != (long)count * format.Size())
                throw new WeightFormatException($"tensor '{entry.Name}' does not lie where the header says");
            spans.Add((begin, end, entry.Name));
            ReadOnlyMemory<byte> bytes = data.Slice((int)begin, (int)(end - begin));
            yield return new WeightTensor(entry.Name, dimensions, () => format.Read(bytes.Span, 0, [count], [1], count));
        }
        List<(long Begin, long End, string Name)> order = [.. spans.OrderBy(s => s.Begin).ThenBy(s => s.End)];
        foreach (((_, long end, string a), (long begin, _, string b)) in order.Zip(order.Skip(1)))
            if (begin < end) throw new WeightFormatException($"tensors '{a}' and '{b}' lie over one another");
    }

    private static ElementFormat Format(string? type, string name) =>
        Enum.TryParse(type == "BOOL" ? "Bool" : type, ignoreCase: false, out ElementFormat format) && Enum.IsDefined(format)
            ? format
            : throw new WeightFormatException($"tensor '{name}' of type {type}, which is not read here");
}
