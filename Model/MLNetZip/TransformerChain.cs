using System.Globalization;
using System.Text;

namespace EmotionMLNet.MLNetZip;

/// <summary>
/// The pipeline as ML.NET saves it: label to key, load, resize and pixels of the image as the mode needs them, ONNX, multiclass
/// prediction over an identity linear model, key to label. The bytes are those that ML.NET 1.6 and later write.
/// </summary>
internal static class TransformerChain
{
    // The step that makes a label of scores knows no other name of theirs.
    private const string Root = "TransformerChain/", Score = "Score";
    private const int EveryScope = 7;
    private const byte Rgb = 2 | 4 | 8, AlphaAndRgb = 1 | Rgb;

    /// <summary>All entries in ML.NET's order; content null stands for the network, which the caller writes.</summary>
    public static IReadOnlyList<(string Name, byte[]? Content)> Entries(ChainDescription chain)
    {
        var entries = new List<(string, byte[]?)>
        {
            ("TrainingInfo/Version.txt", Text("EmotionMLNet, in the layout of ML.NET 1.6 and later\n")),
        };
        ChainColumns columns = chain.Columns;
        int steps = 0;
        string At() => Step(steps++);

        if (chain.IsWhole)
        {
            string map = At();
            entries.Add(($"{map}Vocabulary/Terms.txt", Text(Terms(chain.Labels))));
            entries.Add(($"{map}Vocabulary/Model.key", Vocabulary(chain.Labels)));
            entries.Add(
                (
                    $"{map}Model.key",
                    new ModelKey("TERMTRNF", 0x10003, 0x10003, "TermTransform", "Data")
                        .Column(columns.Label, columns.Label)
                        .Byte(0)
                        .ToArray()
                )
            );
        }
        if (chain.Mode == ModelInputMode.Path)
        {
            entries.Add(($"{At()}Model.key", Load(columns.Image, columns.Source, asImage: true)));
            if (columns.File is { } file) entries.Add(($"{At()}Model.key", Load(file, columns.Source, asImage: false)));
        }
        if (chain.Mode != ModelInputMode.Raw)
        {
            entries.Add(($"{At()}Model.key", Resize(chain)));
            entries.Add(($"{At()}Model.key", Pixels(chain)));
        }
        string onnx = At();
        entries.Add(($"{onnx}OnnxModel", null));
        entries.Add(
            (
                $"{onnx}Model.key",
                Texts(new ModelKey("ONNXSCOR", 0x10003, 0x10003, "OnnxTransform", "OnnxTransformer"), [.. OnnxInputs(chain)])
                    .Int(1)
                    .Text(chain.OnnxOutput)
                    .Int(0)
                    .Int(100)
                    .ToArray()
            )
        ); // no shapes of our own; depth of protobuf messages
        string predict = At();
        entries.Add(($"{predict}Model/Model.key", Identity(chain.Labels.Count)));
        entries.Add(
            (
                $"{predict}TrainSchema",
                chain.TrainSchema
                    ?? new BinaryIdv().Key(columns.Label, chain.Labels).Singles(chain.OnnxOutput, 1, chain.Labels.Count).ToArray()
            )
        );
        entries.Add(($"{predict}Model.key", new ModelKey("MC  PRED", 0x10002, 0x10001, "MulticlassPredXfer", "Data")
            .Text(chain.OnnxOutput).Text(columns.Label).Text(Score).Text(columns.PredictedLabel).ToArray()));
        if (chain.IsWhole)
            entries.Add(
                (
                    $"{At()}Model.key",
                    new ModelKey("KEY2VALT", 0x10001, 0x10001, "KeyToValueTransform", "Data")
                        .Column(columns.PredictedLabel, columns.PredictedLabel)
                        .ToArray()
                )
            );
        entries.Add(($"{Root}Model.key", Chain(steps)));
        if (chain.IsWhole) entries.Add(("Schema", Schema(chain)));
        return entries;
    }

    private static string Step(int index) => string.Create(CultureInfo.InvariantCulture, $"{Root}Transform_{index:000}/");

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static string Terms(IReadOnlyList<string> labels)
        => $"# Number of terms = {labels.Count}\n{string.Concat(labels.Select((label, i) => $"{i}\t{label}\n"))}";

    private static byte[] Vocabulary(IReadOnlyList<string> labels)
    {
        ModelKey key = new ModelKey("TERM MAN", 0x10002, 0x10002, "TermManager", "Data").Int(1).Byte(0).Int(labels.Count);
        foreach (string label in labels) key.Text(label);
        return key.ToArray();
    }

    private static byte[] Load(string to, string from, bool asImage)
        => new ModelKey("IMGLOADR", 0x10003, 0x10003, "ImageLoaderTransform", "ImageAnalytics")
            .Column(to, from).Text(null).Byte((byte)(asImage ? 1 : 0)).ToArray();

    private static byte[] Resize(ChainDescription chain)
    {
        const byte centre = 4;
        return new ModelKey("IMGSCALF", 0x10003, 0x10003, "ImageScalerTransform", "ImageAnalytics")
            .Column(chain.Columns.Resized, chain.Columns.Image)
            .Int(chain.Width)
            .Int(chain.Height)
            .Byte((byte)chain.Resize)
            .Byte(centre)
            .ToArray();
    }

    // Bytes, not floats: a quarter of the buffer, and one offset and scale for all channels would not do for the normalisation anyway.
    private static byte[] Pixels(ChainDescription chain)
    {
        const byte alphaFirst = 1, bytes = 0, interleaved = 1, planes = 0;
        return new ModelKey("IMGPXEXT", 0x10003, 0x10002, "ImagePixelExtractor", "ImageAnalytics")
            .Column(chain.OnnxInput, chain.Columns.Resized)
            .Byte(chain.IsSampled ? AlphaAndRgb : Rgb)
            .Byte(alphaFirst)
            .Byte(bytes)
            .Single(0)
            .Single(1)
            .Byte(chain.IsSampled ? planes : interleaved)
            .ToArray();
    }

    // In the order in which the graph declares them.
    private static IEnumerable<string> OnnxInputs(ChainDescription chain)
    {
        yield return chain.OnnxInput;
        if (chain.Columns.File is { } file) yield return file;
    }

    private static ModelKey Texts(ModelKey key, string[] texts)
    {
        key.Int(texts.Length);
        foreach (string text in texts) key.Text(text);
        return key;
    }

    // Scores through: weights of the identity, no bias. No other stock step makes one label of a vector of scores.
    private static byte[] Identity(int classes)
    {
        const int floatSize = 4;
        ModelKey key = new ModelKey("MCLINEAR", 0x10001, 0x10001, "MulticlassLinear", "StandardTrainers")
            .Int(floatSize)
            .Int(classes)
            .Int(classes);
        for (int c = 0; c < classes; c++) key.Single(0);
        key.Int(0).Int(0).Int(classes * classes);
        for (int i = 0; i < classes * classes; i++) key.Single(i % (classes + 1) == 0 ? 1 : 0);
        return key.ToArray();
    }

    private static byte[] Chain(int steps)
    {
        ModelKey key = new ModelKey("XF CHAIN", 0x10001, 0x10001, "TransformerChain", "Data").Int(steps);
        for (int i = 0; i < steps; i++) key.Int(EveryScope);
        return key.ToArray();
    }

    private static byte[] Schema(ChainDescription chain)
    {
        string source = chain.Columns.Source;
        BinaryIdv schema = new BinaryIdv().Text(chain.Columns.Label);
        return (chain.Mode switch
        {
            ModelInputMode.Path => schema.Text(source),
            ModelInputMode.Raw => schema.Bytes(source, chain.Width * chain.Height * 3),
            _ => schema.Bytes(source, 0),
        }).ToArray();
    }
}
