using EmotionMLNet.Formatting;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace EmotionMLNet.Benchmarks.Fuzzing.Mutation;

/// <summary>
/// Changes bytes without knowing what they mean: bits, numbers of every width and order, pieces moved, doubled or lost, words of the
/// format.
/// </summary>
internal static class ByteMutator
{
    /// <summary>Longest input made: what is longer is slower and reaches nothing else.</summary>
    public const int MostBytes = 1 << 16;

    private static readonly long[] Edges =
    [
        0,
        1,
        -1,
        2,
        3,
        4,
        7,
        8,
        15,
        16,
        31,
        32,
        63,
        64,
        65,
        127,
        128,
        129,
        255,
        256,
        257,
        511,
        512,
        1000,
        1023,
        1024,
        4096,
        8192,
        16383,
        16384,
        32767,
        32768,
        65535,
        65536,
        100_000,
        1 << 20,
        1 << 24,
        1 << 28,
        int.MaxValue / 4,
        int.MaxValue / 2,
        int.MaxValue - 1,
        int.MaxValue,
        int.MinValue,
        uint.MaxValue,
        1L << 32,
        1L << 33,
        1L << 40,
        long.MaxValue / 8,
        long.MaxValue,
        long.MinValue,
    ];

    private static readonly string[] Numbers =
    [
        "0",
        "-0",
        "1",
        "-1",
        "0.5",
        "1e9",
        "1e38",
        "1e39",
        "-1e39",
        "1e308",
        "1e309",
        "1e-46",
        "NaN",
        "Infinity",
        "-Infinity",
        "∞",
        "0x10",
        "1,5",
        "1.5.2",
        ".",
        "-",
        "+1",
        " 1",
        "٣",
        "2147483647",
        "2147483648",
        "-2147483648",
        "4294967296",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551616",
        "99999999999999999999999999",
        "1e",
        "1E+5",
        "00000000000000000001",
        "255",
        "256",
        "1000001",
    ];

    /// <summary>Anything that is put where a number may stand.</summary>
    public static long Edge(FuzzRandom random) => random.OneIn(3) ? (long)random.Next() >> random.Below(64) : random.Of(Edges);

    public static string Number(FuzzRandom random) => random.Of(Numbers);

    /// <param name="input">Stays as it is.</param>
    /// <param name="random">Decides.</param>
    /// <param name="words">What the format gives a meaning; may be empty.</param>
    /// <param name="other">An input whose pieces may be taken over.</param>
    /// <returns>A changed copy, of <see cref="MostBytes"/> at most.</returns>
    public static byte[] Mutate(ReadOnlySpan<byte> input, FuzzRandom random, IReadOnlyList<byte[]> words, ReadOnlySpan<byte> other)
    {
        var buffer = new ByteBuffer(input);
        int changes = 1 + (random.OneIn(2) ? 0 : random.OneIn(2) ? random.Below(4) : random.Below(16));
        for (int i = 0; i < changes; i++) Change(buffer, random, words, other);
        if (buffer.Length > MostBytes) buffer.Remove(MostBytes, buffer.Length - MostBytes);
        return buffer.ToArray();
    }

    private static void Change(ByteBuffer buffer, FuzzRandom random, IReadOnlyList<byte[]> words, ReadOnlySpan<byte> other)
    {
        int length = buffer.Length, at = Place(length, random);
        switch (random.Below(length == 0 ? 2 : 14))
        {
            case 0 when words.Count > 0:
                buffer.Insert(at, random.Of(words));
                break;
            case 0 or 1:
                Span<byte> some = stackalloc byte[1 + random.Below(8)];
                if (random.OneIn(2)) some.Fill(random.Byte());
                else foreach (ref byte b in some) b = random.Byte();
                buffer.Insert(at, some);
                break;
            case 2 or 3:
                buffer.Span[Math.Min(at, length - 1)] ^= (byte)(1 << random.Below(8));
                break;
            case 4:
                buffer.Span[Math.Min(at, length - 1)] = random.Byte();
                break;
            case 5:
                buffer.Span[Math.Min(at, length - 1)] += (byte)(random.Below(33) - 16);
                break;
            case 6:
                PutNumber(buffer.Span[Math.Min(at, length - 1)..], random);
                break;
            case 7:
                buffer.Remove(at, Piece(length - at, random));
                break;
            case 8:
                byte[] piece = buffer.Span.Slice(at, Piece(length - at, random)).ToArray();
                int times = random.OneIn(20) ? 1 + random.Below(200) : 1;
                for (int i = 0; i < times && buffer.Length < MostBytes; i++) buffer.Insert(at, piece);
                break;
            case 9:
                byte[] moved = buffer.Span.Slice(at, Piece(length - at, random)).ToArray();
                int to = random.Below(length - moved.Length + 1);
                moved.CopyTo(buffer.Span[to..]);
                break;
            case 10 when words.Count > 0:
                byte[] word = random.Of(words);
                word.AsSpan(0, Math.Min(word.Length, length - Math.Min(at, length - 1))).CopyTo(buffer.Span[Math.Min(at, length - 1)..]);
                break;
            case 10 or 11:
                ReplaceNumber(buffer, at, random);
                break;
            case 12 when other.Length > 0:
                int from = random.Below(other.Length);
                ReadOnlySpan<byte> taken = other.Slice(from, Piece(other.Length - from, random));
                if (random.OneIn(2)) buffer.Remove(at, Math.Min(taken.Length, length - at));
                buffer.Insert(at, taken);
                break;
            default:
                if (random.OneIn(4))
                    buffer.Remove(at, length - at);
                else
                    buffer
                        .Span.Slice(at, Piece(length - at, random))
                        .Fill(
                            random.OneIn(2) ? (byte)0
                            : random.OneIn(2) ? (byte)255
                            : random.Byte()
                        );
                break;
        }
    }

    // Headers stand in front and decide most.
    private static int Place(int length, FuzzRandom random) =>
        random.OneIn(3) ? random.Below(Math.Min(length + 1, 64)) : random.Below(length + 1);

    private static int Piece(int most, FuzzRandom random) =>
        most == 0 ? 0 : Math.Min(most, 1 + (random.OneIn(4) ? random.Below(most) : random.Below(Math.Min(most, 16))));

    private static void PutNumber(Span<byte> at, FuzzRandom random)
    {
        long value = Edge(random);
        bool big = random.OneIn(2);
        switch (random.Below(4))
        {
            case 0:
                at[0] = (byte)value;
                break;
            case 1 when at.Length >= 2:
                BinaryPrimitives.WriteInt16LittleEndian(at, big ? BinaryPrimitives.ReverseEndianness((short)value) : (short)value);
                break;
            case 2 when at.Length >= 4:
                BinaryPrimitives.WriteInt32LittleEndian(at, big ? BinaryPrimitives.ReverseEndianness((int)value) : (int)value);
                break;
            case 3 when at.Length >= 8:
                BinaryPrimitives.WriteInt64LittleEndian(at, big ? BinaryPrimitives.ReverseEndianness(value) : value);
                break;
        }
    }

    // The number written in digits that stands at or behind a place.
    private static void ReplaceNumber(ByteBuffer buffer, int at, FuzzRandom random)
    {
        Span<byte> rest = buffer.Span[at..];
        int start = rest.IndexOfAnyInRange((byte)'0', (byte)'9');
        if (start < 0) return;
        int end = start;
        while (end < rest.Length && (char.IsAsciiDigit((char)rest[end]) || rest[end] == '.')) end++;
        buffer.Remove(at + start, end - start);
        string number = random.OneIn(3) ? Edge(random).ToString(CultureInfo.InvariantCulture) : Number(random);
        buffer.Insert(at + start, Encoding.UTF8.GetBytes(number));
    }
}
