using System.Buffers.Binary;
using System.Text;
using EmotionMLNet.Training.Runs.TensorBoard;

namespace EmotionMLNet.Tests.Runs.TensorBoard;

/// <summary>What an event record says, read by the rules of tensorflow/core/util/event.proto.</summary>
internal sealed record DecodedEvent(double WallTime, long Step, string? FileVersion, Dictionary<string, float> Scalars);

/// <summary>Decodes event files and checks every checksum.</summary>
internal static class EventFileReader
{
    public static List<DecodedEvent> Read(ReadOnlySpan<byte> file)
    {
        var events = new List<DecodedEvent>();
        while (file.Length > 0)
        {
            int length = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(file));
            Assert.Equal(Crc32C.ComputeMasked(file[..8]), BinaryPrimitives.ReadUInt32LittleEndian(file[8..]));
            ReadOnlySpan<byte> data = file.Slice(12, length);
            Assert.Equal(Crc32C.ComputeMasked(data), BinaryPrimitives.ReadUInt32LittleEndian(file[(12 + length)..]));
            events.Add(Event(data));
            file = file[(16 + length)..];
        }
        return events;
    }

    private static DecodedEvent Event(ReadOnlySpan<byte> data)
    {
        double wallTime = 0;
        long step = 0;
        string? version = null;
        var scalars = new Dictionary<string, float>();
        while (data.Length > 0)
        {
            (int field, ulong number, byte[] bytes) = Field(ref data);
            switch (field)
            {
                case 1: wallTime = BitConverter.UInt64BitsToDouble(number); break;
                case 2: step = (long)number; break;
                case 3: version = Encoding.UTF8.GetString(bytes); break;
                case 5: Summary(bytes, scalars); break;
                default: Assert.Fail($"Event has no field {field}."); break;
            }
        }
        return new DecodedEvent(wallTime, step, version, scalars);
    }

    private static void Summary(ReadOnlySpan<byte> data, Dictionary<string, float> scalars)
    {
        while (data.Length > 0)
        {
            (int field, _, byte[] value) = Field(ref data);
            Assert.Equal(1, field);
            ReadOnlySpan<byte> inner = value;
            (int tagField, _, byte[] tag) = Field(ref inner);
            (int valueField, ulong bits, _) = Field(ref inner);
            Assert.Equal((1, 2, 0), (tagField, valueField, inner.Length));
            scalars.Add(Encoding.UTF8.GetString(tag), BitConverter.UInt32BitsToSingle((uint)bits));
        }
    }

    private static (int Field, ulong Number, byte[] Bytes) Field(ref ReadOnlySpan<byte> data)
    {
        ulong key = Varint(ref data), number = 0;
        byte[] bytes = [];
        switch (key & 7)
        {
            case 0:
                number = Varint(ref data);
                break;
            case 1:
                number = BinaryPrimitives.ReadUInt64LittleEndian(data);
                data = data[8..];
                break;
            case 2:
                int length = (int)Varint(ref data);
                bytes = data[..length].ToArray();
                data = data[length..];
                break;
            case 5:
                number = BinaryPrimitives.ReadUInt32LittleEndian(data);
                data = data[4..];
                break;
            default:
                Assert.Fail($"Wire type {key & 7} is not used by events.");
                break;
        }
        return ((int)(key >> 3), number, bytes);
    }

    private static ulong Varint(ref ReadOnlySpan<byte> data)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte b = data[0];
            data = data[1..];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
    }
}
