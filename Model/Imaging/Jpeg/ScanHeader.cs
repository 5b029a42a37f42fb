using EmotionMLNet.Imaging.Jpeg.Huffman;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>A component's part in a scan: with which tables it is coded.</summary>
internal readonly record struct ScanComponent(Component Component, HuffmanTable Dc, HuffmanTable Ac);

/// <summary>The scan header (T.81, B.2.3).</summary>
internal sealed class ScanHeader
{
    private readonly ScanComponent[] components = new ScanComponent[4];
    private int count;

    /// <summary>The components in the order of an MCU.</summary>
    public ReadOnlySpan<ScanComponent> Components => components.AsSpan(0, count);

    /// <summary>First coefficient coded, in zigzag order.</summary>
    public int First { get; private set; }

    /// <summary>Last coefficient coded.</summary>
    public int Last { get; private set; }

    /// <summary>Point transform of the scan that this one refines; 0 for a first scan.</summary>
    public int High { get; private set; }

    /// <summary>Point transform: the lowest bit coded.</summary>
    public int Low { get; private set; }

    public bool IsRefinement => High != 0;

    /// <summary>Whether anything is looked at of what it codes; see <see cref="Component.IsWanted"/>.</summary>
    public bool IsWanted
    {
        get
        {
            foreach (ScanComponent part in Components)
                if (part.Component.WantsAc || (part.Component.IsWanted && First == 0)) return true;
            return false;
        }
    }

    /// <summary>Blocks that the scan goes over, with those up to whole MCUs.</summary>
    public long Blocks
    {
        get
        {
            long blocks = 0;
            foreach (ScanComponent part in Components) blocks += part.Component.PaddedBlocks;
            return blocks;
        }
    }

    /// <summary>Reads the header, over that of the scan before.</summary>
    public void Read(ReadOnlySpan<byte> payload, int offset, Frame frame, JpegTables tables)
    {
        if (payload.Length < 1 || payload[0] is < 1 or > 4 || payload.Length < 4 + 2 * payload[0])
            throw JpegDecoder.Error(offset, "the scan header is damaged");
        count = 0;
        for (int i = 0; i < payload[0]; i++)
        {
            (byte id, int dc, int ac) = (payload[1 + 2 * i], payload[2 + 2 * i] >> 4, payload[2 + 2 * i] & 15);
            Component component =
                Find(frame, id) ?? throw JpegDecoder.Error(offset, $"the scan refers to component {id}, which the frame does not have");
            if (dc > 3 || ac > 3) throw JpegDecoder.Error(offset, $"the scan refers to Huffman tables {dc} and {ac}: 0 to 3 are possible");
            foreach (ScanComponent part in Components)
                if (part.Component == component) throw JpegDecoder.Error(offset, $"the scan names component {id} twice");
            if (!tables.Dc[dc].IsUsable) throw JpegDecoder.Error(offset, $"Huffman table {dc} has DC symbols above 15");
            components[count++] = new ScanComponent(component, tables.Dc[dc], tables.Ac[ac]);
        }
        ReadOnlySpan<byte> spectrum = payload.Slice(1 + 2 * count, 3);
        (First, Last, High, Low) = frame.IsProgressive ? (spectrum[0], spectrum[1], spectrum[2] >> 4, spectrum[2] & 15) : (0, 63, 0, 0);
        if (frame.IsProgressive) CheckProgression(offset);
    }

    private static Component? Find(Frame frame, byte id)
    {
        foreach (Component c in frame.Components)
            if (c.Id == id) return c;
        return null;
    }

    private void CheckProgression(int offset)
    {
        bool band = First == 0 ? Last == 0 : First <= Last && Last < 64 && count == 1;
        if (!band || (High != 0 && Low != High - 1) || Low > 13)
            throw JpegDecoder.Error(
                offset,
                $"the scan's spectral selection {First}-{Last} or successive approximation {High}-{Low} is impossible"
            );
    }
}
