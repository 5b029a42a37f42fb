using System.Formats.Tar;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx.Import;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Weights;
using Ort = Microsoft.ML.OnnxRuntime;

namespace EmotionMLNet.Tests.Transfer;

/// <summary>The ResNet-18 of ML.NET's image featurizer, the real file out of its package, against ONNX Runtime.</summary>
public sealed class FeaturizerNetworkTests : IDisposable
{
    private const int Side = 224, Features = 512;

    private static readonly PretrainedWeights Weights = PretrainedWeights.Find("resnet18-mlnet");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [FeaturizerFact]
    public void The_file_is_the_published_one_and_has_no_head()
    {
        Assert.Same(Weights, PretrainedWeights.FindGraph(FeaturizerFiles.Network!));
        OnnxImport import = OnnxImport.ReadBackbone(File.ReadAllBytes(FeaturizerFiles.Network!));
        Assert.Equal((false, Features, 15_897_152), (import.HasHead, import.Network.OutputShape.Channels, import.Network.ParameterCount));
    }

    [FeaturizerFact]
    public void Features_of_drawn_faces_are_those_of_ONNX_Runtime() =>
        AssertFeatures(
            [.. Directory.GetFiles(Path.Combine(Repository.Root, "data", "faces"), "*.png", SearchOption.AllDirectories).Order().Take(4)]
        );

    [SharedDataFact("photos.tar")]
    public void Features_of_photographs_are_those_of_ONNX_Runtime()
    {
        if (FeaturizerFiles.Missing is null) AssertFeatures(Photographs(8));
    }

    // Their mean picture lies around the means of its channels; what that changes is what another size or crop would change as well.
    [SharedDataFact("photos.tar")]
    public void A_mean_a_channel_gives_nearly_the_features_of_the_mean_picture()
    {
        if (FeaturizerFiles.Missing is not null) return;
        ModelZip ours = Load();
        string[] photographs = Photographs(8);
        using var preparation = new Ort.InferenceSession(FeaturizerFiles.Preparation!);
        using var network = new Ort.InferenceSession(FeaturizerFiles.Network!);
        double difference = 0, all = 0, cosine = 1;
        foreach (string path in photographs)
        {
            byte[] pixels = Pixels(ours, path);
            float[] theirs = Run(network, "Input247", Run(preparation, "OriginalInput", Planes(pixels))), features = Ours(ours, pixels);
            double dot = 0, a = 0, b = 0;
            for (int i = 0; i < Features; i++)
            {
                (double t, double o) = (theirs[i], features[i]);
                (dot, a, b) = (dot + t * o, a + t * t, b + o * o);
                difference += (t - o) * (t - o);
            }
            all += a;
            cosine = Math.Min(cosine, dot / Math.Sqrt(a * b));
        }
        // Measured on 24 of them: 0.044 and 0.998.
        Assert.InRange(Math.Sqrt(difference / all), 0, 0.08);
        Assert.InRange(cosine, 0.99, 1);
    }

    [FeaturizerFact]
    public void A_head_on_it_is_trained_saved_and_loaded()
    {
        string faces = Path.Combine(Repository.Root, "data", "faces");
        foreach ((string label, int n) in from l in new[] { "happy", "sad" } from n in Enumerable.Range(0, 6) select (l, n))
        {
            string from = Directory.GetFiles(Path.Combine(faces, label), "*.png", SearchOption.AllDirectories).Order().ElementAt(n);
            Directory.CreateDirectory(folder[$"data/{label}"]);
            File.Copy(from, folder[$"data/{label}/{n}.png"]);
        }
        var options = new TrainingOptions
        {
            Data = new DataOptions { ValidationFraction = 0.34, TestFraction = 0 },
            FineTuning = new FineTuningOptions { Backbone = FeaturizerFiles.Network, Freeze = Freezing.All },
            Optimisation = new OptimisationOptions { Epochs = 3, BatchSize = 4, LearningRate = 1e-3f },
            Network = new NetworkOptions { Width = 96, Height = 96 },
            Output = new OutputOptions { Calibrate = false },
        };
        TrainedModel model = new ExpressionTrainer(options).Fit(folder["data"]);
        model.Save(folder["model.zip"]);
        ModelZip zip = ModelZip.Load(folder["model.zip"]);
        Assert.Equal(["happy", "sad"], zip.Manifest.Labels);
        Assert.Equal("onnx:ResNet18", zip.Manifest.Architecture);
        Assert.Equal((96, 96, 3), (zip.Network.InputShape.Height, zip.Network.InputShape.Width, zip.Network.InputShape.Channels));
        Assert.Equal(Weights.Graph!.Mean, zip.Manifest.Preprocessing.Mean);
        Assert.Equal(15_897_152 + 2 * Features + 2, zip.Network.ParameterCount);
    }

    // To 1e-4 of the largest feature of the picture, with the mean of each channel on both sides: theirs blue first, ours red.
    private static void AssertFeatures(string[] paths)
    {
        ModelZip ours = Load();
        using var network = new Ort.InferenceSession(FeaturizerFiles.Network!);
        foreach (string path in paths)
        {
            byte[] pixels = Pixels(ours, path);
            float[] input = Planes(pixels), turned = new float[input.Length];
            for (int c = 0; c < 3; c++)
                for (int i = 0; i < Side * Side; i++)
                    turned[(2 - c) * Side * Side + i] = input[c * Side * Side + i] - 255 * Weights.Graph!.Mean[c];
            float[] expected = Run(network, "Input247", turned), actual = Ours(ours, pixels);
            float tolerance = 1e-4f * expected.Max(Math.Abs);
            Assert.True(tolerance > 0);
            for (int i = 0; i < Features; i++) Assert.Equal(expected[i], actual[i], tolerance);
        }
    }

    private static ModelZip Load() => WarmStart.Load(FeaturizerFiles.Network!, new TrainingOptions());

    private static byte[] Pixels(ModelZip model, string path)
    {
        var pixels = new byte[Side * Side * 3];
        model.Manifest.Preprocessing.ReadPixels(File.ReadAllBytes(path), pixels);
        return pixels;
    }

    private static float[] Ours(ModelZip model, byte[] pixels)
    {
        using var team = new ThreadTeam(1);
        var session = new InferenceSession(InferencePlan.Compile(model.Network), 1, team);
        model.Manifest.Preprocessing.Normalise(pixels, session.Input.Span);
        session.Run();
        return session.Logits.Span.ToArray();
    }

    // [1, 3, H, W], red first, 0 to 255
    private static float[] Planes(byte[] pixels)
    {
        var planes = new float[pixels.Length];
        for (int i = 0; i < pixels.Length; i++) planes[i % 3 * Side * Side + i / 3] = pixels[i];
        return planes;
    }

    private static float[] Run(Ort.InferenceSession session, string name, float[] input)
    {
        using var value = Ort.OrtValue.CreateTensorValueFromMemory(input, [1, 3, Side, Side]);
        using var options = new Ort.RunOptions();
        using var results = session.Run(options, [name], [value], [session.OutputMetadata.Keys.First()]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private string[] Photographs(int count)
    {
        var paths = new List<string>();
        using var tar = new TarReader(File.OpenRead(Path.Combine(SharedData.Folder!, "photos.tar")));
        for (int seen = 0; paths.Count < count && tar.GetNextEntry() is { } entry;)
        {
            bool isPicture = entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile
                && entry.Name.StartsWith("photos/happy-sad/", StringComparison.Ordinal);
            if (!isPicture || seen++ % 10 != 0) continue;
            string path = folder[$"{paths.Count}{Path.GetExtension(entry.Name)}"];
            entry.ExtractToFile(path, overwrite: false);
            paths.Add(path);
        }
        return [.. paths];
    }
}

/// <summary>The files of the package Microsoft.ML.DnnImageFeaturizer.ResNet18: beside the tests, or in NuGet's cache.</summary>
internal static class FeaturizerFiles
{
    public static string? Network { get; } = Find("ResNet18Onnx", "ResNet18.onnx");

    public static string? Preparation { get; } = Find("ResNetPrepOnnx", "ResNetPreprocess.onnx");

    public static string? Missing { get; } = Network is not null && Preparation is not null
        ? null
        : "needs the NuGet package Microsoft.ML.DnnImageFeaturizer.ResNet18, restored by Trainer.MLNet";

    private static string? Find(string part, string file)
    {
        string beside = Path.Combine(AppContext.BaseDirectory, "DnnImageModels", part, file);
        if (File.Exists(beside)) return beside;
        var package = new NuGetPackage("Microsoft.ML.DnnImageFeaturizer.ResNet18", "0.23.1", $"tools/DnnImageModels/{part}/{file}");
        return package.FindUnpacked(NuGetPackage.Cache).FirstOrDefault();
    }
}

/// <summary>A fact that needs those files and says so when it skips.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FeaturizerFactAttribute : FactAttribute
{
    public FeaturizerFactAttribute() => Skip = FeaturizerFiles.Missing;
}
