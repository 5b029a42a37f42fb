using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json.Nodes;
using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.MLNetZip;

/// <summary>Model zips that announce more than they hold, and manifests that are whole JSON and yet mean nothing.</summary>
public sealed class HostileModelZipTests : IDisposable
{
    private const string ManifestEntry = "EmotionMLNet/manifest.json";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [HostileTheory]
    [InlineData("man0.zip", "no JSON object")]
    [InlineData("man1.zip", "no JSON object")]
    [InlineData("man2.zip", "no JSON object")]
    [InlineData("man3.zip", "no JSON object")]
    [InlineData("man8.zip", "manifest version 0")]
    [InlineData("lab-null.zip", "no labels")]
    [InlineData("pre-null.zip", "no 'preprocessing'")]
    [InlineData("mean-null.zip", "normalisation")]
    [InlineData("std-null.zip", "normalisation")]
    [InlineData("std-neg.zip", "standard deviation")]
    [InlineData("resize99.zip", "'resize' is 99")]
    [InlineData("onnx1900mb.zip", "no network of EmotionMLNet")] // zeros, and nearly 2 GB of them: not unpacked
    public void Is_refused_when_it_is_loaded(string file, string cause)
    {
        string path = HostileFiles.Put($"zips/{file}", folder);
        Refusal.Of<ModelFormatException>(cause, () => ModelZip.Load(path));
        Refusal.Of<ModelFormatException>(path, () => EmotionClassifier.Load(path));
    }

    [HostileTheory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(6)]
    public void Two_dots_are_a_label_like_any_other(int place)
        => Assert.Equal("..", ModelZip.Load(HostileFiles.Put($"zips/dd{place}.zip", folder)).Manifest.Labels[place]);

    [Theory]
    [InlineData("a", "b", "a")]
    [InlineData("a", "b", "")]
    [InlineData("a", "b", " ")]
    [InlineData("a", "b", "c\u001B[31m")]
    [InlineData("a", "b", "c\nd")]
    public void Labels_that_no_output_can_show_are_refused(params string[] labels)
    {
        TinyModel.Make("residual", labels).Save(folder["a.zip"]);
        Refusal.Of<ModelFormatException>("label", () => ModelZip.Load(folder["a.zip"]));
    }

    // Every entry of a manifest with everything in it, put out of its kind: what loads can be used, and the rest is refused in one way.
    [Fact]
    public void A_manifest_with_any_entry_out_of_its_kind_is_refused_or_works()
    {
        ModelZip whole = TinyModel.Make("residual");
        float[] ranges = new float[whole.Network.Nodes.Count + 1];
        Full(
                whole with
                {
                    Manifest = whole.Manifest with
                    {
                        Quantisation = new ActivationRanges
                        {
                            Least = ranges,
                            Largest = [.. ranges.Select(_ => 1f)],
                            Images = 3,
                        },
                    },
                }
            )
            .Save(folder["whole.zip"]);
        JsonNode manifest = ReadManifest();
        JsonNode?[] replacements =
        [
            null,
            -1,
            1e300,
            0,
            "x",
            "",
            new JsonArray(),
            new JsonArray(null, null),
            new JsonObject(),
            new string('y', 20_000),
            99,
        ];
        int refused = 0, read = 0;
        foreach (string[] path in Paths(manifest, []).ToArray())
        {
            foreach (JsonNode? replacement in replacements)
            {
                JsonNode altered = manifest.DeepClone();
                Replace(altered, path, replacement?.DeepClone());
                WithManifest(altered.ToJsonString());
                try
                {
                    ModelZip model = ModelZip.Load(folder["altered.zip"]);
                    EmotionClassifier
                        .From(model)
                        .Classify(
                            new Image(8, 8, model.Manifest.Preprocessing.Channels, new byte[64 * model.Manifest.Preprocessing.Channels])
                        );
                    model.Save(folder["again.zip"]);
                    ModelZip.Load(folder["again.zip"]);
                    read++;
                }
                catch (ModelFormatException e)
                {
                    Assert.DoesNotContain('\n', e.Message);
                    refused++;
                }
                catch (Exception e)
                {
                    Assert.Fail($"{string.Join('.', path)} = {replacement?.ToJsonString() ?? "null"}: {e}");
                }
            }
        }
        Assert.InRange(refused, 300, int.MaxValue);
        Assert.InRange(read, 20, int.MaxValue); // notes, dates and figures may be others
    }

    [Fact]
    public void Scores_that_are_no_numbers_are_never_a_label()
    {
        ModelZip model = Overflowing();
        EmotionClassifier classifier = EmotionClassifier.From(model);
        Refusal.Of<ModelOutputException>("not finite", () => classifier.Classify(Grey()));
        byte[] picture = Bmp();
        AtomicFile.Write(folder["face.bmp"], s => s.Write(picture));
        Refusal.Of<ModelOutputException>("not finite", () => classifier.Classify(folder["face.bmp"]));
        FileResult row = Assert.Single(classifier.ClassifyMany([folder["face.bmp"]], threads: 1));
        Assert.Null(row.Prediction);
        Assert.Contains("not finite", row.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void They_count_for_no_class_in_a_measurement_either()
    {
        ModelZip model = Overflowing();
        int length = model.Manifest.Preprocessing.Length;
        var images = new EmotionMLNet.Training.Data.ImageSet(
            EmotionMLNet.Training.Options.Split.Validation,
            "held out",
            model.Manifest.Labels,
            [0, 1],
            [new byte[length], [.. Enumerable.Repeat((byte)255, length)]],
            ["a.png", "b.png"]
        );
        using var team = new EmotionMLNet.Kernels.ThreadTeam(1);
        var plan = EmotionMLNet.Inference.InferencePlan.Compile(model.Network);
        Refusal.Of<ModelOutputException>(
            ".png",
            () => new EmotionMLNet.Training.Runs.Evaluator(team).ComputeProbabilities(plan, model.Manifest.Preprocessing, images)
        );
        Refusal.Of<ModelOutputException>(
            ".png",
            () => new EmotionMLNet.Training.Runs.Evaluator(team).ComputeLogits(plan, model.Manifest.Preprocessing, images)
        );
    }

    [Fact]
    public void A_deadline_ends_the_loading()
    {
        TinyModel.Make("residual").Save(folder["a.zip"]);
        TinyModel.Make("residual").ExportOnnx(folder["a.onnx"]);
        var over = new CancellationToken(canceled: true);
        Assert.ThrowsAny<OperationCanceledException>(() => ModelZip.Load(folder["a.zip"], over));
        Assert.ThrowsAny<OperationCanceledException>(() => EmotionClassifier.Load(folder["a.zip"], cancellationToken: over));
        Assert.ThrowsAny<OperationCanceledException>(() => new OnnxSource().Read(folder["a.onnx"], over));
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression, -1000, "longer than it announces")]
    [InlineData(CompressionLevel.NoCompression, 1000, "ends early")]
    [InlineData(CompressionLevel.Fastest, 1000, "ends early")]
    public void An_entry_that_lies_about_its_length_is_refused(CompressionLevel level, int by, string cause)
    {
        byte[] zip = OneEntry(5000, level);
        int directory = zip.AsSpan().IndexOf("PK\u0001\u0002"u8);
        BinaryPrimitives.WriteInt32LittleEndian(zip.AsSpan(directory + 24), 5000 + by);
        using var archive = new ZipArchive(new MemoryStream(zip));
        Assert.Contains(
            cause,
            Assert.Throws<InvalidDataException>(() => ZipContent.Read(archive.Entries[0], 1 << 20)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_entry_whose_announced_length_is_out_of_all_proportion_is_not_unpacked()
    {
        using var archive = new ZipArchive(new MemoryStream(OneEntry(60_000_000)));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains(
            "announces 60000000 bytes",
            Assert.Throws<InvalidDataException>(() => ZipContent.Read(archive.Entries[0], int.MaxValue)).Message,
            StringComparison.Ordinal
        );
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // as ML.NET saves it: no hash of the network
    public void Bytes_at_random_in_a_zip_end_in_one_kind_of_exception(bool hasManifest)
    {
        TinyModel.Make("residual").Save(folder["a.zip"]);
        if (!hasManifest)
        {
            using ZipArchive zip = ZipFile.Open(folder["a.zip"], ZipArchiveMode.Update);
            foreach (ZipArchiveEntry entry in zip.Entries.ToArray())
                if (entry.FullName.StartsWith("EmotionMLNet/", StringComparison.Ordinal)) entry.Delete();
        }
        byte[] whole = File.ReadAllBytes(folder["a.zip"]);
        var random = new Random(3);
        for (int i = 0; i < 1500; i++)
        {
            byte[] broken = [.. whole];
            int from = i % 2 == 0 ? whole.Length - 3000 : 0; // the directory of a zip stands at its end
            for (int k = 0; k < 1 + i % 3; k++) broken[random.Next(from, whole.Length)] = (byte)random.Next(256);
            HostileFiles.Write(folder["broken.zip"], broken);
            try
            {
                ModelZip.Load(folder["broken.zip"]);
            }
            catch (ModelFormatException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(10)] // before the writer's name ends
    [InlineData(19)]
    public void An_ONNX_step_that_ends_before_it_says_whose_it_is(int length)
    {
        byte[] start = [1, 0, 0, 0, 0x08, 0x07, 0x12, 12, .. "EmotionMLNet"u8];
        WithSteps([("TransformerChain/Transform_001/OnnxModel", start[..length])]);
        Refusal.Of<ModelFormatException>("not a model of EmotionMLNet", () => ModelZip.Load(folder["steps.zip"]));
    }

    [Fact]
    public void An_ONNX_step_that_lies_about_its_length()
    {
        byte[] start = [1, 0, 0, 0, 0x08, 0x07, 0x12, 12, .. "EmotionMLNet"u8];
        WithSteps([("TransformerChain/Transform_001/OnnxModel", start)]);
        Refusal.Of<ModelFormatException>(
            "TransformerChain/Transform_001/OnnxModel does not have the length",
            () => ModelZip.Load(folder["steps.zip"])
        );
    }

    [Fact]
    public void Steps_by_the_thousand_are_counted_and_not_unpacked()
    {
        byte[] start = [0, 0, 0, 0, 0x08, 0x07, 0x12, 12, .. "EmotionMLNet"u8, .. new byte[10_000]];
        WithSteps([.. Enumerable.Range(0, 5000).Select(i => ($"a/Transform_{i}/OnnxModel", start))]);
        Refusal.Of<ModelFormatException>("200 networks of EmotionMLNet", () => ModelZip.Load(folder["steps.zip"]));
        WithSteps([.. Enumerable.Range(0, 5000).Select(i => ($"a\u001B[31m/Transform_{i}/Model.key", start))]);
        Refusal.Of<ModelFormatException>("steps cannot be read", () => ModelZip.Load(folder["steps.zip"]));
    }

    private void WithSteps(IReadOnlyList<(string Name, byte[] Content)> steps)
    {
        File.Delete(folder["steps.zip"]);
        using ZipArchive zip = ZipFile.Open(folder["steps.zip"], ZipArchiveMode.Create);
        foreach ((string name, byte[] content) in steps)
        {
            using Stream entry = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
            entry.Write(content);
        }
    }

    // Finite weights whose sums are not: what a training on the edge leaves.
    private static ModelZip Overflowing()
    {
        ModelZip model = TinyModel.Make("residual");
        foreach ((string name, var parameter) in model.Network.Parameters)
            if (name.EndsWith(".weight", StringComparison.Ordinal) && parameter.Dimensions.Count > 1) parameter.Values.AsSpan().Fill(1e30f);
        return model;
    }

    private static Image Grey() => new(8, 8, 1, [.. Enumerable.Range(0, 64).Select(i => (byte)(4 * i))]);

    // 24 bits a pixel, bottom up, rows of a multiple of four bytes.
    private static byte[] Bmp()
    {
        var bmp = new byte[54 + 8 * 24];
        "BM"u8.CopyTo(bmp);
        foreach ((int at, int value) in new[] { (2, bmp.Length), (10, 54), (14, 40), (18, 8), (22, 8), (26, 1 | 24 << 16), (34, 8 * 24) })
            BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(at), value);
        for (int i = 54; i < bmp.Length; i++) bmp[i] = (byte)i;
        return bmp;
    }

    private static byte[] OneEntry(int length, CompressionLevel level = CompressionLevel.Optimal)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        using (Stream entry = zip.CreateEntry("a", level).Open()) entry.Write(new byte[length]);
        return stream.ToArray();
    }

    private static ModelZip Full(ModelZip model)
    {
        var calibration = new CalibrationRecord
        {
            Temperature = 1.5,
            Split = "s",
            Images = 3,
            Bins = 15,
            Folds = 5,
            ErrorBefore = 0.1,
            ErrorAfter = 0.1,
            ErrorCrossFitted = 0.1,
            LogLossBefore = 1,
            LogLossAfter = 1,
            LogLossCrossFitted = 1,
            DataFingerprint = "f",
        };
        return model with
        {
            Manifest = model.Manifest with
            {
                Licence = "CC0",
                DataFingerprint = "f",
                TrainingNotes = ["one note"],
                Metrics = new Dictionary<string, double> { ["validationAccuracy"] = 0.5 },
                Calibration = calibration,
                Members =
                [
                    new EnsembleMember
                    {
                        File = "a.zip",
                        Sha256 = "00",
                        Weight = 1,
                        Architecture = "a",
                        Parameters = 3,
                        CreatedBy = "tests",
                        Metrics = new Dictionary<string, double> { ["x"] = 1 },
                        Calibration = calibration,
                    },
                ],
                Settings = System
                    .Text.Json.JsonDocument.Parse("""{"epochs": 3, "distillation": {"teachers": ["a"], "weight": 0.5}}""")
                    .RootElement,
            },
        };
    }

    private JsonNode ReadManifest()
    {
        using ZipArchive zip = ZipFile.OpenRead(folder["whole.zip"]);
        using Stream entry = zip.GetEntry(ManifestEntry)!.Open();
        JsonNode manifest = JsonNode.Parse(entry)!;
        string hash = manifest["onnxSha256"]!.GetValue<string>();
        manifest["measurements"] = JsonNode.Parse(
            $$"""[{"onnxSha256": "{{hash}}", "inEightBits": true, "split": "s", "purpose": "test", "dataFingerprint": "f", "testTimeAugmentation": "none", "images": 3, "accuracy": 0.5, "accuracyLow": 0.4, "accuracyHigh": 0.6, "macroF1": 0.5, "logLoss": 1, "expectedCalibrationError": 0.1}]"""
        );
        return manifest;
    }

    private void WithManifest(string json)
    {
        File.Copy(folder["whole.zip"], folder["altered.zip"], overwrite: true);
        using ZipArchive zip = ZipFile.Open(folder["altered.zip"], ZipArchiveMode.Update);
        zip.GetEntry(ManifestEntry)!.Delete();
        using var writer = new StreamWriter(zip.CreateEntry(ManifestEntry).Open());
        writer.Write(json);
    }

    private static IEnumerable<string[]> Paths(JsonNode? node, string[] at)
    {
        if (at.Length > 0) yield return at;
        if (node is JsonObject entries)
        {
            foreach ((string name, JsonNode? value) in entries)
                foreach (string[] path in Paths(value, [.. at, name])) yield return path;
        }
        else if (node is JsonArray { Count: > 0 } items)
        {
            foreach (string[] path in Paths(items[0], [.. at, "0"])) yield return path;
        }
    }

    private static void Replace(JsonNode node, string[] path, JsonNode? with)
    {
        foreach (string step in path[..^1]) node = (node is JsonArray items ? items[0] : node[step])!;
        if (node is JsonArray array) array[0] = with;
        else node[path[^1]] = with;
    }
}
