namespace EmotionMLNet.Training.Runs.TensorBoard;

/// <summary>CRC-32C (Castagnoli, RFC 3720 appendix B.4), as TFRecord files check their records.</summary>
internal static class Crc32C
{
    private static readonly uint[] Table =
    [
        .. Enumerable
            .Range(0, 256)
            .Select(i => Enumerable.Range(0, 8).Aggregate((uint)i, (c, _) => (c & 1) != 0 ? c >> 1 ^ 0x82F63B78 : c >> 1)),
    ];

    public static uint Compute(ReadOnlySpan<byte> data)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte b in data) crc = Table[(byte)(crc ^ b)] ^ crc >> 8;
        return ~crc;
    }

    /// <summary>
    /// Rotated and offset, so that a checksum of data with checksums in it is no special case: TensorFlow's record format.
    /// </summary>
    public static uint ComputeMasked(ReadOnlySpan<byte> data)
    {
        uint crc = Compute(data);
        return (crc >> 15 | crc << 17) + 0xA282EAD8;
    }
}
