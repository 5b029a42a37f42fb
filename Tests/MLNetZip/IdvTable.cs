using System.Buffers.Binary;
using System.Text;

namespace EmotionMLNet.Tests.MLNetZip;

/// <summary>A strict reader of binary IDV files without rows, written from the description.</summary>
internal sealed class IdvTable
{
    private readonly byte[] file;
    private int at;

    public IdvTable(byte[] file)
    {
        this.file = file;
        Assert.Equal([0x43, 0x4D, 0x4C, 0x00, 0x44, 0x56, 0x42, 0x00], file[..8]);
        Assert.Equal((0x0001000100010006, 0x0001000100010006), (I64(8), I64(16)));
        Assert.Equal(0, I64(0x28));
        Assert.All(file[0x34..256], b => Assert.Equal(0, b));
        Assert.Equal([0x00, 0x42, 0x56, 0x44, 0x00, 0x4C, 0x4D, 0x43], file[^8..]);
        Assert.Equal(file.Length - 8, I64(0x20));
        at = (int)I64(0x18);
        int count = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(0x30));
        for (int i = 0; i < count; i++)
        {
            string name = Text(), type = Codec();
            Assert.Equal((1, 1, 256L), (file[at++], Leb(), Long()));
            long metadata = Long();
            Columns.Add((name, type));
            if (metadata != 0) KeyValues[name] = Metadata((int)metadata);
        }
        Assert.Equal(file.Length - 8, at);
    }

    public List<(string Name, string Type)> Columns { get; } = [];

    public Dictionary<string, string[]> KeyValues { get; } = [];

    private string[] Metadata(int offset)
    {
        int back = at;
        at = offset;
        Assert.Equal(1, Leb());
        Assert.Equal("KeyValues", Text());
        string type = Codec();
        Assert.Equal(0, file[at++]);
        int block = (int)Long(), length = Leb(), end = at;
        at = block;
        Assert.Equal(1, Int());
        int vector = Int();
        Assert.Equal($"VBuffer(TextSpan[{vector}])", type);
        Assert.Equal((-1, 0), (Int(), Int()));
        int texts = Int();
        int[] ends = [.. Enumerable.Range(0, texts).Select(_ => Int())];
        string all = Text();
        Assert.Equal((vector, block + length), (texts, at));
        Assert.Equal(all.Length, ends[^1]);
        at = back;
        Assert.True(end <= I64(0x18));
        return [.. ends.Select((e, i) => all[(i == 0 ? 0 : ends[i - 1])..e])];
    }

    private string Codec()
    {
        string name = Text();
        int length = Leb(), end = at + length;
        string inside = name switch
        {
            "VBuffer" => $"({Codec()}[{string.Join(",", Enumerable.Range(0, Int()).Select(_ => Int()))}])",
            "Key2" => $"({Codec()},{Long()})",
            _ => "",
        };
        Assert.Equal(end, at);
        return name + inside;
    }

    private string Text()
    {
        int length = Leb();
        return Encoding.UTF8.GetString(file, (at += length) - length, length);
    }

    private int Leb()
    {
        int value = 0, shift = 0;
        for (; file[at] >= 0x80; shift += 7) value |= (file[at++] & 0x7F) << shift;
        return value | file[at++] << shift;
    }

    private int Int() => BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan((at += 4) - 4));

    private long Long() => I64((at += 8) - 8);

    private long I64(int offset) => BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(offset));
}
