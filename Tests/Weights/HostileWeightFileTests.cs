using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using EmotionMLNet.Networks;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Weights;

namespace EmotionMLNet.Tests.Weights;

/// <summary>Files of weights that ask for more memory, time or stack than they have bytes for, or hold what are no numbers.</summary>
public sealed class HostileWeightFileTests : IDisposable
{
    private const int StorageFloats = 1 << 18;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [HostileTheory]
    [InlineData("selfdict.pth", "without end")]
    [InlineData("stride0.pth", "makes 500000000 values of a storage of 1048576 bytes")]
    [InlineData("bigstorage.pth", "announces 1887436800 bytes packed into 1834504")]
    [InlineData("dup.pth", "'a/x' twice")]
    [InlineData("deep.pth", "no dictionary of tensors")]
    [InlineData("growlist.pth", "no dictionary of tensors")]
    [InlineData("quad.pth", "opcode 0x31")]
    public void Is_refused_before_it_costs_anything(string file, string cause)
    {
        string path = HostileFiles.Put($"weights/{file}", folder);
        Refusal.Of<WeightFormatException>(cause, () =>
        {
            foreach (WeightTensor tensor in WeightFile.Read(path)) tensor.Read();
        });
    }

    [Fact]
    public void A_storage_that_many_tensors_share_is_unpacked_once()
    {
        string path = Save(Pickle(tensors: 2000, count: 100, stride: 1));
        long before = GC.GetAllocatedBytesForCurrentThread();
        IReadOnlyList<WeightTensor> tensors = WeightFile.Read(path);
        Assert.Equal(2000, tensors.Count);
        foreach (WeightTensor tensor in tensors) Assert.Equal(Enumerable.Range(0, 100).Select(i => (float)i), tensor.Read());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000_000); // 2000 times a megabyte otherwise
    }

    [Fact]
    public void Tensors_that_are_views_of_the_same_numbers_many_times_over_are_refused() =>
        Refusal.Of<WeightFormatException>(
            "many times larger",
            () => WeightFile.Read(Save(Pickle(tensors: 2000, count: StorageFloats, stride: 1)))
        );

    [Fact]
    public void A_small_expanded_tensor_is_real_and_read() =>
        Assert.Equal(Enumerable.Repeat(0f, 1000), Assert.Single(WeightFile.Read(Save(Pickle(tensors: 1, count: 1000, stride: 0)))).Read());

    [Theory]
    [InlineData(0x7F800000u)]
    [InlineData(0xFF800000u)]
    [InlineData(0x7FC00000u)]
    public void A_weight_that_is_no_number_is_refused_by_the_name_of_its_tensor(uint bits)
    {
        Network network = SampleNetworks.Make("plain");
        (string name, var parameter) = network.Parameters.First();
        float[] values = [.. parameter.Values];
        values[3] = BitConverter.UInt32BitsToSingle(bits);
        Refusal.Of<WeightFormatException>(
            $"tensor '{name}' holds values that are not finite",
            () => WeightLoader.Load(network, [new WeightTensor(name, [.. parameter.Dimensions.Select(d => (long)d)], () => values)])
        );
    }

    [Theory]
    [InlineData("F16", 2, 0x7C00)]
    [InlineData("BF16", 2, 0x7F80)]
    [InlineData("F64", 8, 0x4FF0000000000000)] // finite, and beyond float32
    public void So_are_other_precisions_that_do_not_end_in_a_float32(string type, int size, long bits)
    {
        Network network = SampleNetworks.Make("plain");
        (string name, var parameter) = network.Parameters.First();
        var data = new byte[parameter.Length * size];
        for (int i = 0; i < size; i++) data[i] = (byte)(bits >> 8 * i);
        string header =
            $$$"""{"{{{name}}}":{"dtype":"{{{type}}}","shape":[{{{string.Join(",", parameter.Dimensions)}}}],"data_offsets":[0,{{{data.Length}}}]}}""";
        byte[] file = [.. new byte[8], .. Encoding.UTF8.GetBytes(header), .. data];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        EmotionMLNet.Files.AtomicFile.Write(folder["a.safetensors"], s => s.Write(file));
        Refusal.Of<WeightFormatException>(name, () => WeightLoader.Load(network, WeightFile.Read(folder["a.safetensors"])));
    }

    [Fact]
    public void Mutated_files_end_in_one_kind_of_exception()
    {
        byte[] pickle = Pickle(tensors: 3, count: 10, stride: 1),
            zip = File.ReadAllBytes(Save(pickle, storage: 64, level: CompressionLevel.NoCompression));
        var random = new Random(5);
        int read = 0;
        for (int i = 0; i < 2000; i++)
        {
            byte[] broken = [.. zip];
            for (int k = 0; k < 1 + i % 3; k++) broken[random.Next(broken.Length)] = (byte)random.Next(256);
            if (i % 5 == 0) broken = broken[..random.Next(broken.Length)];
            HostileFiles.Write(folder["broken.pth"], broken);
            try
            {
                foreach (WeightTensor tensor in WeightFile.Read(folder["broken.pth"])) tensor.Read();
                read++;
            }
            catch (WeightFormatException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
        }
        Assert.InRange(read, 1, 1999);
    }

    [Fact]
    public void A_deadline_ends_the_reading()
    {
        string path = Save(Pickle(tensors: 3, count: 10, stride: 1));
        Assert.ThrowsAny<OperationCanceledException>(() => WeightFile.Read(path, new CancellationToken(canceled: true)));
        IReadOnlyList<WeightTensor> tensors = WeightFile.Read(path);
        Assert.ThrowsAny<OperationCanceledException>(() =>
            WeightLoader.Load(SampleNetworks.Make("plain"), tensors, new CancellationToken(canceled: true))
        );
    }

    // torch.save's zip: a state_dict of tensors that are views of one storage, whose values are 0, 1, 2, ...
    private string Save(byte[] pickle, int storage = StorageFloats, CompressionLevel level = CompressionLevel.Fastest)
    {
        string path = folder["made.pth"];
        EmotionMLNet.Files.AtomicFile.Write(path, file =>
        {
            using var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true);
            using (Stream entry = zip.CreateEntry("a/data.pkl", level).Open()) entry.Write(pickle);
            using Stream data = zip.CreateEntry("a/data/0", level).Open();
            float[] values = [.. Enumerable.Range(0, storage).Select(i => (float)i)];
            data.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
        });
        return path;
    }

    private static byte[] Pickle(int tensors, int count, int stride)
    {
        var pickle = new List<byte>([0x80, 2, (byte)'}', (byte)'(']);
        for (int i = 0; i < tensors; i++)
        {
            Text($"t{i}");
            Raw("ctorch._utils\n_rebuild_tensor_v2\n((");
            Text("storage");
            Raw("ctorch\nFloatStorage\n");
            Text("0");
            Text("cpu");
            Int(StorageFloats);
            Raw("tQ");
            Int(0);
            Raw("(");
            Int(count);
            Raw("t(");
            Int(stride);
            Raw("t\u0089ccollections\nOrderedDict\n)RtR");
        }
        Raw("u.");
        return [.. pickle];

        void Raw(string opcodes) => pickle.AddRange(Encoding.Latin1.GetBytes(opcodes));

        void Text(string text)
        {
            pickle.AddRange([(byte)'X', (byte)text.Length, 0, 0, 0]);
            Raw(text);
        }

        void Int(int value)
        {
            var bytes = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
            pickle.AddRange([(byte)'J', .. bytes]);
        }
    }
}
