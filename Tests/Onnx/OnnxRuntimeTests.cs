using EmotionMLNet.Imaging;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Onnx.Inputs;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Tests.Onnx;

public sealed class OnnxRuntimeTests
{
    private const int Batch = 3;

    public static TheoryData<string> Names => OnnxRoundTripTests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Scores_are_those_of_our_engine(string name)
    {
        Network network = OnnxRoundTripTests.Make(name);
        ImagePreprocessing p = OnnxRoundTripTests.Preprocessing(network);
        byte[][] pictures = [.. Enumerable.Range(0, Batch).Select(i => Noise(p.Length, i))];
        float[] expected = Ours(network, p, pictures);
        Close(
            expected,
            OnnxRuntime.Run(
                OnnxRoundTripTests.Write(network),
                Planes(p, pictures),
                Batch,
                p.Channels,
                p.Height,
                p.Width
            ),
            1e-4f
        );
    }

    [Theory]
    [InlineData("plain")] // grey, from RGB bytes
    [InlineData("residual")]
    public void The_front_for_pictures_at_network_size_takes_them_as_they_are(string name)
    {
        Network network = OnnxRoundTripTests.Make(name);
        ImagePreprocessing p = OnnxRoundTripTests.Preprocessing(network);
        byte[][] rgb = [.. Enumerable.Range(0, Batch).Select(i => Noise(p.Width * p.Height * 3, i))];
        float[] scores = OnnxRuntime.Run(
            OnnxRoundTripTests.Write(network, new FixedSizeInput("picture")),
            rgb.SelectMany(b => b).ToArray(),
            Batch,
            p.Height,
            p.Width,
            3
        );
        Close(Ours(network, p, [.. rgb.Select(picture => Prepared(p, picture, p.Width, p.Height))]), scores, 1e-4f);
    }

    [Theory]
    [InlineData("plain", ResizeMode.Stretch, 31, 20, 2e-3f)]
    [InlineData("residual", ResizeMode.Stretch, 30, 44, 2e-3f)]
    [InlineData("residual", ResizeMode.Stretch, 5, 4, 2e-3f)]   // enlarged
    [InlineData("plain", ResizeMode.Stretch, 7, 9, 1e-4f)]      // as it is
    [InlineData("residual", ResizeMode.Pad, 28, 20, 2e-3f)]
    [InlineData("residual", ResizeMode.Pad, 28, 24, 2e-3f)]     // an odd border
    [InlineData("plain", ResizeMode.Pad, 16, 36, 2e-3f)]
    [InlineData("residual", ResizeMode.CentreCrop, 28, 36, 2e-3f)] // the aspect ratio of the network: nothing to cut
    [InlineData("residual", ResizeMode.CentreCrop, 36, 36, 2e-3f)] // 28 x 36 in the middle
    public void The_front_for_any_size_resizes_as_we_do(string name, ResizeMode mode, int width, int height, float tolerance)
    {
        Network network = OnnxRoundTripTests.Make(name);
        ImagePreprocessing p = OnnxRoundTripTests.Preprocessing(network) with { Resize = mode, PadValue = 99 };
        byte[] picture = Noise(width * height * 3, 5);
        float[] scores = OnnxRuntime.Run(
            OnnxRoundTripTests.Write(network, new AnySizeInput(), preprocessing: p),
            picture,
            1,
            height,
            width,
            3
        );
        Close(Ours(network, p, [Prepared(p, picture, width, height)]), scores, tolerance);
    }

    [Theory]
    [InlineData("residual", OnnxWeights.Half, 2e-3f)]
    [InlineData("gates", OnnxWeights.Half, 2e-3f)]
    [InlineData("residual", OnnxWeights.Quantised, 0.03f)]
    [InlineData("depthwise", OnnxWeights.Quantised, 0.03f)]
    internal void Compressed_weights_are_expanded_and_come_close(string name, OnnxWeights weights, float tolerance)
    {
        Network network = OnnxRoundTripTests.Make(name);
        ImagePreprocessing p = OnnxRoundTripTests.Preprocessing(network);
        byte[][] pictures = [Noise(p.Length, 1)];
        byte[] full = OnnxRoundTripTests.Write(network), compressed = OnnxRoundTripTests.Write(network, weights: weights);
        float[] scores = OnnxRuntime.Run(
            compressed,
            Planes(p, pictures),
            1,
            p.Channels,
            p.Height,
            p.Width
        );
        Close(Ours(network, p, pictures), scores, tolerance);
        // The importer expands them to the same numbers.
        Close(Ours(EmotionMLNet.Onnx.Import.OnnxImport.Read(compressed).Network, p, pictures), scores, 1e-4f);
        Assert.NotEqual(full, compressed);
    }

    private static float[] Ours(Network network, ImagePreprocessing preprocessing, byte[][] pictures)
    {
        using var team = new ThreadTeam(1);
        var session = new InferenceSession(InferencePlan.Compile(network), pictures.Length, team);
        for (int n = 0; n < pictures.Length; n++) preprocessing.Normalise(pictures[n], session.Input.Image(n));
        session.Run();
        return session.Probabilities.Span.ToArray();
    }

    private static byte[] Prepared(ImagePreprocessing preprocessing, byte[] rgb, int width, int height)
    {
        var pixels = new byte[preprocessing.Length];
        preprocessing.ToPixels(new Image(width, height, 3, rgb), pixels);
        return pixels;
    }

    private static float[] Planes(ImagePreprocessing p, byte[][] pictures)
    {
        int plane = p.Width * p.Height;
        var planes = new float[pictures.Length * p.Length];
        for (int n = 0; n < pictures.Length; n++)
            for (int i = 0; i < plane; i++)
                for (int c = 0; c < p.Channels; c++) planes[(n * p.Channels + c) * plane + i] = pictures[n][i * p.Channels + c];
        return planes;
    }

    private static byte[] Noise(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static void Close(float[] expected, float[] actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], tolerance);
    }
}
