using System.Buffers.Binary;
using System.IO.Compression;
using EmotionMLNet.Files;

namespace EmotionMLNet.Weights;

/// <summary>Reads .pth files of torch.save: the zip form (PyTorch 1.6 and later) and the one before it.</summary>
internal static class PyTorchReader
{
    private const string LegacyMagic = "6CFC9C46F9206AA85019"; // 0x1950a86a20f9469cfc6c, little-endian
    private const long LegacyProtocol = 1001, LargestPickle = 1 << 24;

    /// <summary>
    /// Bytes of tensors for each byte of storages: tensors may share one, a few times over. Beyond that, a megabyte for all, and 64 kB for
    /// one.
    /// </summary>
    private const long MostViews = 4, Free = 1 << 20, FreeOfOne = 1 << 16;

    /// <summary>How deep a state_dict may stand in others.</summary>
    private const int MostWrappers = 4;

    public static bool IsLegacy(ReadOnlySpan<byte> file) =>
        file.Length > 16 && file[0] == 0x80 && file[2] == 0x8A && file[3] == 10 && Convert.ToHexString(file.Slice(4, 10)) == LegacyMagic;

    /// <exception cref="WeightFormatException">Not of that form, or more in it than tensors; the message says what.</exception>
    /// <exception cref="InvalidDataException">The zip is damaged.</exception>
    public static IEnumerable<WeightTensor> ReadZip(string path, CancellationToken cancellationToken = default)
    {
        using ZipArchive zip = ZipFile.OpenRead(path);
        var entries = new Dictionary<string, ZipArchiveEntry>();
        foreach (ZipArchiveEntry entry in zip.Entries)
            if (!entries.TryAdd(entry.FullName, entry))
                throw new WeightFormatException(
                    $"it holds '{BrokenContent.Short(entry.FullName)}' twice, so it can't be told which is meant"
                );
        ZipArchiveEntry pickle =
            zip.Entries.FirstOrDefault(e => e.FullName.EndsWith("/data.pkl", StringComparison.Ordinal) || e.FullName == "data.pkl")
            ?? throw new WeightFormatException(
                "a zip without data.pkl: no file of torch.save (TorchScript archives have no plain weights)"
            );
        string root = pickle.FullName[..^"data.pkl".Length];
        if (
            entries.TryGetValue($"{root}byteorder", out ZipArchiveEntry? order)
            && !ZipContent.Read(order, 16, cancellationToken).AsSpan().StartsWith("little"u8)
        )
            throw new WeightFormatException("big-endian weights");
        long announced = 0;
        object? top = new PickleMachine(ZipContent.Read(pickle, LargestPickle, cancellationToken), 0, cancellationToken).Run();
        return Views([.. Tensors(top)], key =>
        {
            if (!entries.TryGetValue($"{root}data/{key}", out ZipArchiveEntry? entry)) return null;
            ZipContent.Check(entry, Array.MaxLength);
            // Entries may lie over one another, each of them small enough.
            if ((announced += entry.Length) > ZipContent.Most(new FileInfo(path).Length))
                throw new WeightFormatException("its storages announce far more than the file can hold");
            string name = entry.FullName;
            return (entry.Length, () => Unpack(path, name, cancellationToken));
        });
    }

    /// <exception cref="WeightFormatException">Not of that form, or more in it than tensors; the message says what.</exception>
    public static IEnumerable<WeightTensor> ReadLegacy(ReadOnlyMemory<byte> file, CancellationToken cancellationToken = default)
    {
        object?[] parts = new object?[5]; // magic number, protocol, byte order and type sizes, the dictionary, the order of the storages
        int position = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            var machine = new PickleMachine(file, position, cancellationToken);
            parts[i] = machine.Run();
            position = machine.Position;
        }
        if (parts[0] is not LegacyMagic || parts[1] is not LegacyProtocol) throw new WeightFormatException("no file of torch.save");
        if (parts[2] is PickleDict system && system.Items.Any(i => i is ("little_endian", false)))
            throw new WeightFormatException("big-endian weights");
        List<(string Name, PickledTensor Value)> tensors = [.. Tensors(parts[3])];
        Dictionary<string, ElementFormat> formats = [];
        foreach ((_, PickledTensor tensor) in tensors) formats[tensor.Storage.Key] = tensor.Storage.Format;
        var storages = new Dictionary<string, ReadOnlyMemory<byte>>();
        foreach (object? entry in parts[4] as List<object?> ?? throw new WeightFormatException("a file without its list of storages"))
        {
            if (entry is not string key || !formats.TryGetValue(key, out ElementFormat format))
                throw new WeightFormatException("a storage that no tensor uses");
            if (file.Length - position < 8) throw new WeightFormatException("a file that ends early");
            long count = BinaryPrimitives.ReadInt64LittleEndian(file.Span[position..]);
            position += 8;
            if (count < 0 || count > (file.Length - position) / format.Size()) throw new WeightFormatException("a file that ends early");
            int bytes = (int)count * format.Size();
            if (!storages.TryAdd(key, file.Slice(position, bytes)))
                throw new WeightFormatException(
                    $"it holds the storage '{BrokenContent.Short(key)}' twice, so it can't be told which is meant"
                );
            position += bytes;
        }
        return Views(tensors, key => storages.TryGetValue(key, out ReadOnlyMemory<byte> storage) ? (storage.Length, () => storage) : null);
    }

    // Each storage is found, and later unpacked, once for all tensors that are views of it.
    private static List<WeightTensor> Views(
        List<(string Name, PickledTensor Value)> tensors,
        Func<string, (long Bytes, Func<ReadOnlyMemory<byte>> Read)?> find
    )
    {
        var storages = new Dictionary<string, Storage?>();
        var views = new List<WeightTensor>();
        long held = 0, seen = 0;
        foreach ((string name, PickledTensor tensor) in tensors)
        {
            if (!storages.TryGetValue(tensor.Storage.Key, out Storage? storage))
            {
                storages[tensor.Storage.Key] = storage = find(tensor.Storage.Key) is { } found
                    ? new Storage(found.Bytes, found.Read)
                    : null;
                held += storage?.Bytes ?? 0;
            }
            int length = CheckedLength(name, tensor, storage);
            seen += (long)length * tensor.Storage.Format.Size();
            if (seen > Free + MostViews * held)
                throw new WeightFormatException($"its tensors are many times larger than the {held} bytes of their storages");
            if (length == 0 || storage is null) views.Add(new WeightTensor(name, tensor.Dimensions, () => []));
            else
            {
                storage.Users++;
                views.Add(
                    new WeightTensor(
                        name,
                        tensor.Dimensions,
                        () =>
                            storage.Use(bytes =>
                                tensor.Storage.Format.Read(bytes.Span, tensor.Offset, tensor.Dimensions, tensor.Strides, length)
                            )
                    )
                );
            }
        }
        return views;
    }

    // Number of values of a view that lies within its storage.
    private static int CheckedLength(string name, PickledTensor tensor, Storage? storage)
    {
        int length = WeightTensor.CheckedLength(name, tensor.Dimensions), size = tensor.Storage.Format.Size();
        Int128 last = tensor.Offset;
        bool sound = tensor.Offset >= 0;
        for (int d = 0; d < tensor.Dimensions.Length; d++)
        {
            sound &= tensor.Strides[d] >= 0;
            last += (Int128)Math.Max(0, tensor.Dimensions[d] - 1) * tensor.Strides[d];
        }
        long bytes = storage?.Bytes ?? -1;
        if (!sound || (length > 0 && (last + 1) * size > bytes))
            throw new WeightFormatException($"tensor '{BrokenContent.Short(name)}' reaches beyond its storage");
        // Expanded tensors (strides of 0) are real, and small: position ids, scalars for every channel.
        if (length > 0 && (long)length * size > bytes + FreeOfOne)
            throw new WeightFormatException($"tensor '{BrokenContent.Short(name)}' makes {length} values of a storage of {bytes} bytes");
        return length;
    }

    // A state_dict, or a checkpoint with one in it under one of the usual names.
    private static IEnumerable<(string Name, PickledTensor Value)> Tensors(object? top)
    {
        if (top is not PickleDict dict) throw new WeightFormatException("a file whose top is no dictionary of tensors");
        for (int depth = 0; Inner(dict) is { } inner; dict = inner)
            if (++depth > MostWrappers) throw new WeightFormatException("dictionaries that stand in one another without end");
        return dict.Items.Where(i => i is (string, PickledTensor)).Select(i => ((string)i.Key!, (PickledTensor)i.Value!));
    }

    private static PickleDict? Inner(PickleDict dict)
    {
        foreach (string wrapper in new[] { "state_dict", "model_state_dict", "model", "net", "module" })
            if (dict.Find(wrapper) is PickleDict inner) return inner;
        return null;
    }

    private static ReadOnlyMemory<byte> Unpack(string path, string entry, CancellationToken cancellationToken)
    {
        try
        {
            using ZipArchive zip = ZipFile.OpenRead(path);
            return ZipContent.Read(
                zip.GetEntry(entry) ?? throw new WeightFormatException($"{path} was changed while it was read"),
                int.MaxValue,
                cancellationToken
            );
        }
        catch (Exception e) when (BrokenContent.Explains(e))
        {
            throw new WeightFormatException($"{path} cannot be used as weights: {BrokenContent.Short(e.Message)}", e);
        }
    }

    /// <summary>The bytes of a storage, held from the first to the last reading of its tensors.</summary>
    private sealed class Storage(long bytes, Func<ReadOnlyMemory<byte>> read)
    {
        private ReadOnlyMemory<byte>? content;

        public long Bytes => bytes;

        /// <summary>Tensors that will still be read.</summary>
        public int Users { get; set; }

        public float[] Use(Func<ReadOnlyMemory<byte>, float[]> view)
        {
            float[] values = view(content ??= read());
            if (--Users <= 0) content = null;
            return values;
        }
    }
}
