namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>What is filled anew for each JPEG, kept from one to the next.</summary>
internal sealed class JpegMemory
{
    public JpegTables Tables { get; } = new();

    public Frame Frame { get; } = new();

    public ScanHeader Scan { get; } = new();

    public EntropyData Entropy { get; } = new();
}
