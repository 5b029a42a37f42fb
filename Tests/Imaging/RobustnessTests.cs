using System.Buffers.Binary;
using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Tests.Imaging.Jpeg;
using EmotionMLNet.Tests.Imaging.WebP;

namespace EmotionMLNet.Tests.Imaging;

/// <summary>
/// Whatever the bytes: a picture or an <see cref="ImageFormatException"/>, and no more memory than the bytes can justify.
/// </summary>
public class RobustnessTests
{
    private const long MemoryLimit = 256 << 20;

    public static TheoryData<string> Names => new(FormatGolden.All.Where(g => g.File.Length < 2000).Select(g => g.Name));

    [Theory, MemberData(nameof(Names))]
    public void A_file_cut_at_any_byte_is_decoded_or_refused(string name)
    {
        byte[] file = FormatGolden.Named(name).File;
        for (int length = 0; length < file.Length; length++) Try(file.AsSpan(0, length));
    }

    [Theory, MemberData(nameof(Names))]
    public void A_damaged_file_is_decoded_or_refused(string name)
    {
        byte[] file = FormatGolden.Named(name).File;
        var random = new Random(name.Sum(c => c));
        bool png = name.StartsWith("PNG", StringComparison.Ordinal);
        for (int i = 0; i < 300; i++)
        {
            byte[] damaged = [.. file];
            for (int changes = random.Next(1, 5); changes > 0; changes--)
            {
                // Headers decide most: half of the changes go there.
                int at = random.Next(random.Next(2) == 0 ? Math.Min(64, file.Length) : file.Length);
                damaged[at] = random.Next(4) switch
                {
                    0 => 0,
                    1 => 255,
                    2 => (byte)(damaged[at] ^ 1 << random.Next(8)),
                    _ => (byte)random.Next(256),
                };
            }
            // Behind right checksums the damage reaches the decoder's inside.
            if (png) RepairChecksums(damaged);
            Try(damaged);
        }
    }

    /// <summary>
    /// All formats and all ways to ask for a picture, with changes that keep checksums right, so that they reach the inside.
    /// </summary>
    [Theory]
    [InlineData(1), InlineData(2)]
    public void Thousands_of_mutations_of_every_format_are_decoded_or_refused(int seed)
    {
        var random = new Random(seed);
        byte[][] files =
        [
            .. FormatGolden.All.Select(g => g.File),
            .. WebPGolden.Names.Select(WebPGolden.Encoded),
            .. JpegGolden.Names.Select(JpegGolden.Encoded),
        ];
        ImageReaderOptions[] ways = [.. Ways(random)];
        var memory = new ImageMemory();
        for (int i = 0; i < 4000; i++)
        {
            byte[] damaged = Mutated(files, random);
            if (damaged.AsSpan().StartsWith([(byte)0x89, (byte)'P'])) RepairChecksums(damaged);
            ImageReaderOptions options = ways[random.Next(ways.Length)];
            try
            {
                Raster picture = ImageReader.Read(damaged, options, memory);
                Assert.True(picture.Channels is 1 or 3);
                Assert.Equal(picture.Width * picture.Height * picture.Channels, picture.Samples.Length);
            }
            catch (ImageFormatException e)
            {
                Assert.InRange(e.Offset, 0, damaged.Length);
                Assert.DoesNotContain("\n", e.Reason, StringComparison.Ordinal);
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                throw new InvalidOperationException($"seed {seed}, mutation {i}: {Convert.ToHexString(damaged)}", e);
            }
            finally
            {
                memory.Release();
            }
        }
    }

    private static IEnumerable<ImageReaderOptions> Ways(Random random)
    {
        // A limit that leaves room for headers to grow, and keeps 8000 pictures quick.
        var options = new ImageReaderOptions { MaxPixels = 3 << 20 };
        yield return options;
        for (int i = 0; i < 10; i++)
            yield return options with
            {
                WantedSize = (random.Next(100), random.Next(100)),
                LumaIsEnough = i % 2 == 0,
            };
    }

    private static byte[] Mutated(byte[][] files, Random random)
    {
        byte[] file = files[random.Next(files.Length)];
        List<byte> damaged = [.. file];
        for (int changes = random.Next(1, 6); changes > 0 && damaged.Count > 16; changes--)
        {
            int at = random.Next(2, random.Next(2) == 0 ? Math.Min(80, damaged.Count) : damaged.Count);
            switch (random.Next(8))
            {
                case 0: damaged.RemoveRange(at, Math.Min(random.Next(1, 20), damaged.Count - at)); break;
                case 1: damaged.InsertRange(at, damaged.GetRange(at, Math.Min(random.Next(1, 40), damaged.Count - at))); break;
                case 2: // a piece of another file
                    byte[] other = files[random.Next(files.Length)];
                    int from = random.Next(other.Length);
                    damaged.InsertRange(at, other.AsSpan(from, Math.Min(random.Next(1, 60), other.Length - from)).ToArray());
                    break;
                case 3: damaged[at] = (byte)random.Next(256); break;
                case 4: damaged[at] ^= (byte)(1 << random.Next(8)); break;
                default: damaged[at] = (byte)(random.Next(3) switch { 0 => 0, 1 => 255, _ => 1 }); break;
            }
        }
        return [.. damaged];
    }

    [Fact]
    public void Noise_behind_a_right_signature_is_decoded_or_refused()
    {
        var random = new Random(11);
        foreach (
            byte[] start in (byte[][])
                [
                    [.. "BM"u8],
                    [.. "GIF89a"u8],
                    [.. "P6 "u8],
                    [.. "P7\n"u8],
                    [0x89, .. "PNG\r\n"u8, 0x1A, 10, 0, 0, 0, 13, .. "IHDR"u8],
                ]
        )
        {
            for (int i = 0; i < 500; i++)
            {
                byte[] noise = new byte[start.Length + random.Next(200)];
                random.NextBytes(noise);
                start.CopyTo(noise, 0);
                Try(noise);
            }
        }
    }

    [Theory]
    [InlineData("PNG RGB 8 bits", 16, true), InlineData("BMP 24 bits", 18, false), InlineData("BMP RLE8", 18, false)]
    public void A_small_file_that_claims_a_hundred_megapixels_is_refused(string name, int sizeAt, bool bigEndian)
    {
        byte[] file = [.. FormatGolden.Named(name).File];
        foreach (int at in (int[])[sizeAt, sizeAt + 4])
        {
            if (bigEndian) BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(at), 10_000);
            else BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), 10_000);
        }
        if (bigEndian) RepairChecksums(file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var e = Assert.Throws<ImageFormatException>(() => ImageReader.Read(file));
        Assert.Contains("10000 x 10000", e.Reason, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData(6, "a screen of 10000 x 10000"), InlineData(-8, "cannot hold 10000 x 10000 pixels")]
    public void A_small_GIF_that_claims_a_hundred_megapixels_is_refused(int sizeAt, string reason)
    {
        byte[] file = [.. FormatGolden.Named("GIF 16 colours").File];
        // Screen and picture: 6 header, 7 screen descriptor, 48 palette, then 2C and the position.
        int[] places = sizeAt > 0 ? [sizeAt] : [6, 6 + 7 + 48 + 5];
        foreach (int at in places)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), 10_000);
            BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at + 2), 10_000);
        }
        var e = Assert.Throws<ImageFormatException>(() => ImageReader.Read(file));
        Assert.Contains(reason, e.Reason, StringComparison.Ordinal);
    }

    private static void Try(ReadOnlySpan<byte> file)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            Image image = ImageReader.Read(file);
            Assert.True(image.Channels is 1 or 3);
        }
        catch (ImageFormatException e)
        {
            Assert.InRange(e.Offset, 0, file.Length);
            Assert.False(string.IsNullOrWhiteSpace(e.Reason));
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MemoryLimit);
    }

    private static void RepairChecksums(byte[] png)
    {
        for (long at = 8; at + 12 <= png.Length;)
        {
            long length = BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan((int)at));
            if (at + 12 + length > png.Length) return;
            BinaryPrimitives.WriteUInt32BigEndian(
                png.AsSpan((int)(at + 8 + length)),
                Crc32.Compute(png.AsSpan((int)at + 4, (int)length + 4))
            );
            at += 12 + length;
        }
    }
}
