using System.Buffers.Binary;
using EmotionMLNet.Imaging;

namespace EmotionMLNet.Tests.Imaging;

public sealed class ExifTests
{
    public static TheoryData<int, string> Orientations =>
        new()
        {
            // Rows of the upright picture whose stored form is "abc" over "def", by the meaning of each value in Exif 2.32, table 6.
            { 1, "abc/def" },
            { 2, "cba/fed" },
            { 3, "fed/cba" },
            { 4, "def/abc" },
            { 5, "ad/be/cf" },
            { 6, "da/eb/fc" },
            { 7, "fc/eb/da" },
            { 8, "cf/be/ad" },
            { 0, "abc/def" },
            { 9, "abc/def" },
        };

    [Theory, MemberData(nameof(Orientations))]
    public void Pictures_are_turned_and_mirrored(int orientation, string expected)
    {
        foreach (int channels in (int[])[1, 3, 4])
        {
            var stored = new Image(
                3,
                2,
                channels,
                [.. "abcdef".SelectMany(c => Enumerable.Range(0, channels).Select(k => (byte)(c + 20 * k)))]
            );
            Image upright = Exif.Apply(stored, orientation);
            string[] rows = expected.Split('/');
            Assert.Equal((rows[0].Length, rows.Length, channels), (upright.Width, upright.Height, upright.Channels));
            Assert.Equal(
                string.Concat(rows).SelectMany(c => Enumerable.Range(0, channels).Select(k => (byte)(c + 20 * k))),
                upright.Pixels
            );
        }
    }

    [Fact]
    public void A_large_picture_is_turned_as_a_small_one()
    {
        var random = new Random(1);
        byte[] pixels = new byte[150 * 77 * 3];
        random.NextBytes(pixels);
        var stored = new Image(150, 77, 3, pixels);
        for (int orientation = 5; orientation <= 8; orientation++)
        {
            Image upright = Exif.Apply(stored, orientation);
            for (int y = 0; y < upright.Height; y++)
            {
                for (int x = 0; x < upright.Width; x++)
                {
                    (int column, int row) = (orientation is 7 or 8 ? 149 - y : y, orientation is 6 or 7 ? 76 - x : x);
                    Assert.Equal(pixels.AsSpan((row * 150 + column) * 3, 3), upright.Pixels.AsSpan((y * upright.Width + x) * 3, 3));
                }
            }
        }
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void The_orientation_is_read_in_both_byte_orders(bool big)
    {
        for (ushort value = 1; value <= 8; value++) Assert.Equal(value, Exif.Orientation(Tiff(big, value)));
        Assert.Equal(1, Exif.Orientation(Tiff(big, 0)));
        Assert.Equal(1, Exif.Orientation(Tiff(big, 9)));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void Damaged_metadata_count_as_upright_or_as_one_of_the_eight(bool big)
    {
        byte[] tiff = Tiff(big, 6);
        for (int length = 0; length < 8 + 2 + 12 + 10; length++) Assert.Equal(1, Exif.Orientation(tiff.AsSpan(0, length)));
        var random = new Random(2);
        for (int i = 0; i < 5000; i++)
        {
            byte[] damaged = [.. tiff];
            for (int changes = random.Next(1, 4); changes > 0; changes--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            Assert.InRange(Exif.Orientation(damaged), 1, 8);
        }
    }

    /// <summary>Two entries, the orientation second.</summary>
    private static byte[] Tiff(bool big, ushort orientation)
    {
        byte[] tiff = new byte[8 + 2 + 2 * 12 + 4];
        (big ? "MM"u8 : "II"u8).CopyTo(tiff);
        Word(2, 42);
        Word(big ? 6 : 4, 8);
        Word(8, 2);
        Word(10, 0x0100);
        Word(12, 3);
        Word(22, 0x0112);
        Word(24, 3);
        Word(big ? 28 : 26, 1);
        Word(30, orientation);
        return tiff;

        void Word(int at, ushort value)
        {
            if (big) BinaryPrimitives.WriteUInt16BigEndian(tiff.AsSpan(at), value);
            else BinaryPrimitives.WriteUInt16LittleEndian(tiff.AsSpan(at), value);
        }
    }
}
