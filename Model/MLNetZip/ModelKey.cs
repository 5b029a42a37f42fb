using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace EmotionMLNet.MLNetZip;

/// <summary>
/// A Model.key entry: the frame in which ML.NET keeps the settings of one step. Header of 256 bytes, body, string table, string
/// characters, assembly name, tail, one behind the other. All integers are little-endian.
/// </summary>
internal sealed class ModelKey
{
    /// <summary>Bytes before the body, which say what a file is.</summary>
    public const int HeaderLength = 0x100;

    private const int FrameVersion = 0x00010002, SignatureLength = 24;

    private readonly ArrayBufferWriter<byte> body = new();
    private readonly List<string> strings = [];
    private readonly string signature, loader, assembly;
    private readonly int written, readable;

    /// <param name="signature">Eight characters that name the body's layout; spaces are written as 0.</param>
    /// <param name="written">Version of that layout.</param>
    /// <param name="readable">Oldest version whose readers understand it.</param>
    /// <param name="loader">Name under which ML.NET finds the class that reads it.</param>
    /// <param name="assembly">Where that class is: "Data" stands for Microsoft.ML.Data.</param>
    public ModelKey(string signature, int written, int readable, string loader, string assembly)
    {
        this.signature = signature;
        this.written = written;
        this.readable = readable;
        this.loader = loader;
        this.assembly = $"Microsoft.ML.{assembly}, Version=1.0.0.0, Culture=neutral, PublicKeyToken=cc7b13ffcd2ddd51";
    }

    private static ReadOnlySpan<byte> Magic => "ML\0MODEL"u8;

    private static ReadOnlySpan<byte> TailMagic => "LEDOM\0LM"u8;

    public ModelKey Int(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(body.GetSpan(4), value);
        body.Advance(4);
        return this;
    }

    public ModelKey Single(float value) => Int(BitConverter.SingleToInt32Bits(value));

    public ModelKey Byte(byte value)
    {
        body.Write([value]);
        return this;
    }

    /// <summary>The number of a string: the order in which strings are first used; -1 is null.</summary>
    public ModelKey Text(string? value)
    {
        if (value is null) return Int(-1);
        if (!strings.Contains(value)) strings.Add(value);
        return Int(strings.IndexOf(value));
    }

    /// <summary>One pair of column names.</summary>
    public ModelKey Column(string output, string input) => Int(1).Text(output).Text(input);

    public byte[] ToArray()
    {
        byte[] characters = Encoding.Unicode.GetBytes(string.Concat(strings)), name = Encoding.Unicode.GetBytes(assembly);
        int table = 8 * strings.Count,
            end = HeaderLength + body.WrittenCount,
            chars = end + table,
            tail = chars + characters.Length + name.Length;
        var file = new byte[tail + 8];
        Span<byte> header = file;
        Magic.CopyTo(header);
        I32(0x08, FrameVersion);
        I32(0x0C, FrameVersion);
        I64(0x10, HeaderLength);
        I64(0x18, body.WrittenCount);
        if (strings.Count > 0)
        {
            I64(0x20, end);
            I64(0x28, table);
            I64(0x30, chars);
            I64(0x38, characters.Length);
        }
        Encoding.Latin1.GetBytes(signature.Replace(' ', '\0'), header.Slice(0x40, 8));
        I32(0x48, written);
        I32(0x4C, readable);
        Encoding.ASCII.GetBytes(loader, header.Slice(0x50, SignatureLength));
        I64(0x80, tail);
        I64(0x88, tail + 8);
        I64(0x90, chars + characters.Length);
        I32(0x98, name.Length);

        body.WrittenSpan.CopyTo(file.AsSpan(HeaderLength));
        for (int i = 0, to = 0; i < strings.Count; i++)
            BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(end + 8 * i), to += 2 * strings[i].Length);
        characters.CopyTo(file, chars);
        name.CopyTo(file, chars + characters.Length);
        TailMagic.CopyTo(file.AsSpan(tail));
        return file;

        void I32(int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
        void I64(int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(at), value);
    }

    /// <summary>The loader signature of any Model.key, or null if the bytes are none.</summary>
    public static string? LoaderOf(ReadOnlySpan<byte> file)
    {
        if (file.Length < HeaderLength || !file.StartsWith(Magic)) return null;
        ReadOnlySpan<byte> name = file.Slice(0x50, SignatureLength).TrimEnd((byte)0);
        // It ends up in a message of one line: a damaged file must not bring line breaks or terminal codes into it.
        return name.ContainsAnyExceptInRange((byte)' ', (byte)'~') ? null : Encoding.ASCII.GetString(name);
    }
}
