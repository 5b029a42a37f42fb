using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Tests.Onnx;

namespace EmotionMLNet.Tests.Support;

/// <summary>A small model with random weights, ready to be saved.</summary>
internal static class TinyModel
{
    public static ModelZip Make(string network = "residual", params string[] labels)
    {
        Network made = OnnxRoundTripTests.Make(network);
        if (labels.Length == 0) labels = made.Classes == 2 ? ["glücklich", "悲しい"] : ["angry", "happy", "sad"];
        return new ModelZip(made, new ModelManifest
        {
            CreatedBy = "tests",
            CreatedAt = "2026-11-20T00:00:00Z",
            Architecture = network,
            Labels = labels,
            Head = made.Head,
            Preprocessing = OnnxRoundTripTests.Preprocessing(made),
        });
    }
}
