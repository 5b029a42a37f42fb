using System.Text;
using EmotionMLNet.Training.Runs.TensorBoard;

namespace EmotionMLNet.Tests.Runs.TensorBoard;

public sealed class EventFileTests
{
    [Fact]
    public void Checksums_equal_those_of_RFC_3720_appendix_B_4()
    {
        byte[] ascending = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Compute([.. Enumerable.Repeat((byte)0xFF, 32)]));
        Assert.Equal(0x46DD794Eu, Crc32C.Compute(ascending));
        Assert.Equal(0x113FDB5Cu, Crc32C.Compute([.. ascending.Reverse()]));
        Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));
    }

    [Fact]
    public void The_first_record_equals_the_one_that_TensorFlow_writes()
    {
        // tf.summary.create_file_writer's first record, but for the time: length 24, its masked CRC, wall_time, file_version.
        using var stream = new MemoryStream();
        new EventFile(stream).Begin(0);
        byte[] bytes = stream.ToArray();
        Assert.Equal("1800000000000000A37F4B22", Convert.ToHexString(bytes[..12]));
        Assert.Equal(0x09, bytes[12]);
        Assert.Equal("\u001a\u000dbrain.Event:2", Encoding.ASCII.GetString(bytes[21..36]));
        Assert.Equal(40, bytes.Length);
    }

    [Fact]
    public void Scalars_come_back_by_tag_and_step()
    {
        using var stream = new MemoryStream();
        var file = new EventFile(stream);
        file.Begin(1000.5);
        file.Add(1001.25, 1, ("loss/train", 1.5), ("größe", -2));
        file.Add(1002, 300, ("loss/train", 0.1));
        List<DecodedEvent> events = EventFileReader.Read(stream.ToArray());
        Assert.Equal(3, events.Count);
        Assert.Equal((1000.5, 0, "brain.Event:2"), (events[0].WallTime, events[0].Step, events[0].FileVersion));
        Assert.Equal((1001.25, 1L), (events[1].WallTime, events[1].Step));
        Assert.Equal(new Dictionary<string, float> { ["loss/train"] = 1.5f, ["größe"] = -2 }, events[1].Scalars);
        Assert.Equal((1002, 300L, 0.1f), (events[2].WallTime, events[2].Step, events[2].Scalars["loss/train"]));
    }
}
