using EmotionMLNet.Faces;
using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;

namespace EmotionMLNet.Tests.Support;

/// <summary>
/// A face detector with weights set by hand, for which a white disc on black is a face: it averages over some 12 pixels of what it is
/// shown, and sees a face of 72 x 96 pixels where the average is above seven tenths of white.
/// </summary>
internal static class SpotDetector
{
    /// <summary>Sides of a picture that is shown at twice its size, and the radius of a disc that is found there.</summary>
    public const int Width = 224, Height = 160, Radius = 12;

    private const int Channels = 4;

    /// <summary>The box around a disc, in pixels of such a picture.</summary>
    public static FaceBox Box(int x, int y) => new(x - 18, y - 24, 36, 48);

    /// <summary>Writes the file.</summary>
    /// <returns>Its path.</returns>
    public static string Save(string path)
    {
        int[] widths = [.. FaceNetwork.StandardWidths.Select(_ => Channels)];
        Network network = FaceNetwork.Build(FaceNetwork.Multiple, FaceNetwork.Multiple, widths, Channels);
        foreach (Node node in network.Nodes)
        {
            if (node.Layer is not Conv2D convolution) continue;
            Span<float> weights = convolution.Weight.Values.AsSpan();
            weights.Clear();
            if (node.Name.EndsWith(".cells", StringComparison.Ordinal))
            {
                bool isFine = node.Name.StartsWith("head8", StringComparison.Ordinal);
                if (isFine) weights[0] = 10;
                Span<float> bias = convolution.Bias!.Values.AsSpan();
                bias[0] = isFine ? -14 : -20;
                bias[1] = bias[3] = MathF.Log(36 / 8f); // strides from the middle to the sides
                bias[2] = bias[4] = MathF.Log(48 / 8f);
            }
            else
            {
                int taps = convolution.Kernel.Height * convolution.Kernel.Width;
                weights[..taps].Fill(1f / taps); // the first channel is an average of the first
            }
        }
        new FaceDetectorZip(network, new FaceManifest
        {
            CreatedBy = "tests",
            Architecture = FaceNetwork.Name,
            Widths = widths,
            Pyramid = Channels,
            Threshold = 0.5f,
            LongSide = 448,
        }).Save(path);
        return path;
    }

    /// <summary>A black picture with white discs.</summary>
    public static Image Picture(params ReadOnlySpan<(int X, int Y)> discs)
    {
        byte[] pixels = new byte[Width * Height * 3];
        for (int y = 0; y < Height; y++)
            for (int x = 0; x < Width; x++)
            {
                bool isWhite = false;
                foreach ((int cx, int cy) in discs) isWhite |= (x - cx) * (x - cx) + (y - cy) * (y - cy) <= Radius * Radius;
                if (isWhite) pixels.AsSpan((y * Width + x) * 3, 3).Fill(byte.MaxValue);
            }
        return new Image(Width, Height, 3, pixels);
    }

    /// <summary>Writes such a picture as PNG.</summary>
    /// <returns>The path.</returns>
    public static string Write(string path, params ReadOnlySpan<(int X, int Y)> discs)
    {
        byte[] png = PngEncoder.Encode(Picture(discs));
        AtomicFile.Write(path, s => s.Write(png));
        return path;
    }
}
