using System.Text;
using EmotionMLNet.Trainer.Training.TensorBoard;

namespace EmotionMLNet.Tests.Training;

public sealed class EventFileTests
{
    [Fact]
    public void The_checksum_is_that_of_RFC_3720()
    {
        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
    }

    [Fact]
    public void Records_are_framed_and_hold_tags_and_values()
    {
        using var stream = new MemoryStream();
        var file = new EventFile(stream);
        file.Begin(1.5);
        file.Add(2.5, 300, ("loss/train", 0.75));
        byte[] data = stream.ToArray();
        var records = new List<byte[]>();
        for (int at = 0; at < data.Length;)
        {
            int length = (int)BitConverter.ToUInt64(data, at);
            Assert.Equal(Crc32C.Masked(data.AsSpan(at, 8)), BitConverter.ToUInt32(data, at + 8));
            records.Add(data[(at + 12)..(at + 12 + length)]);
            Assert.Equal(Crc32C.Masked(records[^1]), BitConverter.ToUInt32(data, at + 12 + length));
            at += 16 + length;
        }
        Assert.Equal(2, records.Count);
        Assert.EndsWith("brain.Event:2", Encoding.UTF8.GetString(records[0]), StringComparison.Ordinal);
        // wall_time = 2.5, step = 300 as a varint, then the summary whose value ends with the float 0.75
        Assert.Equal([0x09, .. BitConverter.GetBytes(2.5), 0x10, 0xAC, 0x02, 0x2A], records[1][..13]);
        Assert.Contains("loss/train", Encoding.UTF8.GetString(records[1]), StringComparison.Ordinal);
        Assert.Equal(0.75f, BitConverter.ToSingle(records[1], records[1].Length - 4));
    }
}
