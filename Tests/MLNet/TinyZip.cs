using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Tests.MLNet;

/// <summary>A small model with random weights for the pictures of <see cref="TinyData"/>.</summary>
internal static class TinyZip
{
    public static ModelZip Make(params string[] labels)
    {
        Network network = RunFactory.CreateNetwork(TinyData.Options, TinyData.Preprocessing, labels.Length, new SilentReporter());
        // Drawn for training, whose scores lie close together: spread them.
        foreach (ref float weight in network.Nodes[^1].Layer.Parameters[0].Values.AsSpan()) weight *= 8;
        return new ModelZip(network, new ModelManifest
        {
            CreatedBy = "tests",
            CreatedAt = "2026-11-20T00:00:00Z",
            Architecture = "three-block-cnn",
            Labels = labels,
            Head = network.Head,
            Preprocessing = TinyData.Preprocessing,
        });
    }
}
