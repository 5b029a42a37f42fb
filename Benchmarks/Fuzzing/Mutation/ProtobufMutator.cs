using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace EmotionMLNet.Benchmarks.Fuzzing.Mutation;

/// <summary>
/// Changes one field of a protobuf message, at any depth, and writes all lengths around it anew: the change is met behind the parser, not
/// in it.
/// </summary>
internal static class ProtobufMutator
{
    private const int Deepest = 8;

    private readonly record struct Field(ulong Key, ulong Number, byte[] Bytes)
    {
        public int Wire => (int)(Key & 7);
    }

    public static byte[] Mutate(ReadOnlySpan<byte> message, FuzzRandom random, IReadOnlyList<byte[]> words, ReadOnlySpan<byte> other)
    {
        if (random.OneIn(6)) return ByteMutator.Mutate(message, random, words, other);
        byte[] changed = message.ToArray();
        int changes = 1 + (random.OneIn(2) ? 0 : random.Below(5));
        for (int i = 0; i < changes; i++) changed = Change(changed, random, words, 0);
        return changed;
    }

    private static byte[] Change(byte[] message, FuzzRandom random, IReadOnlyList<byte[]> words, int depth)
    {
        if (Parse(message) is not { Count: > 0 } fields) return ByteMutator.Mutate(message, random, words, []);
        int at = random.Below(fields.Count);
        Field field = fields[at];
        if (field.Wire == 2 && depth < Deepest && !random.OneIn(5) && field.Bytes.Length > 1 && Parse(field.Bytes) is { Count: > 0 })
        {
            fields[at] = field with { Bytes = Change(field.Bytes, random, words, depth + 1) };
            return Write(fields);
        }
        switch (random.Below(9))
        {
            case 0:
                fields.RemoveAt(at);
                break;
            case 1:
                for (int i = random.OneIn(10) ? random.Below(100) : 1; i > 0; i--) fields.Insert(at, field);
                break;
            case 2:
                int second = random.Below(fields.Count);
                (fields[at], fields[second]) = (fields[second], field);
                break;
            case 3:
                fields[at] = field with { Key = (ulong)(1 + random.Below(16)) << 3 | field.Key & 7 };
                break;
            case 4:
                Field from = random.Of(fields);
                fields[at] = field with { Bytes = from.Bytes, Number = from.Number };
                break;
            default:
                fields[at] = Valued(field, random, words);
                break;
        }
        return Write(fields);
    }

    private static Field Valued(Field field, FuzzRandom random, IReadOnlyList<byte[]> words)
    {
        if (field.Wire != 2)
            return field with { Number = field.Wire == 0 && random.OneIn(3) ? (ulong)random.Below(24) : (ulong)ByteMutator.Edge(random) };
        return random.Below(4) switch
        {
            0 when words.Count > 0 => field with { Bytes = random.Of(words) },
            1 => field with { Bytes = Encoding.UTF8.GetBytes(random.Below(30).ToString(CultureInfo.InvariantCulture)) },
            2 => field with { Bytes = [] },
            _ => field with { Bytes = ByteMutator.Mutate(field.Bytes, random, words, []) },
        };
    }

    private static List<Field>? Parse(ReadOnlySpan<byte> rest)
    {
        var fields = new List<Field>();
        while (!rest.IsEmpty)
        {
            if (!Varint(ref rest, out ulong key) || key >> 3 is 0 or > 100_000) return null;
            ulong number = 0;
            byte[] bytes = [];
            switch (key & 7)
            {
                case 0:
                    if (!Varint(ref rest, out number)) return null;
                    break;
                case 1 when rest.Length >= 8:
                    number = BinaryPrimitives.ReadUInt64LittleEndian(rest);
                    rest = rest[8..];
                    break;
                case 5 when rest.Length >= 4:
                    number = BinaryPrimitives.ReadUInt32LittleEndian(rest);
                    rest = rest[4..];
                    break;
                case 2:
                    if (!Varint(ref rest, out number) || number > (ulong)rest.Length) return null;
                    bytes = rest[..(int)number].ToArray();
                    rest = rest[(int)number..];
                    break;
                default:
                    return null;
            }
            fields.Add(new Field(key, number, bytes));
        }
        return fields;
    }

    private static byte[] Write(List<Field> fields)
    {
        using var stream = new MemoryStream();
        Span<byte> fixedSize = stackalloc byte[8];
        foreach (Field field in fields)
        {
            Varint(stream, field.Key);
            switch (field.Wire)
            {
                case 0:
                    Varint(stream, field.Number);
                    break;
                case 2:
                    Varint(stream, (ulong)field.Bytes.Length);
                    stream.Write(field.Bytes);
                    break;
                default:
                    BinaryPrimitives.WriteUInt64LittleEndian(fixedSize, field.Number);
                    stream.Write(fixedSize[..(field.Wire == 5 ? 4 : 8)]);
                    break;
            }
        }
        return stream.ToArray();
    }

    private static bool Varint(ref ReadOnlySpan<byte> rest, out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 70 && !rest.IsEmpty; shift += 7)
        {
            byte b = rest[0];
            rest = rest[1..];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return true;
        }
        return false;
    }

    private static void Varint(MemoryStream to, ulong value)
    {
        for (; value >= 0x80; value >>= 7) to.WriteByte((byte)(value | 0x80));
        to.WriteByte((byte)value);
    }
}
