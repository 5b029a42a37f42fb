using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Trainer.MLNet;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace EmotionMLNet.Tests.TrainerMLNet;

/// <summary>What pipelines compute of pictures.</summary>
public sealed class FeatureTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Features_of_an_ONNX_file_are_what_ONNX_Runtime_says_of_normalised_planes()
    {
        const int side = 224;
        string model = Path.Combine(AppContext.BaseDirectory, "DnnImageModels", "ResNet18Onnx", "ResNet18.onnx");
        byte[] pixels = RandomBytes(side * side * 3, seed: 5);
        string path = Save("a.png", side, side, 3, pixels);
        float[] features = Compute(OnnxFeatures.Read(model, new TrainingOptions()), path)[0];

        float[] mean = [0.485f, 0.456f, 0.406f], deviation = [0.229f, 0.224f, 0.225f];
        var planes = new DenseTensor<float>([1, 3, side, side]);
        for (int i = 0; i < pixels.Length; i++)
        {
            int channel = i % 3, at = i / 3;
            planes[0, channel, at / side, at % side] = (pixels[i] / 255f - mean[channel]) / deviation[channel];
        }
        using var session = new InferenceSession(model);
        string input = Assert.Single(session.InputMetadata).Key;
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> expected = session.Run(
            [NamedOnnxValue.CreateFromTensor(input, planes)]
        );
        float[] values = [.. expected[0].AsEnumerable<float>()];
        Assert.Equal(512, features.Length);
        Assert.All(values.Zip(features), p => Assert.Equal(p.First, p.Second, 1e-3f));
    }

    [Fact]
    public void ResNet18s_features_are_what_the_packages_graphs_say_of_planes_in_ONNX_Runtime()
    {
        const int side = 224;
        byte[] pixels = RandomBytes(side * side * 3, seed: 6);
        string path = Save("a.png", side, side, 3, pixels);
        float[] features = Compute(new ResNet18Features(new TrainingOptions()), path)[0];

        var planes = new DenseTensor<float>([1, 3, side, side]);
        for (int i = 0; i < pixels.Length; i++) planes[0, i % 3, i / 3 / side, i / 3 % side] = pixels[i];
        string models = Path.Combine(AppContext.BaseDirectory, "DnnImageModels");
        Tensor<float> prepared = Run(Path.Combine(models, "ResNetPrepOnnx", "ResNetPreprocess.onnx"), planes);
        Tensor<float> expected = Run(Path.Combine(models, "ResNet18Onnx", "ResNet18.onnx"), prepared);
        Assert.All(expected.Zip(features), p => Assert.Equal(p.First, p.Second, 1e-3f));

        static Tensor<float> Run(string model, Tensor<float> values)
        {
            using var session = new InferenceSession(model);
            (string name, NodeMetadata input) = session.InputMetadata.First();
            int[] shape = [.. input.Dimensions.Select(d => Math.Max(d, 1))];
            using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> result = session.Run(
                [NamedOnnxValue.CreateFromTensor(name, values.Reshape(shape))]
            );
            return result[0].AsTensor<float>().Clone();
        }
    }

    [Fact]
    public void Pixels_of_FER2013s_CSV_are_its_numbers()
    {
        int[] numbers = [.. RandomBytes(48 * 48, seed: 3).Select(b => (int)b)];
        string csv = folder["fer2013.csv"];
        string pixels = string.Join(' ', numbers);
        AtomicFile.WriteText(csv, $"emotion,pixels,Usage\n3,{pixels},Training\n4,{pixels},Training\n");
        Dataset data = DataLoader.Load(
            new DataOptions { Path = csv, WholeAs = Split.Train },
            new PixelFeatures(new TrainingOptions()).Size,
            [Split.Train]
        ).Dataset;
        float[][] rows = new FeatureStore().Compute(
            new PixelFeatures(new TrainingOptions()),
            data[Split.Train]!,
            folder["kept"],
            new SilentReporter(),
            default
        );
        Assert.All(rows[0].Zip(numbers), p => Assert.Equal(p.Second, p.First, 1f));
    }

    [Fact]
    public void A_format_that_ML_NET_does_not_know_is_decoded_by_us()
    {
        byte[] pixels = RandomBytes(48 * 48, seed: 4);
        string path = folder["a.pgm"];
        AtomicFile.Write(path, s =>
        {
            s.Write("P5\n48 48\n255\n"u8);
            s.Write(pixels);
        });
        float[] row = Compute(new PixelFeatures(new TrainingOptions()), path)[0];
        Assert.All(row.Zip(pixels), p => Assert.Equal(p.Second, p.First, 1f));
    }

    [Fact]
    public void Slow_features_are_kept_under_the_hash_of_the_pictures()
    {
        string model = Path.Combine(AppContext.BaseDirectory, "DnnImageModels", "ResNet18Onnx", "ResNet18.onnx");
        var features = OnnxFeatures.Read(model, new TrainingOptions());
        string path = Save("a.png", 20, 20, 1, RandomBytes(400, seed: 1));
        float[] first = Compute(features, path)[0];
        string kept = Assert.Single(Directory.GetFiles(folder["kept"]));
        byte[] marked = new byte[512 * sizeof(float)];
        AtomicFile.Write(kept, s => s.Write(marked));
        Assert.All(Compute(features, path)[0], v => Assert.Equal(0, v)); // read, not computed
        AtomicFile.Write(kept, s => s.Write(marked.AsSpan(0, 0)));
        Assert.Equal(first, Compute(features, path)[0]); // damaged: computed again
        Save("a.png", 20, 20, 1, RandomBytes(400, seed: 2));
        Assert.NotEqual(first, Compute(features, path)[0]);
        Assert.Equal(2, Directory.GetFiles(folder["kept"]).Length);
    }

    public void Dispose() => folder.Dispose();

    private static byte[] RandomBytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private string Save(string name, int width, int height, int channels, byte[] pixels)
    {
        AtomicFile.Write(folder[name], s => s.Write(PngEncoder.Encode(new Image(width, height, channels, pixels))));
        return folder[name];
    }

    private float[][] Compute(Features features, string path)
    {
        var set = new ImageSet(Split.Train, "train", ["a"], [0], [], [path]) { Contents = [new FileContent(path)] };
        return new FeatureStore().Compute(features, set, folder["kept"], new SilentReporter(), default);
    }
}
