using EmotionMLNet.Files;
using EmotionMLNet.Onnx;

namespace EmotionMLNet.Weights;

/// <summary>Tensors by name, of any file that holds some: PyTorch's .pth in both forms, safetensors, ONNX. Recognised by content.</summary>
internal static class WeightFile
{
    /// <summary>Reads what the file says of its tensors; values are read when a tensor is.</summary>
    /// <exception cref="WeightFormatException">
    /// None of these, or damaged, or more in it than tensors; one line says which. A tensor's own reading may throw it too.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnusableFileException">It is no regular file, or one of 2 GB or more that is no zip.</exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public static IReadOnlyList<WeightTensor> Read(string path, CancellationToken cancellationToken = default)
    {
        RegularFile.Check(path, long.MaxValue);
        try
        {
            return [.. Tensors(path, cancellationToken)];
        }
        catch (Exception e) when (BrokenContent.Explains(e) || e is WeightFormatException or OnnxFormatException)
        {
            throw new WeightFormatException($"{path} cannot be used as weights: {BrokenContent.Short(e.Message)}", e);
        }
    }

    /// <summary>The same of an ONNX model in memory.</summary>
    /// <exception cref="OnnxFormatException">The bytes are no ONNX model.</exception>
    public static IReadOnlyList<WeightTensor> Read(ReadOnlyMemory<byte> onnx, CancellationToken cancellationToken)
    {
        var graph = OnnxGraph.Parse(onnx, cancellationToken);
        return [.. graph.Initialisers.Values.Where(t => t.IsFloat).Select(Tensor), .. Expanded(graph)];
    }

    private static IEnumerable<WeightTensor> Tensors(string path, CancellationToken cancellationToken)
    {
        var start = new byte[16];
        using (FileStream file = File.OpenRead(path))
            if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length)
                throw new WeightFormatException("a file of less than 16 bytes");
        if (start is [(byte)'P', (byte)'K', ..]) return PyTorchReader.ReadZip(path, cancellationToken);
        RegularFile.Check(path, Array.MaxLength);
        byte[] content = File.ReadAllBytes(path);
        if (PyTorchReader.IsLegacy(content)) return PyTorchReader.ReadLegacy(content, cancellationToken);
        if (start[8] == '{') return SafetensorsReader.Read(content, cancellationToken);
        return Read(content, cancellationToken);
    }

    // What is held in halves is a Constant with a Cast behind it, which has the tensor's name.
    private static IEnumerable<WeightTensor> Expanded(OnnxGraph graph)
    {
        Dictionary<string, OnnxTensor> constants = [];
        foreach (OnnxNode node in graph.Nodes)
        {
            if (node.Type == "Constant" && node.Tensors.TryGetValue("value", out OnnxTensor? value)) constants[node.Output] = value;
            else if (node is { Type: "Cast", Inputs: [var from] } && constants.TryGetValue(from, out OnnxTensor? held) && held.IsFloat)
                yield return new WeightTensor(node.Output, held.Dimensions, held.Floats);
        }
    }

    private static WeightTensor Tensor(OnnxTensor tensor) => new(tensor.Name, tensor.Dimensions, tensor.Floats);
}
