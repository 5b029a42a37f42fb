namespace EmotionMLNet.Imaging.WebP.Vp8;

/// <summary>How strongly the edges of a macroblock are filtered (RFC 6386, section 15.2).</summary>
/// <param name="EdgeLimit">Largest step over an inner edge that counts as an artefact; 0 = no filtering at all.</param>
/// <param name="InteriorLimit">Largest step beside the edge.</param>
/// <param name="HighVariance">Steps above it mean detail, which is touched less.</param>
/// <param name="InnerEdges">Edges of subblocks are filtered too.</param>
internal readonly record struct FilterStrength(byte EdgeLimit, byte InteriorLimit, byte HighVariance, bool InnerEdges)
{
    private const int MaxLevel = 63;

    /// <summary>
    /// The strengths by segment and, within, for macroblocks predicted whole and by subblocks: index 2·segment + (0 or 1).
    /// </summary>
    public static FilterStrength[] Table(FilterSettings settings, Segmentation segmentation)
    {
        var table = new FilterStrength[2 * Segmentation.Segments];
        for (int segment = 0; segment < Segmentation.Segments; segment++)
        {
            int level = settings.Level;
            if (segmentation.Enabled) level = segmentation.FilterLevel[segment] + (segmentation.Absolute ? 0 : level);
            if (settings.HasDeltas) level += settings.KeyFrameDelta;
            table[2 * segment] = Compute(level, settings.Sharpness, innerEdges: false);
            table[2 * segment + 1] = Compute(
                level + (settings.HasDeltas ? settings.SubblockDelta : 0),
                settings.Sharpness,
                innerEdges: true
            );
        }
        return table;
    }

    private static FilterStrength Compute(int level, int sharpness, bool innerEdges)
    {
        level = Math.Clamp(level, 0, MaxLevel);
        if (level == 0) return default;
        int interior = level;
        if (sharpness > 0) interior = Math.Min(interior >> (sharpness > 4 ? 2 : 1), 9 - sharpness);
        interior = Math.Max(interior, 1);
        int highVariance = level switch { >= 40 => 2, >= 15 => 1, _ => 0 };
        return new FilterStrength((byte)(2 * level + interior), (byte)interior, (byte)highVariance, innerEdges);
    }
}
