using System.Text;
using EmotionMLNet.MLNetZip;

namespace EmotionMLNet.Tests.MLNetZip;

/// <summary>The numbers of the format's description: sizes, offsets, string tables and bodies that ML.NET itself wrote.</summary>
public sealed class TransformerChainTests
{
    // The sample of the description: three labels of fifteen letters in all, path mode.
    private static readonly string[] Sample = ["happy", "neutral", "sad"];

    public static TheoryData<ModelInputMode, string[]> Every()
    {
        var data = new TheoryData<ModelInputMode, string[]>();
        foreach (ModelInputMode mode in Enum.GetValues<ModelInputMode>())
            foreach (string[] labels in new[] { ["glücklich", "悲しい"], Sample, new[] { "a", "b", "c", "d", "e", "f", "g", "😀 smile" } })
                data.Add(mode, labels);
        return data;
    }

    [Fact]
    public void Entries_have_the_names_order_and_sizes_that_ML_NET_gives_them()
    {
        (string Name, int? Size)[] expected =
        [
            ("TrainingInfo/Version.txt", null), // any text
            ("TransformerChain/Transform_000/Vocabulary/Terms.txt", null),
            ("TransformerChain/Transform_000/Vocabulary/Model.key", 507),
            ("TransformerChain/Transform_000/Model.key", 463),
            ("TransformerChain/Transform_001/Model.key", 517),
            ("TransformerChain/Transform_002/Model.key", 492),
            ("TransformerChain/Transform_003/Model.key", 512),
            ("TransformerChain/Transform_004/OnnxModel", null),
            ("TransformerChain/Transform_004/Model.key", 530),
            ("TransformerChain/Transform_005/Model/Model.key", 528),
            ("TransformerChain/Transform_005/TrainSchema", null),
            ("TransformerChain/Transform_005/Model.key", 554),
            ("TransformerChain/Transform_006/Model.key", 480),
            ("TransformerChain/Model.key", 464),
            ("Schema", 338),
        ];
        IReadOnlyList<(string Name, byte[]? Content)> entries = TransformerChain.Entries(Describe(ModelInputMode.Path, Sample));
        Assert.Equal(expected.Select(e => e.Name), entries.Select(e => e.Name));
        foreach (((string name, int? size), (_, byte[]? content)) in expected.Zip(entries))
            if (size is not null) Assert.True(content!.Length == size, $"{name}: {content.Length} bytes, not {size}");
        Assert.Null(entries.Single(e => e.Name == TransformerChain.OnnxEntry(ModelInputMode.Path)).Content);
        Assert.Equal("# Number of terms = 3\n0\thappy\n1\tneutral\n2\tsad\n", Encoding.UTF8.GetString(entries[1].Content!));
    }

    [Fact]
    public void The_chain_has_the_offsets_of_the_description()
    {
        ModelKeyFrame chain = Frame(ModelInputMode.Path, Sample, "TransformerChain/Model.key");
        Assert.Equal(
            (0x20L, 0L, 0x120L, 0x1C8L, 0x1D0L),
            (chain.Field(0x18), chain.Field(0x20), chain.Field(0x90), chain.Field(0x80), chain.Field(0x88))
        );
        Assert.Equal("XF\0CHAIN", chain.Signature);
        Assert.Equal("Microsoft.ML.Data, Version=1.0.0.0, Culture=neutral, PublicKeyToken=cc7b13ffcd2ddd51", chain.Assembly);
        Assert.Equal(7, chain.Int());
        for (int i = 0; i < 7; i++) Assert.Equal(7, chain.Int());
        chain.End();
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Steps_come_in_order_with_their_signatures_versions_and_assemblies(ModelInputMode mode, string[] labels)
    {
        (string, int, int, string, string)[] image =
        [
            ("IMGSCALF", 0x10003, 0x10003, "ImageScalerTransform", "ImageAnalytics"),
            ("IMGPXEXT", 0x10003, 0x10002, "ImagePixelExtractor", "ImageAnalytics"),
        ];
        (string, int, int, string, string)[] expected =
        [
            ("TERMTRNF", 0x10003, 0x10003, "TermTransform", "Data"),
            .. mode == ModelInputMode.Path
                ? [("IMGLOADR", 0x10003, 0x10003, "ImageLoaderTransform", "ImageAnalytics")]
                : Array.Empty<(string, int, int, string, string)>(),
            .. mode == ModelInputMode.Raw ? [] : image,
            ("ONNXSCOR", 0x10003, 0x10003, "OnnxTransform", "OnnxTransformer"),
            ("MC\0\0PRED", 0x10002, 0x10001, "MulticlassPredXfer", "Data"),
            ("KEY2VALT", 0x10001, 0x10001, "KeyToValueTransform", "Data"),
        ];
        for (int i = 0; i < expected.Length; i++)
        {
            ModelKeyFrame frame = Frame(mode, labels, $"TransformerChain/Transform_{i:000}/Model.key");
            Assert.Equal(
                expected[i],
                (
                    frame.Signature,
                    frame.Versions.Written,
                    frame.Versions.Readable,
                    frame.Loader,
                    frame.Assembly.Split(',')[0]["Microsoft.ML.".Length..]
                )
            );
        }
        Assert.Equal(expected.Length, Frame(mode, labels, "TransformerChain/Model.key").Int());
        int onnx = Array.FindIndex(expected, e => e.Item1 == "ONNXSCOR");
        Assert.Equal($"TransformerChain/Transform_{onnx:000}/OnnxModel", TransformerChain.OnnxEntry(mode));
        ModelKeyFrame predictor = Frame(mode, labels, $"TransformerChain/Transform_{onnx + 1:000}/Model/Model.key");
        Assert.Equal(("MCLINEAR", "MulticlassLinear", (0x10001, 0x10001)), (predictor.Signature, predictor.Loader, predictor.Versions));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Bodies_say_what_the_pipeline_needs(ModelInputMode mode, string[] labels)
    {
        int k = labels.Length, at = 1;
        ModelKeyFrame vocabulary = Frame(mode, labels, "TransformerChain/Transform_000/Vocabulary/Model.key");
        Assert.Equal((1, (byte)0, k), (vocabulary.Int(), vocabulary.Byte(), vocabulary.Int()));
        Assert.Equal(labels, Enumerable.Range(0, k).Select(_ => vocabulary.Text()));
        vocabulary.End();
        ModelKeyFrame map = Step(0);
        Assert.Equal((1, "Label", "Label", (byte)0), (map.Int(), map.Text(), map.Text(), map.Byte()));
        map.End();
        if (mode == ModelInputMode.Path)
        {
            ModelKeyFrame load = Step(at++);
            Assert.Equal((1, "Image", "ImageSource", null, (byte)1), (load.Int(), load.Text(), load.Text(), load.Text(), load.Byte()));
            load.End();
        }
        if (mode != ModelInputMode.Raw)
        {
            ModelKeyFrame resize = Step(at++);
            Assert.Equal(
                (1, "Image", "Image", 64, 48, (byte)2, (byte)4),
                (resize.Int(), resize.Text(), resize.Text(), resize.Int(), resize.Int(), resize.Byte(), resize.Byte())
            );
            resize.End();
            // columns (input, Image), RGB, ARGB order, bytes, offset 0, scale 1, interleaved
            Assert.Equal([1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0x0E, 1, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3F, 1], Step(at++).Body);
        }
        ModelKeyFrame onnx = Step(at++);
        Assert.Equal(
            (1, mode == ModelInputMode.Raw ? "ImageSource" : "input", 1, "probabilities", 0, 100),
            (onnx.Int(), onnx.Text(), onnx.Int(), onnx.Text(), onnx.Int(), onnx.Int())
        );
        onnx.End();
        ModelKeyFrame identity = Frame(mode, labels, $"TransformerChain/Transform_{at:000}/Model/Model.key");
        Assert.Equal((4, k, k), (identity.Int(), identity.Int(), identity.Int()));
        for (int c = 0; c < k; c++) Assert.Equal(0, identity.Single());
        Assert.Equal((0, 0, k * k), (identity.Int(), identity.Int(), identity.Int()));
        for (int i = 0; i < k * k; i++) Assert.Equal(i / k == i % k ? 1 : 0, identity.Single());
        identity.End();
        ModelKeyFrame predict = Step(at++);
        Assert.Equal(["probabilities", "Label", "Score", "PredictedLabel"], predict.Strings);
        Assert.Equal((0, 1, 2, 3), (predict.Int(), predict.Int(), predict.Int(), predict.Int()));
        predict.End();
        ModelKeyFrame back = Step(at);
        Assert.Equal((1, "PredictedLabel", "PredictedLabel"), (back.Int(), back.Text(), back.Text()));
        back.End();

        ModelKeyFrame Step(int index) => Frame(mode, labels, $"TransformerChain/Transform_{index:000}/Model.key");
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Schemas_name_columns_and_labels(ModelInputMode mode, string[] labels)
    {
        var entries = TransformerChain.Entries(Describe(mode, labels)).ToDictionary(e => e.Name, e => e.Content);
        string source = mode switch
        {
            ModelInputMode.Path => "TextSpan",
            ModelInputMode.Bytes => "VBuffer(Byte[0])",
            _ => $"VBuffer(Byte[{64 * 48 * 3}])",
        };
        Assert.Equal([("Label", "TextSpan"), ("ImageSource", source)], new IdvTable(entries["Schema"]!).Columns);
        var train = new IdvTable(entries.Single(e => e.Key.EndsWith("/TrainSchema", StringComparison.Ordinal)).Value!);
        Assert.Equal([("Label", $"Key2(UInt32,{labels.Length})"), ("probabilities", $"VBuffer(Single[1,{labels.Length}])")], train.Columns);
        Assert.Equal(labels, train.KeyValues["Label"]);
    }

    [Fact]
    public void The_schema_of_the_sample_is_that_of_the_description()
    {
        byte[] schema = TransformerChain.Entries(Describe(ModelInputMode.Path, Sample))[^1].Content!;
        byte[] place = [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]; // blocks at 256, no metadata
        Assert.Equal(
            [5, .. "Label"u8, 8, .. "TextSpan"u8, 0, 1, 1, .. place, 0x0B, .. "ImageSource"u8, 8, .. "TextSpan"u8, 0, 1, 1, .. place],
            schema[256..^8]
        );
    }

    [Fact]
    public void A_foreign_model_is_named_by_what_it_predicts()
    {
        Assert.Contains(
            "regression model of ML.NET (predictor FastTreeRegressionExec)",
            Foreign(("0", "TextNormalizer"), ("1", "RegressionPredXfer"), ("1/Model", "FastTreeRegressionExec")),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "frozen TensorFlow graph",
            Foreign(("0", "TermTransform"), ("1", "MulticlassPredXfer"), ("1/Model", "ImageClassificationPred")),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "its .onnx file by itself can be imported",
            Foreign(("0", "ImageScalerTransform"), ("1", "OnnxTransform")),
            StringComparison.Ordinal
        );
        Assert.Contains("without a predictor (TextNormalizer)", Foreign(("0", "TextNormalizer")), StringComparison.Ordinal);
        Assert.Contains(
            "cannot be read",
            ForeignModel.Describe(new Dictionary<string, byte[]> { ["TransformerChain/Model.key"] = [1, 2, 3] }),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("MaFactPredXf", "a recommendation model of ML.NET (predictor MFPredictor)")]
    [InlineData("FAFMPredXfer", "a binary classifier of ML.NET (predictor MFPredictor)")]
    public void Factorisation_machines_are_predictors_too(string transformer, string expected)
        => Assert.Contains(expected, Foreign(("1", transformer), ("1/Model", "MFPredictor")), StringComparison.Ordinal);

    [Fact]
    public void A_damaged_foreign_model_is_still_named_in_one_printable_line()
    {
        var random = new Random(3);
        byte[] whole = new ModelKey("SOMETHIN", 1, 1, "TextNormalizer", "Data").ToArray();
        for (int i = 0; i < 2000; i++)
        {
            byte[] broken = whole[..(i % 4 == 0 ? random.Next(whole.Length) : whole.Length)];
            if (broken.Length > 0x68) broken[0x50 + random.Next(24)] = (byte)random.Next(256);
            string line = ForeignModel.Describe(new Dictionary<string, byte[]> { ["TransformerChain/Transform_000/Model.key"] = broken });
            Assert.All(line, c => Assert.InRange(c, ' ', '~'));
        }
    }

    private static string Foreign(params (string Step, string Loader)[] steps) =>
        ForeignModel.Describe(
            steps.ToDictionary(
                s => $"TransformerChain/Transform_00{s.Step}/Model.key",
                s => new ModelKey("SOMETHIN", 1, 1, s.Loader, "Data").ToArray()
            )
        );

    private static ChainDescription Describe(ModelInputMode mode, string[] labels) => new()
    {
        Labels = labels,
        Mode = mode,
        Width = 64,
        Height = 48,
        Resize = ResizeKind.Fill,
        OnnxInput = mode == ModelInputMode.Raw ? "ImageSource" : "input",
        OnnxOutput = "probabilities",
    };

    private static ModelKeyFrame Frame(ModelInputMode mode, string[] labels, string entry)
        => new(TransformerChain.Entries(Describe(mode, labels)).Single(e => e.Name == entry).Content!);
}
