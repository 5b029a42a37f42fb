using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Bmp;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Tests.Imaging;

/// <summary>Every file of the decoder trials. Facts about single files come from the trials' own descriptions.</summary>
public class OddImagesTests(OddImages odd) : IClassFixture<OddImages>
{
    // The alpha of these is a matter of taste: all zero; meaningless by the header's word; skipped by the runs.
    private static Image DecodeBmp(string file)
    {
        var memory = new ImageMemory(forImages: true) { KeepsAlpha = true };
        Image image = BmpDecoder.Decode(File.ReadAllBytes(file), new(), memory).ToImage();
        memory.Release();
        return image;
    }

    private static readonly string[] AlphaOfItsOwn =
    [
        "V3_A1_R5_G5_B5",
        "V3_A4_R4_G4_B4",
        "V5_A8_R8_G8_B8_Rgb",
        "pal4rlecut",
        "pal4rletrns",
    ];

    [Support.SharedDataFact(OddImages.Archive)]
    public void Every_file_is_decoded_or_refused_with_a_reason()
    {
        int decoded = 0, refused = 0;
        var preprocessing = new ImagePreprocessing { Width = 48, Height = 48, Channels = 1, Mean = [0], StandardDeviation = [1] };
        byte[] pixels = new byte[preprocessing.Length];
        foreach (string file in odd.Files("/"))
        {
            try
            {
                preprocessing.ReadPixels(File.ReadAllBytes(file), pixels);
                decoded++;
            }
            catch (ImageFormatException e)
            {
                Assert.False(string.IsNullOrWhiteSpace(e.Reason), file);
                Assert.DoesNotContain('\n', e.Message);
                refused++;
            }
        }
        Assert.True(decoded > 700 && refused > 100, $"{decoded} decoded, {refused} refused");
    }

    [Support.SharedDataFact(OddImages.Archive)]
    public void PngSuite_gives_its_expected_pixels()
    {
        int compared = 0;
        foreach (string file in odd.Files("/pngsuite/png/", "*.png").Where(f => !Path.GetFileName(f).StartsWith('x')))
        {
            Image wanted = ImageReader.ReadFile(
                file.Replace(
                        $"{Path.DirectorySeparatorChar}png{Path.DirectorySeparatorChar}",
                        $"{Path.DirectorySeparatorChar}bmp{Path.DirectorySeparatorChar}"
                    )
                    .Replace(".png", ".bmp")
            );
            AssertClose(ToRgb(wanted), ToRgb(ImageReader.ReadFile(file)), tolerance: 1, file);
            compared++;
        }
        Assert.Equal(161, compared);
    }

    [Support.SharedDataFact(OddImages.Archive)]
    public void PngSuites_broken_files_are_refused()
    {
        string[] files = [.. odd.Files("/pngsuite/png/", "x*.png")];
        Assert.Equal(14, files.Length);
        Assert.All(files, f => Assert.Equal("PNG", Assert.Throws<ImageFormatException>(() => ImageReader.ReadFile(f)).Format));
    }

    [Support.SharedDataFact(OddImages.Archive)]
    public void Reference_decodes_of_BMP_GIF_PNG_and_PBM_are_met()
    {
        int compared = 0;
        foreach (string reference in odd.Files("/reference/", "*.png"))
        {
            string file = reference.Replace(
                $"{Path.DirectorySeparatorChar}reference{Path.DirectorySeparatorChar}",
                $"{Path.DirectorySeparatorChar}images{Path.DirectorySeparatorChar}"
            )[..^4];
            if (!File.Exists(file) || Path.GetExtension(file) is not (".bmp" or ".gif" or ".png" or ".pbm")) continue;
            if (AlphaOfItsOwn.Any(n => file.Contains(n, StringComparison.Ordinal)))
                AssertCloseWhereOpaque(PngDecoder.Decode(File.ReadAllBytes(reference), new()), DecodeBmp(file), file);
            else
                AssertClose(ToRgb(ImageReader.ReadFile(reference)), ToRgb(ImageReader.ReadFile(file)), tolerance: 1, file);
            compared++;
        }
        Assert.True(compared > 80, $"{compared} compared");
    }

    /// <summary>Colours alone, where the decoder found any.</summary>
    private static void AssertCloseWhereOpaque(Image wanted, Image found, string file)
    {
        for (int i = 0; i < wanted.Width * wanted.Height; i++)
        {
            if (found.Channels == 4 && found.Pixels[4 * i + 3] == 0) continue;
            AssertClose(wanted.Pixels[(i * wanted.Channels)..][..3], found.Pixels[(i * found.Channels)..][..3], tolerance: 1, file);
        }
    }

    [Support.SharedDataFact(OddImages.Archive)]
    public void A_reduced_decode_gives_nearly_the_pixels_of_a_full_one()
    {
        string[] files = [.. odd.Files("/nolmoonen-jpeg/", "*.jpg"), .. odd.Files("/exif-orientation-examples/", "Portrait_?.jpg")];
        Assert.True(files.Length > 10);
        foreach (ResizeMode mode in Enum.GetValues<ResizeMode>())
        {
            var preprocessing = new ImagePreprocessing
            {
                Width = 64,
                Height = 48,
                Channels = 3,
                Resize = mode,
                Mean = [0, 0, 0],
                StandardDeviation = [1, 1, 1],
            };
            byte[] reduced = new byte[preprocessing.Length], full = new byte[preprocessing.Length];
            foreach (string file in files)
            {
                byte[] encoded = File.ReadAllBytes(file);
                preprocessing.ReadPixels(encoded, reduced);
                preprocessing.ToPixels(ImageReader.Read(encoded), full);
                AssertClose(full, reduced, tolerance: 12, file);
                Assert.InRange(full.Zip(reduced, (a, b) => Math.Abs(a - b)).Average(), 0, 0.6);
            }
        }
    }

    private static byte[] ToRgb(Image image) => image.Channels == 3 ? image.Pixels : [.. image.Pixels.SelectMany(p => new[] { p, p, p })];

    private static void AssertClose(byte[] wanted, byte[] found, int tolerance, string file)
    {
        Assert.Equal(wanted.Length, found.Length);
        for (int i = 0; i < wanted.Length; i++)
        {
            if (Math.Abs(wanted[i] - found[i]) > tolerance)
                Assert.Fail($"{Path.GetFileName(file)}: sample {i} is {found[i]} instead of {wanted[i]}");
        }
    }
}
