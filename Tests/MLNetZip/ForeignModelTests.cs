using EmotionMLNet.MLNetZip;

namespace EmotionMLNet.Tests.MLNetZip;

/// <summary>What is said of ML.NET's models that are not ours.</summary>
public sealed class ForeignModelTests
{
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
}
