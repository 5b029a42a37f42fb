using System.Text.Json;
using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tests.Imaging;

namespace EmotionMLNet.Tests.Faces;

/// <summary>Squares around faces, against Pillow's of pictures with repeated borders (Tests/Golden/faces.py).</summary>
public sealed class FaceCropTests
{
    private static readonly FacesGolden Golden = JsonSerializer.Deserialize<FacesGolden>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "faces.json")), JsonSerializerOptions.Web)!;

    public static TheoryData<int> Crops => [.. Enumerable.Range(0, Golden.Crops.Length)];

    [Theory]
    [MemberData(nameof(Crops))]
    public void Are_those_of_Pillow_bit_for_bit(int index)
    {
        GoldenCrop golden = Golden.Crops[index];
        Image cut = new FaceCrop { Scale = golden.Scale }.Cut(Golden.Sources[golden.Source].ToImage(), BoxOf(golden), golden.Side);
        Assert.Equal(golden.Pixels, cut.Pixels);
    }

    // What a network is given is the same as the crop, prepared like any picture.
    [Theory]
    [MemberData(nameof(Crops))]
    public void Are_prepared_for_networks_of_either_kind(int index)
    {
        GoldenCrop golden = Golden.Crops[index];
        var crop = new FaceCrop { Scale = golden.Scale };
        Image colour = Golden.Sources[golden.Source].ToImage();
        Image grey = Golden.Sources["grey"].ToImage(); // Pillow's luma of the same picture
        foreach (int channels in new[] { 1, 3 })
        {
            var preprocessing = new ImagePreprocessing
            {
                Width = golden.Side,
                Height = golden.Side,
                Channels = channels,
                Mean = new float[channels],
                StandardDeviation = [.. Enumerable.Repeat(1f, channels)],
            };
            var pixels = new byte[preprocessing.Length];
            crop.ToPixels(Raster.Of(colour), BoxOf(golden), preprocessing, pixels, new WorkingBuffer(0));
            byte[] expected = crop.Cut(channels == 1 ? grey : colour, BoxOf(golden), golden.Side).Pixels;
            if (expected.Length < pixels.Length) expected = [.. expected.SelectMany(p => new[] { p, p, p })];
            Assert.Equal(expected, pixels);
        }
    }

    [Fact]
    public void The_square_is_as_high_as_the_box_and_around_its_middle()
    {
        FaceBox square = new FaceCrop { Scale = 1.5f }.FindSquare(new FaceBox(10, 20, 30, 40));
        Assert.Equal(new FaceBox(-5, 10, 60, 60), square);
    }

    [Theory]
    [InlineData(float.NaN, 0, 10, 10)]
    [InlineData(0, 0, 10, -1)]
    [InlineData(0, 0, 10, 0)]
    [InlineData(-100, 0, 10, 10)]
    [InlineData(0, 200, 10, 10)]
    [InlineData(0, 0, 10, float.PositiveInfinity)]
    [InlineData(0, 0, 1e9f, 1e9f)]
    public void What_is_no_face_in_the_picture_is_refused(float x, float y, float width, float height)
        => Assert.Throws<ArgumentException>(
            () => new FaceCrop().Cut(Golden.Sources["grey"].ToImage(), new FaceBox(x, y, width, height), 24));

    [Theory]
    [InlineData(48, 48, 48, true)]
    [InlineData(64, 52, 48, true)]
    [InlineData(64, 51, 48, false)]
    [InlineData(65, 65, 48, false)]
    [InlineData(224, 224, 224, true)]
    [InlineData(225, 224, 224, false)]
    public void Small_squares_are_crops_already(int width, int height, int side, bool isCrop)
    {
        var preprocessing = new ImagePreprocessing { Width = side, Height = side, Channels = 1, Mean = [0], StandardDeviation = [1] };
        Assert.Equal(isCrop, FaceCrop.IsCrop(width, height, preprocessing));
    }

    [Theory]
    [InlineData(0.2f)]
    [InlineData(5)]
    [InlineData(float.NaN)]
    public void Scales_out_of_range_are_refused(float scale)
        => Assert.Throws<ArgumentOutOfRangeException>(() => new FaceCrop { Scale = scale });

    private static FaceBox BoxOf(GoldenCrop golden) => new(golden.Box[0], golden.Box[1], golden.Box[2], golden.Box[3]);

    private sealed record FacesGolden(Dictionary<string, GoldenPicture> Sources, GoldenCrop[] Crops);

    private sealed record GoldenCrop(string Source, float[] Box, float Scale, int Side, byte[] Pixels);
}
