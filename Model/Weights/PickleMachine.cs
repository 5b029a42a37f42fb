using System.Buffers.Binary;
using System.Text;

namespace EmotionMLNet.Weights;

/// <summary>
/// As much of Python's pickle (protocols 2 to 4) as torch.save writes of tensors in dictionaries, and nothing else: no other class and no
/// other opcode is executed, so a file can do nothing but describe tensors.
/// </summary>
/// <remarks>
/// Values: null, bool, long, double, string, <see cref="PickleTuple"/>, List of object, <see cref="PickleDict"/>,
/// <see cref="StorageType"/>, <see cref="PickledStorage"/> and <see cref="PickledTensor"/>.
/// </remarks>
/// <param name="file">Holds the pickle.</param>
/// <param name="position">Where the pickle begins, in bytes.</param>
/// <param name="cancellationToken">Checked now and then.</param>
internal sealed class PickleMachine(ReadOnlyMemory<byte> file, int position, CancellationToken cancellationToken = default)
{
    /// <summary>Most values that are made, moved or copied: a few for each tensor of a state_dict.</summary>
    private const int MostValues = 1_000_000;

    private const int MostAxes = 16, LongestName = 4096, PerCheck = 4096;

    private static readonly object Mark = new();

    private static readonly Dictionary<string, ElementFormat> Storages = new()
    {
        ["FloatStorage"] = ElementFormat.F32,
        ["DoubleStorage"] = ElementFormat.F64,
        ["HalfStorage"] = ElementFormat.F16,
        ["BFloat16Storage"] = ElementFormat.BF16,
        ["LongStorage"] = ElementFormat.I64,
        ["IntStorage"] = ElementFormat.I32,
        ["ShortStorage"] = ElementFormat.I16,
        ["CharStorage"] = ElementFormat.I8,
        ["ByteStorage"] = ElementFormat.U8,
        ["BoolStorage"] = ElementFormat.Bool,
    };

    private enum Function
    {
        OrderedDict,
        RebuildTensor,
        RebuildParameter,
        Size,
    }

    private readonly List<object?> stack = [];
    private readonly Dictionary<long, object?> memo = [];
    private int values;

    /// <summary>Where the next byte is read.</summary>
    public int Position { get; private set; } = position;

    /// <summary>Runs one pickle to its end.</summary>
    /// <exception cref="WeightFormatException">An opcode or class beyond tensors, named; or broken bytes.</exception>
    public object? Run()
    {
        try
        {
            for (int steps = 0; ; steps++)
            {
                if (steps % PerCheck == 0) cancellationToken.ThrowIfCancellationRequested();
                byte opcode = Take(1)[0];
                if (opcode == '.') return Pop();
                Execute(opcode);
            }
        }
        catch (Exception e) when (BrokenContent.Explains(e))
        {
            throw new WeightFormatException($"a broken pickle at byte {Position}", e);
        }
    }

    private void Execute(byte opcode)
    {
        switch ((char)opcode)
        {
            case (char)0x80: // PROTO
                if (Take(1)[0] > 5) throw new WeightFormatException("a pickle of a newer protocol");
                break;
            case (char)0x95: Take(8); break; // FRAME
            case '(': Push(Mark); break;
            case 'N': Push(null); break;
            case (char)0x88: Push(true); break;
            case (char)0x89: Push(false); break;
            case 'K': Push((long)Take(1)[0]); break;
            case 'M': Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case 'J': Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case (char)0x8A: Push(Long(Take(Take(1)[0]))); break;
            case 'G': Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case 'X' or 'T': Push(Text(Take(BinaryPrimitives.ReadInt32LittleEndian(Take(4))))); break;
            case (char)0x8C or 'U': Push(Text(Take(Take(1)[0]))); break;
            case '}': Push(new PickleDict()); break;
            case ']': Push(new List<object?>()); break;
            case ')': Push(new PickleTuple([])); break;
            case 't': Push(new PickleTuple(PopToMark())); break;
            case (char)0x85: Push(new PickleTuple([Pop()])); break;
            case (char)0x86: Push(new PickleTuple([.. PopMany(2)])); break;
            case (char)0x87: Push(new PickleTuple([.. PopMany(3)])); break;
            case 'q': memo[Take(1)[0]] = Peek(); break;
            case 'r': memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Peek(); break;
            case (char)0x94: memo[memo.Count] = Peek(); break;
            case 'h': Recall(Take(1)[0]); break;
            case 'j': Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))); break;
            case 's': Set([.. PopMany(2)]); break;
            case 'u': Set(PopToMark()); break;
            case 'a': Append([Pop()]); break;
            case 'e': Append(PopToMark()); break;
            case 'c': Push(Global(Line(), Line())); break;
            case (char)0x93:
                Push(
                    PopMany(2) is [string module, string name]
                        ? Global(module, name)
                        : throw new WeightFormatException("a class whose name is no text")
                );
                break;
            case 'Q': Push(Storage((PickleTuple)Pop()!)); break;
            case 'R': Call(); break;
            case 'b': Pop(); break; // the state of a dictionary: version numbers of modules
            default: throw new WeightFormatException($"pickle opcode 0x{opcode:X2}, which no file of plain tensors has: it is refused");
        }
    }

    private static object Global(string module, string name) => (module, name) switch
    {
        ("collections", "OrderedDict") => Function.OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2") => Function.RebuildTensor,
        ("torch._utils", "_rebuild_parameter") => Function.RebuildParameter,
        ("torch", "Size") => Function.Size,
        ("torch", _) when Storages.TryGetValue(name, out ElementFormat format) => new StorageType(format),
        _ => throw new WeightFormatException($"the class {module}.{name}, which no file of plain tensors has: it is refused"),
    };

    // ('storage', type, key, device, count)
    private static PickledStorage Storage(PickleTuple id) =>
        id.Items is ["storage", StorageType type, string key, string, long count, ..] && count is >= 0 and < int.MaxValue
            ? new PickledStorage(type.Format, key, count)
            : throw new WeightFormatException("a persistent id that is no storage");

    private void Call()
    {
        PickleTuple arguments = (PickleTuple)Pop()!;
        Push(
            Pop() switch
            {
                Function.OrderedDict => Dictionary(arguments),
                Function.RebuildTensor
                    when arguments.Items is [PickledStorage storage, long offset, PickleTuple size, PickleTuple stride, ..]
                        && size.Items.Count == stride.Items.Count
                        && size.Items.Count <= MostAxes => new PickledTensor(
                    storage,
                    offset,
                    [.. size.Items.Select(v => (long)v!)],
                    [.. stride.Items.Select(v => (long)v!)]
                ),
                Function.RebuildParameter when arguments.Items is [PickledTensor tensor, ..] => tensor,
                Function.Size when arguments.Items is [PickleTuple extents] => extents,
                Function function => throw new WeightFormatException($"a call of {function} with arguments that it does not take"),
                _ => throw new WeightFormatException("a call of what is no function"),
            }
        );
    }

    private PickleDict Dictionary(PickleTuple arguments)
    {
        var dict = new PickleDict();
        if (arguments.Items is [List<object?> pairs])
            foreach (object? pair in pairs) Put(dict, ((PickleTuple)pair!).Items[0], ((PickleTuple)pair).Items[1]);
        return dict;
    }

    private void Set(List<object?> pairs)
    {
        var dict = (PickleDict)Peek()!;
        if (pairs.Count % 2 != 0) throw new WeightFormatException("a key without a value");
        for (int i = 0; i < pairs.Count; i += 2) Put(dict, pairs[i], pairs[i + 1]);
    }

    // A list that was made once can be read any number of times, and a long key hashed.
    private void Put(PickleDict dict, object? key, object? value)
    {
        ChargeValues(1);
        if (key is string { Length: > LongestName }) throw new WeightFormatException($"a name of more than {LongestName} characters");
        dict.Set(key, value);
    }

    private void Append(List<object?> items) => ((List<object?>)Peek()!).AddRange(items);

    private void Recall(long key) =>
        Push(memo.TryGetValue(key, out object? value) ? value : throw new WeightFormatException("a memo that was never made"));

    private void Push(object? value)
    {
        ChargeValues(1);
        stack.Add(value);
    }

    private void ChargeValues(int count)
    {
        if ((values += count) > MostValues) throw new WeightFormatException("a pickle of more values than any state_dict has");
    }

    private object? Pop()
    {
        object? value = Peek();
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    private object? Peek() =>
        stack.Count > 0 && stack[^1] != Mark ? stack[^1] : throw new WeightFormatException("a pickle that takes from an empty stack");

    private List<object?> PopMany(int count)
    {
        if (stack.Count < count || stack.FindLastIndex(stack.Count - 1, count, v => ReferenceEquals(v, Mark)) >= 0)
            throw new WeightFormatException("a pickle that takes from an empty stack");
        List<object?> items = stack.GetRange(stack.Count - count, count);
        stack.RemoveRange(stack.Count - count, count);
        return items;
    }

    private List<object?> PopToMark()
    {
        int mark = stack.FindLastIndex(v => ReferenceEquals(v, Mark)); // never by equality, which would go through what nests
        if (mark < 0) throw new WeightFormatException("a pickle without the mark that it goes back to");
        List<object?> items = stack.GetRange(mark + 1, stack.Count - mark - 1);
        stack.RemoveRange(mark, stack.Count - mark);
        return items;
    }

    private string Line()
    {
        int length = file.Span[Position..].IndexOf((byte)'\n');
        if (length is < 0 or > 1000) throw new WeightFormatException("a class name without an end");
        string line = Text(Take(length));
        Take(1);
        return line;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > file.Length - Position) throw new WeightFormatException("a pickle that ends early");
        Position += count;
        return file.Span.Slice(Position - count, count);
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    // Longer numbers occur only as the magic number of old files, which is compared by its bytes.
    private static object Long(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 8) return Convert.ToHexString(bytes);
        long value = bytes.Length > 0 && (sbyte)bytes[^1] < 0 ? -1 : 0;
        for (int i = bytes.Length - 1; i >= 0; i--) value = value << 8 | bytes[i];
        return value;
    }
}
