using EmotionMLNet.Onnx;

namespace EmotionMLNet.Weights;

/// <summary>Tensors by name, of any file that holds some: PyTorch's .pth in both forms, safetensors, ONNX. Recognised by content.</summary>
internal static class WeightFile
{
    /// <exception cref="InvalidDataException">None of these, or damaged, or more in it than tensors; one line says which.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<WeightTensor> Read(string path)
    {
        try
        {
            return [.. Tensors(path)];
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException)
        {
            throw new InvalidDataException($"{path} cannot be used as weights: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private static IEnumerable<WeightTensor> Tensors(string path)
    {
        var start = new byte[16];
        using (FileStream file = File.OpenRead(path))
            if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length) throw new InvalidDataException("a file of less than 16 bytes");
        if (start is [(byte)'P', (byte)'K', ..]) return PyTorchReader.ReadZip(path);
        byte[] content = File.ReadAllBytes(path);
        if (PyTorchReader.IsLegacy(content)) return PyTorchReader.ReadLegacy(content);
        if (start[8] == '{') return SafetensorsReader.Read(content);
        return OnnxGraph.Parse(content).Initialisers.Values.Where(t => t.IsFloat).Select(t => new WeightTensor(t.Name, t.Dimensions, t.Floats));
    }
}
