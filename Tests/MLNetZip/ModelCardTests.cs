using System.Text.Json;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.MLNetZip;

public sealed class ModelCardTests
{
    private static readonly MeasurementRecord Measured = new()
    {
        OnnxSha256 = "hash",
        Split = "PublicTest",
        Purpose = "validation",
        DataFingerprint = "print",
        TestTimeAugmentation = "none",
        Images = 100,
        Accuracy = 0.7,
        AccuracyLow = 0.6,
        AccuracyHigh = 0.79,
        MacroF1 = 0.68,
        LogLoss = 0.9,
        ExpectedCalibrationError = 0.02,
    };

    [Fact]
    public void A_student_names_its_teachers()
    {
        Assert.Contains(
            "- Learned from a.zip, b.zip besides the labels (knowledge distillation, weight 0.6, temperature 2)\n",
            Card("""{"epochs":3,"distillation":{"teachers":["a.zip","b.zip"],"weight":0.6,"temperature":2}}"""),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            "Learned from",
            Card("""{"epochs":3,"distillation":{"teachers":[],"weight":0.6,"temperature":2}}"""),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("Learned from", Card("""{"epochs":3,"distillation":{"teachers":"a.zip"}}"""), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_chosen_on_validation_stands_beside_its_figures()
    {
        Assert.Contains("| PublicTest, validation: the epoch was chosen on it | one pass |", Card("{}"), StringComparison.Ordinal);
        var fit = new CalibrationRecord
        {
            Temperature = 1.2,
            Split = "PublicTest",
            Images = 100,
            Bins = 15,
            Folds = 5,
            ErrorBefore = 0.05,
            ErrorAfter = 0.02,
            ErrorCrossFitted = 0.03,
            LogLossBefore = 0.92,
            LogLossAfter = 0.9,
            LogLossCrossFitted = 0.91,
        };
        Assert.Contains(
            "| PublicTest, validation: epoch and temperature were chosen on it | one pass |",
            Card("{}", m => m with { Calibration = fit }),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_ensemble_has_no_course_of_training_of_its_own()
    {
        Assert.Contains("- Training: 3 epochs", Card("""{"epochs":3}"""), StringComparison.Ordinal);
        Assert.DoesNotContain("- Training: ", Card("""{"splitSeed":1}""", m => m with { Members = [] }), StringComparison.Ordinal);
    }

    private static string Card(string settings, Func<ModelManifest, ModelManifest>? change = null)
    {
        ModelZip model = TinyModel.Make();
        ModelManifest manifest = FormerManifest.Complete(
            model.Manifest with { Settings = JsonDocument.Parse(settings).RootElement, Measurements = [Measured] }
        );
        return ModelCard.Render(change?.Invoke(manifest) ?? manifest, model.Network);
    }
}
