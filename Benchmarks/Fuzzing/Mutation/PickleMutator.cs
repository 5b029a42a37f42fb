using EmotionMLNet.Training.Options;
using System.Buffers.Binary;

namespace EmotionMLNet.Benchmarks.Fuzzing.Mutation;

/// <summary>
/// Changes a pickle opcode by opcode: one lost, doubled, moved or put in, or its argument changed with the length before it kept right.
/// </summary>
internal static class PickleMutator
{
    private static readonly byte[][] Snippets =
    [
        [(byte)'N'],
        [0x88],
        [(byte)'K', 0],
        [(byte)'K', 255],
        [(byte)'M', 255, 255],
        [(byte)'J', 255, 255, 255, 255],
        [(byte)'J', 255, 255, 255, 127],
        [0x8A, 8, 255, 255, 255, 255, 255, 255, 255, 127],
        [0x8A, 0],
        [(byte)'}'],
        [(byte)']'],
        [(byte)')'],
        [(byte)'('],
        [(byte)'t'],
        [0x85],
        [0x86],
        [0x87],
        [(byte)'s'],
        [(byte)'u'],
        [(byte)'a'],
        [(byte)'e'],
        [(byte)'Q'],
        [(byte)'R'],
        [(byte)'b'],
        [(byte)'.'],
        [0x94],
        [(byte)'q', 0],
        [(byte)'q', 1],
        [(byte)'h', 0],
        [(byte)'h', 1],
        [(byte)'h', 2],
        [(byte)'h', 3],
        [(byte)'h', 7],
        [(byte)'G', 0x7F, 0xF8, 0, 0, 0, 0, 0, 0],
        .. (
            "ccollections\nOrderedDict\n|ctorch._utils\n_rebuild_tensor_v2\n|ctorch._utils\n_rebuild_parameter\n|ctorch\nSize\n|"
            + "ctorch\nFloatStorage\n|ctorch\nLongStorage\n|ctorch\nBoolStorage\n|ctorch\nHalfStorage\n|X\u0003\0\0\0net|"
            + "X\n\0\0\0state_dict|U\u0001\0|X\n\0\0\0state_dicth\u0001s|X\u0003\0\0\0neth\u0003s|h\u0001h\u0001s|h\u0003a|"
            + "}q\u0001X\u0005\0\0\0modelh\u0001s|]q\u0001h\u0001a"
        )
            .Split('|')
            .Select(System.Text.Encoding.Latin1.GetBytes),
    ];

    public static byte[] Mutate(ReadOnlySpan<byte> pickle, FuzzRandom random, ReadOnlySpan<byte> other)
    {
        if (random.OneIn(6)) return ByteMutator.Mutate(pickle, random, Snippets, other);
        List<byte[]> opcodes = Parse(pickle, out ReadOnlySpan<byte> rest);
        int changes = 1 + (random.OneIn(2) ? 0 : random.Below(6));
        for (int i = 0; i < changes && opcodes.Count > 0; i++) Change(opcodes, random);
        byte[] behind = rest.Length > 0 && random.OneIn(4) ? ByteMutator.Mutate(rest, random, Snippets, []) : rest.ToArray();
        byte[] changed = [.. opcodes.SelectMany(o => o), .. behind];
        return changed.Length > ByteMutator.MostBytes ? changed[..ByteMutator.MostBytes] : changed;
    }

    private static void Change(List<byte[]> opcodes, FuzzRandom random)
    {
        int at = random.Below(opcodes.Count);
        switch (random.Below(9))
        {
            case 0:
                opcodes.RemoveAt(at);
                break;
            case 1:
                opcodes.Insert(at, opcodes[at]);
                break;
            case 2:
                int second = random.Below(opcodes.Count);
                (opcodes[at], opcodes[second]) = (opcodes[second], opcodes[at]);
                break;
            case 3 or 4:
                opcodes.Insert(at, random.Of(Snippets));
                break;
            case 5:
                int count = Math.Min(opcodes.Count - at, 1 + random.Below(12));
                opcodes.InsertRange(random.Below(opcodes.Count), opcodes.GetRange(at, count));
                break;
            case 6:
                opcodes[at] = random.Of(Snippets);
                break;
            default:
                opcodes[at] = Argument(opcodes[at], random);
                break;
        }
        if (opcodes.Count > 5000) opcodes.RemoveRange(5000, opcodes.Count - 5000);
    }

    private static byte[] Argument(byte[] opcode, FuzzRandom random)
    {
        switch ((char)opcode[0])
        {
            case 'X' or 'T' when opcode.Length >= 5: // a shorter one was cut off
                byte[] text = ByteMutator.Mutate(opcode.AsSpan(5), random, [], []);
                var head = new byte[5];
                head[0] = opcode[0];
                BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(1), text.Length);
                return [.. head, .. text];
            case 'K' or 'M' or 'J' or '\u008A' when random.OneIn(2): // any number as a long one
                var value = new byte[10];
                (value[0], value[1]) = (0x8A, 8);
                BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(2), ByteMutator.Edge(random));
                return value;
            default:
                byte[] changed = [.. opcode];
                if (changed.Length > 1) changed[1 + random.Below(changed.Length - 1)] = random.Byte();
                else changed[0] = random.Byte();
                return changed;
        }
    }

    // Up to the last STOP; what is behind it (storages, or what this does not know) is the rest.
    private static List<byte[]> Parse(ReadOnlySpan<byte> pickle, out ReadOnlySpan<byte> rest)
    {
        var opcodes = new List<byte[]>();
        int at = 0;
        while (at < pickle.Length && Length(pickle[at..]) is > 0 and int length && length <= pickle.Length - at)
        {
            opcodes.Add(pickle.Slice(at, length).ToArray());
            at += length;
            if (opcodes[^1][0] == '.' && (at >= pickle.Length || pickle[at] != 0x80)) break;
        }
        rest = pickle[at..];
        return opcodes;
    }

    private static int Length(ReadOnlySpan<byte> at) =>
        (char)at[0] switch
        {
            '\u0080' or 'K' or 'q' or 'h' => 2,
            'M' => 3,
            'J' or 'r' or 'j' => 5,
            'G' or '\u0095' => 9,
            '\u008A' or '\u008C' or 'U' => at.Length > 1 ? 2 + at[1] : 0,
            'X' or 'T' => at.Length > 4 && BinaryPrimitives.ReadInt32LittleEndian(at[1..]) is >= 0 and < 1 << 20 and int n ? 5 + n : 0,
            'c' => at[1..].IndexOf((byte)'\n') is >= 0 and int first && at[(first + 2)..].IndexOf((byte)'\n') is >= 0 and int second
                ? first + second + 3
                : 0,
            _ => 1,
        };
}
