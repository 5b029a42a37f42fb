using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Training.Faces;
using EmotionMLNet.Training.Randomness;

namespace EmotionMLNet.Training.Reports;

/// <summary>
/// A picture that shows what a detector learns from: crops as they are drawn, with the faces of each, and ignored places dashed.
/// </summary>
internal static class CropSheet
{
    private const int Rows = 4, Columns = 6, Gap = 2;

    /// <summary>Writes the sheet as PNG.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="sampler">The sampler of the training.</param>
    /// <param name="side">Rows and columns of a crop.</param>
    /// <param name="seed">The seed of the run.</param>
    public static void Write(string path, CropSampler sampler, int side, ulong seed)
    {
        byte[] png = PngEncoder.Encode(Draw(sampler, side, seed));
        AtomicFile.Write(path, stream => stream.Write(png));
    }

    internal static Image Draw(CropSampler sampler, int side, ulong seed)
    {
        int width = Columns * (side + Gap) + Gap, height = Rows * (side + Gap) + Gap;
        byte[] sheet = new byte[width * height], grey = new byte[side * side];
        float[] crop = new float[side * side], target = new float[FaceTarget.Length];
        for (int i = 0; i < Rows * Columns; i++)
        {
            sampler.Draw(RandomStream.Key(seed, (ulong)i), [], plain: false, crop, target);
            for (int p = 0; p < grey.Length; p++) grey[p] = (byte)Math.Clamp(MathF.Round(crop[p] * 63.75f + 127.5f), 0, 255);
            for (int b = 0; b < FaceTarget.Count(target); b++)
                BoxDrawing.Draw(grey, side, FaceTarget.Box(target, b), FaceTarget.IsIgnored(target, b));
            int left = i % Columns * (side + Gap) + Gap, top = i / Columns * (side + Gap) + Gap;
            for (int y = 0; y < side; y++) grey.AsSpan(y * side, side).CopyTo(sheet.AsSpan((top + y) * width + left));
        }
        return new Image(width, height, 1, sheet);
    }
}
