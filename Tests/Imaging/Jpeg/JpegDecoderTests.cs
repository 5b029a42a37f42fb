using System.Security.Cryptography;
using System.Text.Json;
using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Jpeg;

namespace EmotionMLNet.Tests.Imaging.Jpeg;

public sealed class JpegDecoderTests
{
    public static TheoryData<string> Goldens => [.. JpegGolden.Names];

    public static TheoryData<string, int> ReducedGoldens
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach ((string name, int scale) in JpegGolden.Reduced) data.Add(name, scale);
            return data;
        }
    }

    [Theory, MemberData(nameof(Goldens))]
    public void Every_sample_is_that_of_Pillow(string name) =>
        AssertSame(JpegGolden.Expected(name), JpegDecoder.Decode(JpegGolden.Encoded(name), ImageReaderOptions.Default), name);

    [Theory, MemberData(nameof(ReducedGoldens))]
    public void Every_sample_of_a_reduced_picture_is_that_of_Pillows_draft(string name, int scale)
    {
        Image expected = JpegGolden.Expected(name, scale);
        var options = new ImageReaderOptions { WantedSize = (expected.Width, expected.Height) };
        AssertSame(expected, JpegDecoder.Decode(JpegGolden.Encoded(name), options), $"{name} at 1/{scale}");
    }

    [Theory]
    // 37 x 53: a half is 19 x 27, a quarter 10 x 14, an eighth 5 x 7.
    [InlineData(0, 0, 37, 53), InlineData(5, 7, 5, 7), InlineData(1, 1, 5, 7), InlineData(6, 7, 10, 14), InlineData(5, 8, 10, 14)]
    [InlineData(10, 15, 19, 27), InlineData(19, 27, 19, 27), InlineData(20, 1, 37, 53), InlineData(100, 100, 37, 53)]
    [InlineData(5, 0, 37, 53)]
    public void The_smallest_scale_is_chosen_that_is_not_below_the_wanted_size(int wantedWidth, int wantedHeight, int width, int height)
    {
        Image image = JpegDecoder.Decode(JpegGolden.Encoded("420"), new ImageReaderOptions { WantedSize = (wantedWidth, wantedHeight) });
        Assert.Equal((width, height), (image.Width, image.Height));
    }

    [Theory]
    [InlineData(1, 27, 18), InlineData(3, 27, 18), InlineData(5, 18, 27), InlineData(8, 18, 27)]
    public void The_wanted_size_is_that_of_the_upright_picture(int orientation, int width, int height)
    {
        byte[] encoded = JpegGolden.Encoded($"orientation{orientation}");
        var half = new ImageReaderOptions { WantedSize = ((width + 1) / 2, (height + 1) / 2) };
        Image image = JpegDecoder.Decode(encoded, half);
        Assert.Equal(half.WantedSize, (image.Width, image.Height));
    }

    [Fact]
    public void Luma_alone_is_what_Pillow_gives_for_a_grey_draft_that_is_reduced()
    {
        using JsonDocument golden = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Imaging", "Jpeg", "Golden", "luma.json"))
        );
        foreach (JsonProperty file in golden.RootElement.EnumerateObject())
        {
            foreach (JsonProperty scale in file.Value.EnumerateObject())
            {
                (int width, int height) = (scale.Value[0].GetInt32(), scale.Value[1].GetInt32());
                bool isFull = scale.Name == "1";
                Image image = JpegDecoder.Decode(
                    JpegGolden.Encoded(file.Name),
                    new ImageReaderOptions { LumaIsEnough = true, WantedSize = isFull ? default : (width, height) }
                );
                if (isFull) // the same samples as anybody's: colours stay
                {
                    Assert.Equal(JpegDecoder.Decode(JpegGolden.Encoded(file.Name), new ImageReaderOptions()).Pixels, image.Pixels);
                    continue;
                }
                Assert.Equal((file.Name, scale.Name, width, height, 1), (file.Name, scale.Name, image.Width, image.Height, image.Channels));
                Assert.True(
                    scale.Value[2].GetString() == Convert.ToHexStringLower(SHA256.HashData(image.Pixels)),
                    $"{file.Name} at 1/{scale.Name} (luma.py): other samples"
                );
            }
        }
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(5), InlineData(9)]
    public void Memory_that_is_used_again_gives_the_same_samples(int side)
    {
        var memory = new ImageMemory();
        var random = new Random(side);
        string[] names = [.. JpegGolden.Names];
        for (int i = 0; i < 300; i++)
        {
            byte[] file = JpegGolden.Encoded(names[random.Next(names.Length)]);
            var options = new ImageReaderOptions { WantedSize = (side, side), LumaIsEnough = i % 3 == 0 };
            // Between pictures one that breaks off.
            if (i % 5 == 0) Assert.Throws<ImageFormatException>(() => JpegDecoder.Decode(file.AsSpan(0, file.Length / 3), options, memory));
            Image fresh = JpegDecoder.Decode(file, options);
            Raster again = JpegDecoder.Decode(file, options, memory);
            Assert.Equal((fresh.Width, fresh.Height, fresh.Channels), (again.Width, again.Height, again.Channels));
            Assert.True(again.Samples.SequenceEqual(fresh.Pixels));
        }
    }

    [Fact]
    public void Samples_do_not_depend_on_what_was_decoded_before()
    {
        byte[] first = JpegDecoder.Decode(JpegGolden.Encoded("mixed"), ImageReaderOptions.Default).Pixels;
        foreach (string name in JpegGolden.Names) JpegDecoder.Decode(JpegGolden.Encoded(name), ImageReaderOptions.Default);
        Assert.Equal(first, JpegDecoder.Decode(JpegGolden.Encoded("mixed"), ImageReaderOptions.Default).Pixels);
    }

    [Fact]
    public void Where_factors_do_not_allow_a_filter_the_nearest_sample_is_repeated()
    {
        Assert.Equal([1, 1, 2, 3, 3, 4], Repeated([1, 2, 3, 4], 2, 3, 6));
        Assert.Equal([1, 1, 1, 1, 2, 2, 2, 2, 3], Repeated([1, 2, 3, 4], 1, 4, 9));
        Assert.Equal([1, 1, 2, 3, 4, 4, 5, 6], Repeated([1, 2, 3, 4, 5, 6], 3, 4, 8));
    }

    [Fact]
    public void A_jpeg_is_recognised_by_its_first_three_bytes()
    {
        Assert.True(JpegDecoder.Recognises([0xFF, 0xD8, 0xFF]));
        Assert.False(JpegDecoder.Recognises([0xFF, 0xD8]));
        Assert.False(JpegDecoder.Recognises([0xFF, 0xD8, 0xFE]));
        Assert.False(JpegDecoder.Recognises([]));
    }

    private static unsafe byte[] Repeated(byte[] row, int have, int want, int count)
    {
        byte[] target = new byte[count];
        fixed (byte* from = row, to = target) Upsampler.Repeat(from, have, want, count, to);
        return target;
    }

    private static void AssertSame(Image expected, Image actual, string what)
    {
        Assert.Equal((what, expected.Width, expected.Height, expected.Channels), (what, actual.Width, actual.Height, actual.Channels));
        int at = expected.Pixels.AsSpan().CommonPrefixLength(actual.Pixels);
        if (at < expected.Pixels.Length)
        {
            (int pixel, int channel) = Math.DivRem(at, expected.Channels);
            Assert.Fail(
                $"{what}: column {pixel % expected.Width}, row {pixel / expected.Width}, channel {channel} is "
                    + $"{actual.Pixels[at]}, but Pillow has {expected.Pixels[at]}"
            );
        }
    }
}
