using System.Buffers.Binary;
using System.Text;

namespace EmotionMLNet.Tests.MLNetZip;

/// <summary>
/// A strict reader of Model.key as ML.NET's own: everything that it demands of a frame is asserted here. Written from the description, not
/// from the writer.
/// </summary>
internal sealed class ModelKeyFrame
{
    private readonly byte[] file;
    private int at = 0x100;

    public ModelKeyFrame(byte[] file)
    {
        this.file = file;
        Assert.Equal([0x4D, 0x4C, 0x00, 0x4D, 0x4F, 0x44, 0x45, 0x4C], file[..8]);
        Assert.Equal((0x10002, 0x10002), (I32(0x08), I32(0x0C)));
        Assert.Equal(0x100, I64(0x10));
        BodyLength = (int)I64(0x18);
        (int table, int tableLength, int chars, int charsLength) = ((int)I64(0x20), (int)I64(0x28), (int)I64(0x30), (int)I64(0x38));
        if (tableLength == 0) Assert.Equal((0, 0, 0), (table, chars, charsLength));
        else Assert.Equal((0x100 + BodyLength, table + tableLength), (table, chars));
        int name = (int)I64(0x90), nameLength = I32(0x98);
        Assert.Equal(tableLength == 0 ? 0x100 + BodyLength : chars + charsLength, name);
        Assert.Equal(name + nameLength, I64(0x80));
        Assert.Equal(I64(0x80) + 8, I64(0x88));
        Assert.Equal(file.Length, I64(0x88));
        Assert.Equal([0x4C, 0x45, 0x44, 0x4F, 0x4D, 0x00, 0x4C, 0x4D], file[^8..]);
        Assert.All(file[0x68..0x80], b => Assert.Equal(0, b));
        Assert.All(file[0x9C..0x100], b => Assert.Equal(0, b));
        Signature = Encoding.Latin1.GetString(file, 0x40, 8);
        Loader = Encoding.ASCII.GetString(file, 0x50, 24).TrimEnd('\0');
        Assembly = Encoding.Unicode.GetString(file, name, nameLength);
        int from = 0;
        for (int i = 0; i < tableLength / 8; i++)
        {
            int to = (int)I64(table + 8 * i);
            Strings.Add(Encoding.Unicode.GetString(file, chars + from, to - from));
            from = to;
        }
        Assert.Equal(charsLength, from);
        Assert.Equal(Strings.Distinct().Count(), Strings.Count);
    }

    public int BodyLength { get; }

    public string Signature { get; }

    public string Loader { get; }

    public string Assembly { get; }

    public (int Written, int Readable) Versions => (I32(0x48), I32(0x4C));

    public List<string> Strings { get; } = [];

    public long Field(int offset) => I64(offset);

    public byte[] Body => file[0x100..(0x100 + BodyLength)];

    public int Int() => I32((at += 4) - 4);

    public float Single() => BitConverter.Int32BitsToSingle(Int());

    public byte Byte() => file[at++];

    public string? Text() => Int() is var id && id < 0 ? null : Strings[id];

    /// <summary>The body must be used up to its last byte.</summary>
    public void End() => Assert.Equal(0x100 + BodyLength, at);

    private int I32(int offset) => BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(offset));

    private long I64(int offset) => BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(offset));
}
