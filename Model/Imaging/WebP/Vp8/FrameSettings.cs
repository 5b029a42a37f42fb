namespace EmotionMLNet.Imaging.WebP.Vp8;

/// <summary>How the picture is cut into segments with settings of their own (RFC 6386, section 9.3).</summary>
internal sealed class Segmentation
{
    public const int Segments = 4;

    private Segmentation()
    {
    }

    public bool Enabled { get; private init; }

    /// <summary>Each macroblock says its segment.</summary>
    public bool HasMap { get; private set; }

    /// <summary>The values below replace those of the frame; otherwise they are added.</summary>
    public bool Absolute { get; private set; }

    public int[] Quantiser { get; } = new int[Segments];

    public int[] FilterLevel { get; } = new int[Segments];

    /// <summary>Probabilities of the tree that a macroblock's segment is coded with.</summary>
    public byte[] TreeProbabilities { get; } = [255, 255, 255];

    public static Segmentation Read(ref BoolDecoder source)
    {
        var segmentation = new Segmentation { Enabled = source.ReadFlag() };
        if (!segmentation.Enabled) return segmentation;
        segmentation.HasMap = source.ReadFlag();
        if (source.ReadFlag())
        {
            segmentation.Absolute = source.ReadFlag();
            for (int i = 0; i < Segments; i++) segmentation.Quantiser[i] = source.ReadOptionalSigned(7);
            for (int i = 0; i < Segments; i++) segmentation.FilterLevel[i] = source.ReadOptionalSigned(6);
        }
        if (segmentation.HasMap)
        {
            foreach (ref byte probability in segmentation.TreeProbabilities.AsSpan())
                probability = source.ReadFlag() ? (byte)source.ReadNumber(8) : (byte)255;
        }
        return segmentation;
    }
}

/// <summary>The loop filter's settings (RFC 6386, sections 9.3 and 9.6).</summary>
internal readonly record struct FilterSettings(bool Simple, int Level, int Sharpness, bool HasDeltas, int KeyFrameDelta, int SubblockDelta)
{
    private const int Deltas = 4;

    public static FilterSettings Read(ref BoolDecoder source)
    {
        bool simple = source.ReadFlag();
        int level = source.ReadNumber(6);
        int sharpness = source.ReadNumber(3);
        bool hasDeltas = source.ReadFlag();
        bool newDeltas = hasDeltas && source.ReadFlag();
        // Of the four reference frames and of the four modes a key frame knows the first.
        int keyFrameDelta = newDeltas ? ReadFirst(ref source) : 0;
        int subblockDelta = newDeltas ? ReadFirst(ref source) : 0;
        return new FilterSettings(simple, level, sharpness, hasDeltas, keyFrameDelta, subblockDelta);
    }

    private static int ReadFirst(ref BoolDecoder source)
    {
        int first = source.ReadOptionalSigned(6);
        for (int i = 1; i < Deltas; i++) source.ReadOptionalSigned(6);
        return first;
    }
}
