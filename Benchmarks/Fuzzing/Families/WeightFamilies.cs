using EmotionMLNet.Training.Options;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using EmotionMLNet.Benchmarks.Fuzzing.Mutation;
using EmotionMLNet.Networks;
using EmotionMLNet.Weights;

namespace EmotionMLNet.Benchmarks.Fuzzing.Families;

/// <summary>What is done with weights files: every tensor is read, and what fits goes into a network.</summary>
internal static class WeightUse
{
    public static ulong Read(string path)
    {
        IReadOnlyList<WeightTensor> tensors = WeightFile.Read(path);
        uint figure = (uint)int.Log2(tensors.Count + 1);
        foreach (WeightTensor tensor in tensors)
            if (tensor.Dimensions.Aggregate(1L, (a, b) => a * b) != tensor.Read().Length)
                throw new BrokenPromiseException("a tensor of another length than its dimensions say");
        Network network = TinyNetworks.Grey();
        return figure << 8 | (uint)WeightLoader.Load(network, tensors).Loaded.Count;
    }
}

/// <summary>What readers of weights document.</summary>
internal abstract class WeightFamily(string name) : FormatFamily(name)
{
    public override int BlockInputs => 10_000;

    public override ulong Read(byte[] file, Scratch scratch) => WeightUse.Read(scratch.Write("weights.bin", file));

    public override bool Documents(Exception exception) => exception is InvalidDataException;
}

/// <summary>torch.save's zip form: the pickle opcode by opcode, storages as bytes.</summary>
internal sealed class PyTorchZipFamily() : WeightFamily("pth-zip")
{
    public override IReadOnlyList<byte[]> Seeds { get; } = [EntryList.Of(MakeEntries()), EntryList.Of(MakeEntries(wrapped: true))];

    public static List<(string Name, byte[] Content)> MakeEntries(bool wrapped = false)
    {
        var pickle = new PickleWriter();
        if (wrapped) pickle.Raw("}q\x01(X\x05\0\0\0epochK\x03X\x0A\0\0\0state_dict");
        pickle.Raw("ccollections\nOrderedDict\nq\x02)Rq\x03(");
        pickle.Tensor("conv.weight", "FloatStorage", "0", 36, 0, [4, 1, 3, 3], [9, 9, 3, 1]);
        pickle.Tensor("conv.bias", "HalfStorage", "1", 4, 0, [4], [1]);
        pickle.Tensor("norm.weight", "BFloat16Storage", "2", 8, 2, [4], [1]);
        pickle.Tensor("classifier.weight", "DoubleStorage", "3", 12, 0, [3, 4], [1, 3]);
        pickle.Tensor("classifier.bias", "FloatStorage", "0", 36, 5, [3], [2]);
        pickle.Tensor("norm.num_batches_tracked", "LongStorage", "4", 1, 0, [], []);
        pickle.Tensor("flag", "BoolStorage", "5", 2, 0, [2], [1]);
        pickle.Raw(wrapped ? "uu." : "u.");
        List<(string, byte[])> entries = [("archive/data.pkl", pickle.ToArray()), ("archive/byteorder", "little"u8.ToArray())];
        int[] sizes = [144, 8, 16, 96, 8, 2];
        for (int i = 0; i < sizes.Length; i++)
            entries.Add(($"archive/data/{i}", [.. Enumerable.Range(0, sizes[i]).Select(b => (byte)(b * 29 & 0x3F))]));
        entries.Add(("archive/version", "3\n"u8.ToArray()));
        return entries;
    }

    public static byte[] Zip(IEnumerable<(string Name, byte[] Content)> entries) => EntryList.ToZip(entries);

    public override byte[] Mutate(ReadOnlySpan<byte> raw, FuzzRandom random, ReadOnlySpan<byte> other)
    {
        List<(string Name, byte[] Content)> entries = EntryList.Entries(raw);
        if (entries.Count == 0 || random.OneIn(12)) return ByteMutator.Mutate(raw, random, [], other);
        int at = random.OneIn(8)
            ? random.Below(entries.Count)
            : Math.Max(0, entries.FindIndex(e => e.Name.EndsWith("data.pkl", StringComparison.Ordinal)));
        EntryList.Change(
            entries,
            at,
            random,
            [],
            (name, content) =>
                name.EndsWith(".pkl", StringComparison.Ordinal)
                    ? PickleMutator.Mutate(content, random, [])
                    : ByteMutator.Mutate(content, random, [], [])
        );
        return EntryList.Of(entries);
    }

    public override byte[] Complete(byte[] raw) => Zip(EntryList.Entries(raw));
}

/// <summary>torch.save's older form: five pickles, one behind the other, and the storages.</summary>
internal sealed class PyTorchLegacyFamily() : WeightFamily("pth-legacy")
{
    public override IReadOnlyList<byte[]> Seeds { get; } = [MakeSeed()];

    public override byte[] Mutate(ReadOnlySpan<byte> raw, FuzzRandom random, ReadOnlySpan<byte> other)
    {
        // The fourth pickle describes the tensors; what stands before it is the same in every file.
        const int before = 15; // PROTO and the module's name
        int start = raw.IndexOf("OrderedDict"u8) - before;
        if (start <= 0 || random.OneIn(5)) return PickleMutator.Mutate(raw, random, other);
        return [.. raw[..start], .. PickleMutator.Mutate(raw[start..], random, [])];
    }

    private static byte[] MakeSeed()
    {
        var pickle = new PickleWriter();
        pickle.Long([0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]).Raw(".");
        pickle.Start().Raw("M\xE9\x03.");
        pickle.Start().Raw("}(X\x0D\0\0\0little_endian\x88X\x10\0\0\0protocol_versionM\xE9\x03u.");
        pickle.Start().Raw("ccollections\nOrderedDict\n)Rq\x01(");
        pickle.Tensor("conv.weight", "FloatStorage", "11", 36, 0, [4, 1, 3, 3], [9, 9, 3, 1]);
        pickle.Tensor("classifier.bias", "HalfStorage", "22", 3, 0, [3], [1]);
        pickle.Raw("u.");
        pickle.Start().Raw("](X\x02\0\0\0" + "11X\x02\0\0\0" + "22e.");
        pickle.Storage(36, 4);
        pickle.Storage(3, 2);
        return pickle.ToArray();
    }
}

/// <summary>safetensors: the header as JSON with its length kept right, or all as bytes.</summary>
internal sealed class SafetensorsFamily() : WeightFamily("safetensors")
{
    private static readonly byte[][] Words =
    [
        .. "dtype|shape|data_offsets|__metadata__|F32|F64|F16|BF16|I64|I32|I16|I8|U8|BOOL|f32|9|[0,4]|conv.weight"
            .Split('|')
            .Select(Encoding.UTF8.GetBytes),
    ];

    public override IReadOnlyList<byte[]> Seeds { get; } = [MakeSeed()];

    public override byte[] Mutate(ReadOnlySpan<byte> raw, FuzzRandom random, ReadOnlySpan<byte> other)
    {
        if (
            random.OneIn(6)
            || raw.Length < 8
            || BinaryPrimitives.ReadUInt64LittleEndian(raw) is var length && length > (ulong)raw.Length - 8
        )
            return ByteMutator.Mutate(raw, random, Words, other);
        byte[] header = JsonMutator.Mutate(raw.Slice(8, (int)length), random, Words, []), prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, header.Length);
        return [.. prefix, .. header, .. raw[(8 + (int)length)..]];
    }

    private static byte[] MakeSeed()
    {
        byte[] header = (
            "{\"__metadata__\":{\"format\":\"pt\"},\"conv.weight\":{\"dtype\":\"F32\",\"shape\":[4,1,3,3],\"data_offsets\":[0,"u8
            + "144]},\"conv.bias\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[144,152]},\"n\":{\"dtype\":\"I64\","u8
            + "\"shape\":[],\"data_offsets\":[152,160]},\"f\":{\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[160,162]}}"u8
        ).ToArray();
        var file = new byte[8 + header.Length + 162];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file.AsSpan(8));
        return file;
    }
}

/// <summary>Pickles as torch.save writes them.</summary>
internal sealed class PickleWriter
{
    private readonly List<byte> bytes = [0x80, 2];

    public PickleWriter Start()
    {
        bytes.AddRange([0x80, 2]);
        return this;
    }

    /// <param name="opcodes">A byte a character.</param>
    public PickleWriter Raw(string opcodes)
    {
        bytes.AddRange(Encoding.Latin1.GetBytes(opcodes));
        return this;
    }

    public PickleWriter Long(ReadOnlySpan<byte> number)
    {
        bytes.AddRange([0x8A, (byte)number.Length]);
        bytes.AddRange(number);
        return this;
    }

    public PickleWriter Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text), length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        bytes.AddRange([(byte)'X', .. length, .. utf8]);
        return this;
    }

    public void Tensor(string name, string storage, string key, byte count, byte offset, byte[] size, byte[] stride)
    {
        Text(name)
            .Raw("ctorch._utils\n_rebuild_tensor_v2\n((")
            .Text("storage")
            .Raw(string.Create(CultureInfo.InvariantCulture, $"ctorch\n{storage}\n"))
            .Text(key)
            .Text("cpu");
        bytes.AddRange([(byte)'K', count, (byte)'t', (byte)'Q', (byte)'K', offset]);
        foreach (byte[] tuple in new[] { size, stride })
        {
            bytes.Add((byte)'(');
            foreach (byte n in tuple) bytes.AddRange([(byte)'K', n]);
            bytes.Add((byte)'t');
        }
        Raw("\x89" + "ccollections\nOrderedDict\n)RtRq\x07");
    }

    public void Storage(int count, int size)
    {
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, count);
        bytes.AddRange(length);
        for (int i = 0; i < count * size; i++) bytes.Add((byte)(i * 31 & 0x3F)); // finite in every format
    }

    public byte[] ToArray() => [.. bytes];
}
