using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using EmotionMLNet.Imaging;
using EmotionMLNet.Web.Hosting;

namespace EmotionMLNet.Web.OpenInference;

/// <summary>
/// A request of the protocol: JSON, and behind it the tensors that are not in the JSON (Triton's binary extension). What the protocol
/// leaves open for BYTES in JSON is base64 here, for a picture is no text.
/// </summary>
internal sealed class InferRequest
{
    public const string Encoded = "encoded", Pixels = "pixels";

    /// <summary>The header with the length of the JSON, where tensors follow it.</summary>
    public const string HeaderLength = "Inference-Header-Content-Length";

    private const int MostPictures = 64;

    private byte[] samples = [];
    private int height, width, channels;

    private InferRequest() { }

    /// <summary>The client's name for the request, or null.</summary>
    public string? Id { get; private init; }

    /// <summary>Names of outputs wanted; empty: all.</summary>
    public IReadOnlyCollection<string> Outputs { get; private init; } = [];

    /// <summary>Those that are to follow the JSON.</summary>
    public IReadOnlyCollection<string> BinaryOutputs { get; private init; } = [];

    /// <summary>Pictures as files.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Files { get; private set; } = [];

    /// <summary>Pictures as samples.</summary>
    public int Pictures { get; private set; }

    /// <exception cref="ProblemException">It is no request of the protocol.</exception>
    public static InferRequest Parse(ReadOnlyMemory<byte> body, string? headerLength)
    {
        int length = body.Length;
        if (!string.IsNullOrEmpty(headerLength)
            && (!int.TryParse(headerLength, NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > body.Length))
            throw Wrong($"{HeaderLength} is no length within the body");
        try
        {
            using JsonDocument document = JsonDocument.Parse(body[..length]);
            return Parse(document.RootElement, body[length..]);
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException)
        {
            throw Wrong("it is no JSON of the Open Inference Protocol");
        }
    }

    /// <summary>A picture out of the samples.</summary>
    public Image ToImage(int index)
    {
        int length = height * width * channels;
        return new Image(width, height, channels, samples[(index * length)..((index + 1) * length)]);
    }

    private static InferRequest Parse(JsonElement json, ReadOnlyMemory<byte> binary)
    {
        bool isBinary = IsSet(json, "binary_data_output");
        JsonElement[] outputs = json.TryGetProperty("outputs", out JsonElement listed) ? [.. listed.EnumerateArray()] : [];
        string[] names = [.. outputs.Select(o => o.GetProperty("name").GetString() ?? "")];
        string[] all = [InferResponse.Probabilities, InferResponse.Label];
        if (names.Except(all).Any()) throw Wrong($"the outputs are {string.Join(" and ", all)}");
        var request = new InferRequest
        {
            Id = json.TryGetProperty("id", out JsonElement id) ? id.GetString() : null,
            Outputs = names.Length > 0 ? names : all,
            BinaryOutputs = isBinary
                ? all
                : [.. outputs.Where(o => IsSet(o, "binary_data")).Select(o => o.GetProperty("name").GetString()!)],
        };
        if (json.GetProperty("inputs").EnumerateArray().ToArray() is not [var input])
            throw Wrong($"one input is wanted, {Encoded} or {Pixels}");
        request.Read(input, binary);
        return request;
    }

    private void Read(JsonElement input, ReadOnlyMemory<byte> binary)
    {
        string? name = input.GetProperty("name").GetString(), type = input.GetProperty("datatype").GetString();
        int[] shape = [.. input.GetProperty("shape").EnumerateArray().Select(d => d.GetInt32())];
        if (shape.Any(d => d < 1)) throw Wrong("each number of the shape is 1 or more");
        if (shape.Length == 0 || shape[0] > MostPictures) throw Wrong($"a request has 1 to {MostPictures} pictures");
        ReadOnlyMemory<byte>? own = input.TryGetProperty("parameters", out JsonElement parameters)
            && parameters.TryGetProperty("binary_data_size", out JsonElement size)
            ? Cut(binary, size.GetInt32())
            : default(ReadOnlyMemory<byte>?); // a mere null would become an empty memory
        switch (name, type)
        {
            case (Encoded, "BYTES") when shape.Length == 1 || shape is [_, 1]:
                Files = own is { } bytes
                    ? Split(bytes)
                    : [.. Flatten(input.GetProperty("data")).Select(e => (ReadOnlyMemory<byte>)e.GetBytesFromBase64())];
                if (Files.Count != shape[0]) throw Wrong("data and shape do not agree");
                break;
            case (Pixels, "UINT8" or "FP32") when shape is [_, _, _, 1 or 3]:
                ReadSamples(input, shape, own, isFloat: type == "FP32");
                break;
            default:
                throw Wrong($"the input is {Encoded}, BYTES [n], or {Pixels}, UINT8 or FP32 [n, height, width, 1 or 3]");
        }
    }

    private void ReadSamples(JsonElement input, int[] shape, ReadOnlyMemory<byte>? own, bool isFloat)
    {
        Pictures = shape[0];
        height = shape[1];
        width = shape[2];
        channels = shape[3];
        int count = checked(Pictures * height * width * channels);
        if (own is { } bytes)
        {
            if (bytes.Length != (isFloat ? sizeof(float) : 1) * (long)count) throw Wrong("data and shape do not agree");
            samples = isFloat ? new byte[count] : bytes.ToArray();
            for (int i = 0; isFloat && i < count; i++)
                samples[i] = ToSample(BinaryPrimitives.ReadSingleLittleEndian(bytes.Span[(sizeof(float) * i)..]));
            return;
        }
        JsonElement data = input.GetProperty("data");
        if (Flatten(data).Take(count + 1).Count() != count) throw Wrong("data and shape do not agree");
        samples = [.. Flatten(data).Select(e => isFloat ? ToSample(e.GetSingle()) : e.GetByte())];
    }

    private static byte ToSample(float value)
        => value is >= 0 and <= 255 ? (byte)MathF.Round(value) : throw Wrong("samples lie between 0 and 255");

    // Triton: four bytes of length, then the bytes.
    private static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> bytes)
    {
        var files = new List<ReadOnlyMemory<byte>>();
        while (!bytes.IsEmpty)
        {
            if (files.Count == MostPictures || !BinaryPrimitives.TryReadInt32LittleEndian(bytes.Span, out int length))
                throw Wrong("data and shape do not agree");
            files.Add(Cut(bytes[sizeof(int)..], length));
            bytes = bytes[(sizeof(int) + length)..];
        }
        return files;
    }

    private static ReadOnlyMemory<byte> Cut(ReadOnlyMemory<byte> bytes, int length)
        => length >= 0 && length <= bytes.Length ? bytes[..length] : throw Wrong("binary data end early");

    // Data may be nested as the shape says, or not.
    private static IEnumerable<JsonElement> Flatten(JsonElement data)
        => data.ValueKind == JsonValueKind.Array ? data.EnumerateArray().SelectMany(Flatten) : [data];

    private static bool IsSet(JsonElement json, string parameter)
        => json.TryGetProperty("parameters", out JsonElement parameters)
            && parameters.TryGetProperty(parameter, out JsonElement value)
            && value.ValueKind == JsonValueKind.True;

    private static ProblemException Wrong(string reason) => new(400, "The request cannot be read.", $"It is wrong here: {reason}.");
}
