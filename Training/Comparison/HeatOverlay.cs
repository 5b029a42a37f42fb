using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Training.Comparison;

/// <summary>A heat map laid over the picture that it explains: grey picture, orange where the evidence lies.</summary>
internal static class HeatOverlay
{
    private const float Strength = 0.65f;

    private static readonly float[] Colour = [230, 120, 0];

    /// <param name="pixels">[Height, Width, Channels] samples as the network saw them.</param>
    /// <param name="p">Their size.</param>
    /// <param name="heat">[mapHeight, mapWidth], 0 to 1.</param>
    /// <param name="mapHeight">Rows.</param>
    /// <param name="mapWidth">Columns.</param>
    public static Image Draw(byte[] pixels, ImagePreprocessing p, float[] heat, int mapHeight, int mapWidth)
    {
        byte[] rgb = new byte[p.Width * p.Height * 3];
        for (int y = 0; y < p.Height; y++)
            for (int x = 0; x < p.Width; x++)
            {
                float share =
                    Strength
                    * Sample(heat, mapHeight, mapWidth, (y + 0.5f) * mapHeight / p.Height - 0.5f, (x + 0.5f) * mapWidth / p.Width - 0.5f);
                int pixel = y * p.Width + x;
                float grey = 0;
                for (int c = 0; c < p.Channels; c++) grey += pixels[pixel * p.Channels + c] / (float)p.Channels;
                for (int c = 0; c < 3; c++) rgb[pixel * 3 + c] = (byte)MathF.Round(grey + share * (Colour[c] - grey));
            }
        return new Image(p.Width, p.Height, 3, rgb);
    }

    // Bilinear; the border is continued.
    private static float Sample(float[] map, int height, int width, float y, float x)
    {
        y = Math.Clamp(y, 0, height - 1);
        x = Math.Clamp(x, 0, width - 1);
        int y0 = (int)y, x0 = (int)x, y1 = Math.Min(y0 + 1, height - 1), x1 = Math.Min(x0 + 1, width - 1);
        float fy = y - y0, fx = x - x0;
        float top = map[y0 * width + x0] + fx * (map[y0 * width + x1] - map[y0 * width + x0]);
        float bottom = map[y1 * width + x0] + fx * (map[y1 * width + x1] - map[y1 * width + x0]);
        return top + fy * (bottom - top);
    }
}
