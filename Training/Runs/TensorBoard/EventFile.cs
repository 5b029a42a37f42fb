using System.Text;

namespace EmotionMLNet.Training.Runs.TensorBoard;

/// <summary>
/// A TensorBoard event file of scalars: TFRecords [length u64, masked CRC of it, data, masked CRC of data] of <c>tensorflow.Event</c>
/// protobufs, of which five fields are written: wall_time = 1 (double), step = 2 (int64), file_version = 3 (string), summary = 5, and in a
/// summary's value = 1 the tag = 1 (string) and simple_value = 2 (float).
/// </summary>
internal sealed class EventFile(Stream output)
{
    /// <summary>The record that every event file begins with.</summary>
    public void Begin(double wallTime) => Record([.. Double(1, wallTime), .. Bytes(3, "brain.Event:2"u8)]);

    /// <param name="wallTime">Seconds since 1970.</param>
    /// <param name="step">Epoch or step.</param>
    /// <param name="scalars">Tags and values.</param>
    public void Add(double wallTime, long step, params IEnumerable<(string Tag, double Value)> scalars)
    {
        byte[] summary = [.. scalars.SelectMany(s => Bytes(1, [.. Bytes(1, Encoding.UTF8.GetBytes(s.Tag)), .. Float(2, (float)s.Value)]))];
        Record([.. Double(1, wallTime), .. Varint(2 << 3), .. Varint((ulong)step), .. Bytes(5, summary)]);
    }

    private void Record(byte[] data)
    {
        byte[] length = BitConverter.GetBytes((ulong)data.Length);
        output.Write(length);
        output.Write(BitConverter.GetBytes(Crc32C.ComputeMasked(length)));
        output.Write(data);
        output.Write(BitConverter.GetBytes(Crc32C.ComputeMasked(data)));
    }

    private static byte[] Double(int field, double value) => [.. Varint((ulong)field << 3 | 1), .. BitConverter.GetBytes(value)];

    private static byte[] Float(int field, float value) => [.. Varint((ulong)field << 3 | 5), .. BitConverter.GetBytes(value)];

    private static byte[] Bytes(int field, ReadOnlySpan<byte> value) =>
        [.. Varint((ulong)field << 3 | 2), .. Varint((ulong)value.Length), .. value];

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
