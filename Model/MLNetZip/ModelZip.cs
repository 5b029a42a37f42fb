using EmotionMLNet.Networks;

namespace EmotionMLNet.MLNetZip;

/// <summary>A trained model as one file: the network as ONNX (the weights stand there, once) and the manifest.</summary>
public sealed record ModelZip(Network Network, ModelManifest Manifest)
{
    /// <summary>Writes atomically.</summary>
    public void Save(string path) => throw new NotImplementedException();

    /// <summary>Reads and checks a zip.</summary>
    /// <exception cref="ModelFormatException">Truncated, altered, foreign or from a newer version; one line says which.</exception>
    public static ModelZip Load(string path) => throw new NotImplementedException();
}
