using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace EmotionMLNet.Onnx;

/// <summary>An ONNX file ready to be written: a few kilobytes of structure around weights that still stand in the network.</summary>
internal sealed class OnnxModel
{
    private readonly Part[] parts;

    internal OnnxModel(Part[] parts, IReadOnlyList<string> notes)
    {
        this.parts = parts;
        Notes = notes;
        Length = parts.Sum(p => p.Length);
        // Protobuf messages end at 2 GiB, and so does the length in front of the zip entry.
        if (Length <= int.MaxValue) return;
        string size = $"A network of {Length / 1e9:0.0} GB does not fit into an ONNX file, which ends at 2.1 GB";
        throw new OnnxFormatException($"{size}: choose a smaller network, or float16 weights.");
    }

    /// <summary>What the user should know of how weights are held: a sentence for each tensor that could not be compressed.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; }

    public void WriteTo(Stream stream)
    {
        foreach (Part part in parts) part.WriteTo(stream);
    }

    /// <summary>SHA-256 of the file, lower-case hex.</summary>
    public string Sha256()
    {
        using var hash = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write)) WriteTo(stream);
        return Convert.ToHexStringLower(hash.Hash!);
    }

    public byte[] ToArray()
    {
        using var stream = new MemoryStream((int)Length);
        WriteTo(stream);
        return stream.GetBuffer();
    }

    /// <summary>Some bytes and then, as little-endian bytes, an array of byte, long or float.</summary>
    internal readonly record struct Part(byte[] Head, Array Data)
    {
        public long Length => Head.Length + Buffer.ByteLength(Data);

        public void WriteTo(Stream stream)
        {
            stream.Write(Head);
            switch (Data)
            {
                case byte[] bytes:
                    stream.Write(bytes);
                    break;
                case float[] floats when BitConverter.IsLittleEndian:
                    stream.Write(MemoryMarshal.AsBytes(floats.AsSpan()));
                    break;
                case float[] floats:
                    Span<byte> single = stackalloc byte[4];
                    foreach (float value in floats)
                    {
                        BinaryPrimitives.WriteSingleLittleEndian(single, value);
                        stream.Write(single);
                    }
                    break;
                case long[] numbers:
                    Span<byte> number = stackalloc byte[8];
                    foreach (long value in numbers)
                    {
                        BinaryPrimitives.WriteInt64LittleEndian(number, value);
                        stream.Write(number);
                    }
                    break;
            }
        }
    }
}
