using System.Buffers.Binary;
using System.IO.Compression;

namespace EmotionMLNet.Weights;

/// <summary>Reads .pth files of torch.save: the zip form (PyTorch 1.6 and later) and the one before it.</summary>
internal static class PyTorchReader
{
    private const string LegacyMagic = "6CFC9C46F9206AA85019"; // 0x1950a86a20f9469cfc6c, little-endian
    private const long LegacyProtocol = 1001, LargestPickle = 1 << 26;

    public static bool IsLegacy(ReadOnlySpan<byte> file) => file.Length > 16 && file[0] == 0x80 && file[2] == 0x8A && file[3] == 10 && Convert.ToHexString(file.Slice(4, 10)) == LegacyMagic;

    /// <exception cref="InvalidDataException">Not of that form, or more in it than tensors; the message says what.</exception>
    public static IEnumerable<WeightTensor> ReadZip(string path)
    {
        using ZipArchive zip = ZipFile.OpenRead(path);
        ZipArchiveEntry pickle = zip.Entries.FirstOrDefault(e => e.FullName.EndsWith("/data.pkl", StringComparison.Ordinal) || e.FullName == "data.pkl")
            ?? throw new InvalidDataException("a zip without data.pkl: no file of torch.save (TorchScript archives have no plain weights)");
        string root = pickle.FullName[..^"data.pkl".Length];
        if (zip.GetEntry($"{root}byteorder") is { } order && Unpack(order, 16) is var text && !text.AsSpan().StartsWith("little"u8)) throw new InvalidDataException("big-endian weights");
        object? top = new PickleMachine(Unpack(pickle, LargestPickle), 0).Run();
        var sizes = zip.Entries.ToDictionary(e => e.FullName, e => e.Length);
        return [.. Tensors(top).Select(t => Tensor(t.Name, t.Value, sizes.GetValueOrDefault($"{root}data/{t.Value.Storage.Key}", -1), () =>
        {
            using ZipArchive again = ZipFile.OpenRead(path);
            return Unpack(again.GetEntry($"{root}data/{t.Value.Storage.Key}")!, int.MaxValue);
        }))];
    }

    /// <exception cref="InvalidDataException">Not of that form, or more in it than tensors; the message says what.</exception>
    public static IEnumerable<WeightTensor> ReadLegacy(ReadOnlyMemory<byte> file)
    {
        object?[] parts = new object?[5]; // magic number, protocol, byte order and type sizes, the dictionary, the order of the storages
        int position = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            var machine = new PickleMachine(file, position);
            parts[i] = machine.Run();
            position = machine.Position;
        }
        if (parts[0] is not LegacyMagic || parts[1] is not LegacyProtocol) throw new InvalidDataException("no file of torch.save");
        if (parts[2] is PickleDict system && system.Items.Any(i => i is ("little_endian", false))) throw new InvalidDataException("big-endian weights");
        List<(string Name, PickledTensor Value)> tensors = [.. Tensors(parts[3])];
        Dictionary<string, ElementFormat> formats = [];
        foreach ((_, PickledTensor tensor) in tensors) formats[tensor.Storage.Key] = tensor.Storage.Format;
        var storages = new Dictionary<string, ReadOnlyMemory<byte>>();
        foreach (object? entry in parts[4] as List<object?> ?? throw new InvalidDataException("a file without its list of storages"))
        {
            if (entry is not string key || !formats.TryGetValue(key, out ElementFormat format)) throw new InvalidDataException("a storage that no tensor uses");
            if (file.Length - position < 8) throw new InvalidDataException("a file that ends early");
            long bytes = BinaryPrimitives.ReadInt64LittleEndian(file.Span[position..]) * format.Size();
            position += 8;
            if (bytes < 0 || bytes > file.Length - position) throw new InvalidDataException("a file that ends early");
            storages[key] = file.Slice(position, (int)bytes);
            position += (int)bytes;
        }
        return [.. tensors.Select(t => Tensor(t.Name, t.Value, storages.TryGetValue(t.Value.Storage.Key, out ReadOnlyMemory<byte> s) ? s.Length : -1, () => storages[t.Value.Storage.Key].ToArray()))];
    }

    private static WeightTensor Tensor(string name, PickledTensor tensor, long bytes, Func<byte[]> storage)
    {
        int length = WeightTensor.CheckedLength(name, tensor.Dimensions), size = tensor.Storage.Format.Size();
        Int128 last = tensor.Offset;
        bool sound = tensor.Offset >= 0;
        for (int d = 0; d < tensor.Dimensions.Length; d++)
        {
            sound &= tensor.Strides[d] >= 0;
            last += (Int128)Math.Max(0, tensor.Dimensions[d] - 1) * tensor.Strides[d];
        }
        if (!sound || (length > 0 && (last + 1) * size > bytes)) throw new InvalidDataException($"tensor '{name}' reaches beyond its storage");
        if (length == 0) return new WeightTensor(name, tensor.Dimensions, () => []);
        return new WeightTensor(name, tensor.Dimensions, () => tensor.Storage.Format.Read(storage(), tensor.Offset, tensor.Dimensions, tensor.Strides, length));
    }

    // A state_dict, or a checkpoint with one in it under one of the usual names.
    private static IEnumerable<(string Name, PickledTensor Value)> Tensors(object? top)
    {
        if (top is not PickleDict dict) throw new InvalidDataException("a file whose top is no dictionary of tensors");
        foreach (string wrapper in new[] { "state_dict", "model_state_dict", "model", "net", "module" })
            if (dict.Items.FirstOrDefault(i => i.Key is string key && key == wrapper).Value is PickleDict inner) return Tensors(inner);
        return dict.Items.Where(i => i is (string, PickledTensor)).Select(i => ((string)i.Key!, (PickledTensor)i.Value!));
    }

    private static byte[] Unpack(ZipArchiveEntry entry, long largest)
    {
        if (entry.Length > largest) throw new InvalidDataException($"{entry.FullName} of {entry.Length} bytes");
        using Stream stream = entry.Open();
        var content = new byte[entry.Length];
        return stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false) == content.Length ? content : throw new InvalidDataException($"{entry.FullName} ends early");
    }
}
