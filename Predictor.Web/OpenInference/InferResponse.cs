using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using EmotionMLNet.Web.Models;
using Microsoft.AspNetCore.Http;

namespace EmotionMLNet.Web.OpenInference;

/// <summary>The answer of the protocol. A picture without a face has the probabilities 0 and an empty label.</summary>
internal sealed class InferResponse(ServedModel model, InferRequest request, IReadOnlyList<Prediction> predictions) : IResult
{
    public const string Probabilities = "probabilities", Label = "label";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var json = new ArrayBufferWriter<byte>();
        var binary = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json)) Write(writer, binary);
        HttpResponse response = httpContext.Response;
        response.ContentType = binary.Length > 0 ? "application/octet-stream" : "application/json; charset=utf-8";
        response.ContentLength = json.WrittenCount + binary.Length;
        if (binary.Length > 0)
            response.Headers[InferRequest.HeaderLength] = json.WrittenCount.ToString(CultureInfo.InvariantCulture);
        await response.Body.WriteAsync(json.WrittenMemory, httpContext.RequestAborted);
        await response.Body.WriteAsync(binary.GetBuffer().AsMemory(0, (int)binary.Length), httpContext.RequestAborted);
    }

    private void Write(Utf8JsonWriter writer, MemoryStream binary)
    {
        writer.WriteStartObject();
        writer.WriteString("model_name", model.Name);
        writer.WriteString("model_version", "1");
        if (request.Id is { } id) writer.WriteString("id", id);
        writer.WriteStartArray("outputs");
        int labels = model.Manifest.Labels.Count;
        float[] probabilities =
            [.. predictions.SelectMany(p => p.HasFace ? p.Scores.Select(s => s.Probability) : Enumerable.Repeat(0f, labels))];
        byte[][] names = [.. predictions.Select(p => Encoding.UTF8.GetBytes(p.Label))];
        if (request.Outputs.Contains(Probabilities))
        {
            byte[] bytes = new byte[sizeof(float) * probabilities.Length];
            for (int i = 0; i < probabilities.Length; i++)
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(sizeof(float) * i), probabilities[i]);
            WriteTensor(writer, binary, Probabilities, "FP32", [predictions.Count, labels], bytes, () =>
            {
                foreach (float probability in probabilities) writer.WriteNumberValue(probability);
            });
        }
        if (request.Outputs.Contains(Label))
        {
            byte[] bytes = [.. names.SelectMany(n => BitConverter.GetBytes(n.Length).Concat(n))];
            WriteTensor(writer, binary, Label, "BYTES", [predictions.Count], bytes, () =>
            {
                foreach (byte[] name in names) writer.WriteStringValue(name);
            });
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WriteTensor(
        Utf8JsonWriter writer, MemoryStream binary, string name, string type, ReadOnlySpan<int> shape, byte[] bytes, Action writeData)
    {
        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteString("datatype", type);
        writer.WriteStartArray("shape");
        foreach (int dimension in shape) writer.WriteNumberValue(dimension);
        writer.WriteEndArray();
        if (request.BinaryOutputs.Contains(name))
        {
            writer.WriteStartObject("parameters");
            writer.WriteNumber("binary_data_size", bytes.Length);
            writer.WriteEndObject();
            binary.Write(bytes);
        }
        else
        {
            writer.WriteStartArray("data");
            writeData();
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }
}
