using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using EmotionMLNet.Faces;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Tensors;
using EmotionMLNet.Tests.Onnx;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Faces;

/// <summary>A detector's file: what is written is read, ONNX Runtime says the same, and hostile bytes are refused in one line.</summary>
public sealed class FaceDetectorZipTests
{
    [Theory]
    [InlineData(OnnxWeights.Full)]
    [InlineData(OnnxWeights.Half)]
    public void Comes_back_bit_for_bit(OnnxWeights weights)
    {
        FaceDetectorZip made = TinyDetector.Make(weights: weights);
        byte[] file = TinyDetector.Save(made);
        FaceDetectorZip read = FaceDetectorZip.Load(file, "faces.zip");
        foreach (((string name, var a), (string otherName, var b)) in made.Network.Parameters.Zip(read.Network.Parameters))
        {
            Assert.Equal(name, otherName);
            Assert.Equal(a.Values, b.Values);
        }
        Assert.Equal(made.Manifest.Widths, read.Manifest.Widths);
        Assert.Equal(made.Manifest.Threshold, read.Manifest.Threshold);
        Assert.Equal(file, TinyDetector.Save(read));
    }

    [Fact]
    public void Weights_in_halves_take_half_the_room()
    {
        FaceDetectorZip detector = TinyDetector.Make();
        long Length(OnnxWeights held) => FaceOnnx.Write(detector.Network, detector.Manifest with { Weights = held }).Length;
        long weights = FaceNetwork.CountWeights(TinyDetector.Widths, TinyDetector.Pyramid);
        Assert.InRange(Length(OnnxWeights.Full) - Length(OnnxWeights.Half), weights, 2 * weights);
    }

    [Theory]
    [InlineData(new[] { 4, 6, 5, 7 }, 6)]
    [InlineData(new[] { 32, 48, 96, 96 }, 48)]
    public void Weights_are_counted_without_building_the_network(int[] widths, int pyramid)
    {
        Network network = FaceNetwork.Build(32, 32, widths, pyramid);
        Assert.Equal(
            network.Parameters.Where(p => p.Parameter.Dimensions.Count > 1).Sum(p => (long)p.Parameter.Length),
            FaceNetwork.CountWeights(widths, pyramid)
        );
    }

    [Theory]
    [InlineData(32, 32)]
    [InlineData(64, 96)]
    [InlineData(160, 32)]
    [InlineData(224, 128)]
    public void ONNX_Runtime_gives_the_same_cells(int height, int width)
    {
        FaceDetectorZip detector = TinyDetector.Make();
        byte[] onnx = FaceOnnx.Write(detector.Network, detector.Manifest).ToArray();
        var random = new Random(height * 1000 + width);
        float[] grey = [.. Enumerable.Range(0, height * width).Select(_ => (float)random.Next(256))];
        float[][] outputs = OnnxRuntime.RunAll(onnx, grey, 1, 1, height, width);

        var session = new InferenceSession(
            InferencePlan.Compile(detector.Network.At(new Shape(height, width, 1))), 1, new ThreadTeam(1));
        session.Input.Batch = 1;
        for (int i = 0; i < grey.Length; i++) session.Input.Span[i] = FaceScan.Normalise(grey[i]);
        session.RunToLogits();
        ReadOnlySpan<float> cells = session.Logits.Span;
        Assert.Equal(FaceLevel.All.Count, outputs.Length);
        int at = 0;
        for (int l = 0; l < outputs.Length; l++)
        {
            int plane = height / FaceLevel.All[l].Stride * (width / FaceLevel.All[l].Stride);
            Assert.Equal(plane * FaceLevel.Values, outputs[l].Length);
            for (int cell = 0; cell < plane; cell++)
                for (int v = 0; v < FaceLevel.Values; v++, at++) Assert.Equal(outputs[l][v * plane + cell], cells[at], 1e-3f);
        }
        Assert.Equal(cells.Length, at);
    }

    // A cell's place and sides, by hand.
    [Fact]
    public void Cells_become_boxes()
    {
        float[] cells = new float[FaceDecoder.CountCells(32, 64) * FaceLevel.Values];
        cells.AsSpan().Fill(-9);
        Span<float> cell = cells.AsSpan((1 * 8 + 3) * FaceLevel.Values, FaceLevel.Values); // stride 8, row 1, column 3
        (cell[0], cell[1], cell[2], cell[3], cell[4]) = (2, 0, MathF.Log(0.5f), MathF.Log(2), 1);
        List<Face> faces = [];
        FaceDecoder.AddFaces(cells, 32, 64, 0.5f, 10, faces);
        Face face = Assert.Single(faces);
        Assert.Equal(1 / (1 + MathF.Exp(-2)), face.Score, 1e-6f);
        Assert.Equal(10 * (28 - 8), face.Box.X, 1e-3f);
        Assert.Equal(10 * (12 - 4), face.Box.Y, 1e-3f);
        Assert.Equal(10 * (8 + 16), face.Box.Width, 1e-3f);
        Assert.Equal(10 * (4 + 8 * MathF.E), face.Box.Height, 1e-2f);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        byte[] file = TinyDetector.Save(TinyDetector.Make());
        for (int length = 0; length < file.Length; length += length < 200 ? 1 : 97)
        {
            byte[] cut = file[..length];
            Refusal.Of<ModelFormatException>("cut.zip", () => FaceDetectorZip.Load(cut, "cut.zip"));
        }
    }

    [Fact]
    public void A_file_with_any_byte_changed_is_refused_or_loads()
    {
        byte[] file = TinyDetector.Save(TinyDetector.Make());
        var random = new Random(5);
        for (int i = 0; i < 300; i++)
        {
            byte[] changed = [.. file];
            changed[random.Next(file.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                FaceDetectorZip.Load(changed, "changed.zip");
            }
            catch (ModelFormatException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
        }
    }

    [Fact]
    public void A_classifier_is_told_apart()
    {
        using var folder = new TemporaryFolder();
        TinyModel.Make().Save(folder["model.zip"]);
        Refusal.Of<ModelFormatException>("is a classifier", () => FaceDetector.Load(folder["model.zip"]));
    }

    [Fact]
    public void And_a_detector_is_no_classifier()
    {
        byte[] file = TinyDetector.Save(TinyDetector.Make());
        Refusal.Of<ModelFormatException>("not a model", () => EmotionClassifier.Load(file));
    }

    [Fact]
    public void Too_large_a_file_is_not_read()
    {
        using var folder = new TemporaryFolder();
        using (FileStream large = File.Create(folder["large.zip"])) large.SetLength(FaceDetectorZip.LargestFile + 1L);
        Refusal.Of<EmotionMLNet.Files.UnusableFileException>("more than the limit", () => FaceDetector.Load(folder["large.zip"]));
        using FileStream stream = File.OpenRead(folder["large.zip"]);
        Refusal.Of<ModelFormatException>("more than", () => FaceDetector.Load(stream));
    }

    [Theory]
    [InlineData("schemaVersion", "2", "version 2")]
    [InlineData("schemaVersion", "\"x\"", "version 0")]
    [InlineData("architecture", "\"vgg16\"", "'architecture'")]
    [InlineData("widths", "[4, 6, 5]", "'widths'")]
    [InlineData("widths", "null", "'widths'")]
    [InlineData("widths", "[4, 6, 5, 100000]", "'widths'")]
    [InlineData("widths", "[4000, 4000, 4000, 4000]", "has not the widths")]
    [InlineData("widths", "[4, 6, 5, 6]", "has not the tensor")]
    [InlineData("pyramid", "0", "'pyramid'")]
    [InlineData("pyramid", "5", "has not the tensor")]
    [InlineData("threshold", "0", "'threshold'")]
    [InlineData("threshold", "1.5", "'threshold'")]
    [InlineData("longSide", "-3", "'longSide'")]
    [InlineData("weights", "\"Quantised\"", "'weights'")]
    [InlineData("onnxSha256", "\"00\"", "altered")]
    [InlineData("data", "[null]", "'data'")]
    public void A_manifest_that_means_nothing_is_refused(string entry, string value, string cause)
    {
        byte[] file = Change(TinyDetector.Save(TinyDetector.Make()), m => m[entry] = JsonNode.Parse(value));
        Refusal.Of<ModelFormatException>(cause, () => FaceDetectorZip.Load(file, "changed.zip"));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{")]
    public void A_manifest_of_another_form_is_refused(string json)
    {
        byte[] file = Replace(TinyDetector.Save(TinyDetector.Make()), "manifest.json", Encoding.UTF8.GetBytes(json));
        Refusal.Of<ModelFormatException>("changed.zip", () => FaceDetectorZip.Load(file, "changed.zip"));
    }

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("model.onnx")]
    public void A_file_without_a_part_is_refused(string entry)
        => Refusal.Of<ModelFormatException>(
            entry, () => FaceDetectorZip.Load(Replace(TinyDetector.Save(TinyDetector.Make()), entry, null), "changed.zip"));

    [Fact]
    public void Weights_that_are_no_numbers_are_not_written()
    {
        FaceDetectorZip detector = TinyDetector.Make();
        detector.Network.Parameters.First().Parameter.Values[0] = float.NaN;
        Assert.Throws<OnnxFormatException>(() => TinyDetector.Save(detector));
    }

    private static byte[] Change(byte[] file, Action<JsonNode> change)
    {
        using var zip = new ZipArchive(new MemoryStream(file));
        using Stream stream = zip.GetEntry("manifest.json")!.Open();
        JsonNode manifest = JsonNode.Parse(stream)!;
        change(manifest);
        return Replace(file, "manifest.json", Encoding.UTF8.GetBytes(manifest.ToJsonString()));
    }

    private static byte[] Replace(byte[] file, string name, byte[]? content)
    {
        using var changed = new MemoryStream();
        changed.Write(file);
        using (var zip = new ZipArchive(changed, ZipArchiveMode.Update, leaveOpen: true))
        {
            zip.GetEntry(name)!.Delete();
            if (content is not null)
            {
                using Stream stream = zip.CreateEntry(name).Open();
                stream.Write(content);
            }
        }
        return changed.ToArray();
    }
}
