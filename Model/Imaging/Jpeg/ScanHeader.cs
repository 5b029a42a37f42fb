namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>A component's part in a scan: with which tables it is coded.</summary>
internal readonly record struct ScanComponent(Component Component, HuffmanTable Dc, HuffmanTable Ac);

/// <summary>The scan header (T.81, B.2.3).</summary>
/// <param name="Components">In the order of an MCU.</param>
/// <param name="First">First coefficient coded, in zigzag order.</param>
/// <param name="Last">Last coefficient coded.</param>
/// <param name="High">Point transform of the scan that this one refines; 0 for a first scan.</param>
/// <param name="Low">Point transform: the lowest bit coded.</param>
internal sealed record ScanHeader(ScanComponent[] Components, int First, int Last, int High, int Low)
{
    public bool IsRefinement => High != 0;

    public static ScanHeader Read(ReadOnlySpan<byte> payload, int offset, Frame frame, JpegTables tables)
    {
        if (payload.Length < 1 || payload[0] is < 1 or > 4 || payload.Length < 4 + 2 * payload[0]) throw JpegDecoder.Error(offset, "the scan header is damaged");
        var components = new ScanComponent[payload[0]];
        for (int i = 0; i < components.Length; i++)
        {
            (byte id, int dc, int ac) = (payload[1 + 2 * i], payload[2 + 2 * i] >> 4, payload[2 + 2 * i] & 15);
            Component component = Array.Find(frame.Components, c => c.Id == id) ?? throw JpegDecoder.Error(offset, $"the scan refers to component {id}, which the frame does not have");
            if (dc > 3 || ac > 3) throw JpegDecoder.Error(offset, $"the scan refers to Huffman tables {dc} and {ac}: 0 to 3 are possible");
            if (Array.Exists(components[..i], c => c.Component == component)) throw JpegDecoder.Error(offset, $"the scan names component {id} twice");
            if (!tables.Dc[dc].IsUsable) throw JpegDecoder.Error(offset, $"Huffman table {dc} has DC symbols above 15");
            components[i] = new ScanComponent(component, tables.Dc[dc], tables.Ac[ac]);
        }
        ReadOnlySpan<byte> spectrum = payload.Slice(1 + 2 * components.Length, 3);
        var scan = new ScanHeader(components, spectrum[0], spectrum[1], spectrum[2] >> 4, spectrum[2] & 15);
        if (!frame.IsProgressive) return scan with { First = 0, Last = 63, High = 0, Low = 0 };
        scan.CheckProgression(offset);
        return scan;
    }

    private void CheckProgression(int offset)
    {
        bool band = First == 0 ? Last == 0 : First <= Last && Last < 64 && Components.Length == 1;
        if (!band || (High != 0 && Low != High - 1) || Low > 13)
            throw JpegDecoder.Error(offset, $"the scan's spectral selection {First}-{Last} or successive approximation {High}-{Low} is impossible");
    }
}
