using System.Buffers.Binary;

namespace EmotionMLNet.Imaging.Png;

/// <summary>The CRC of PNG chunks (ISO 3309, polynomial 0xEDB88320 reflected), eight bytes a step.</summary>
internal static class Crc32
{
    private static readonly uint[] Tables = CreateTables();

    /// <summary>CRC of some bytes.</summary>
    public static uint Compute(ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<uint> t = Tables;
        uint crc = uint.MaxValue;
        for (; data.Length >= 8; data = data[8..])
        {
            uint low = BinaryPrimitives.ReadUInt32LittleEndian(data) ^ crc, high = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
            crc = t[0x700 + (byte)low] ^ t[0x600 + (byte)(low >> 8)] ^ t[0x500 + (byte)(low >> 16)] ^ t[0x400 + (int)(low >> 24)]
                ^ t[0x300 + (byte)high] ^ t[0x200 + (byte)(high >> 8)] ^ t[0x100 + (byte)(high >> 16)] ^ t[(int)(high >> 24)];
        }
        foreach (byte b in data) crc = t[(byte)(crc ^ b)] ^ (crc >> 8);
        return ~crc;
    }

    /// <summary>Table k holds the effect of a byte that k more bytes follow.</summary>
    private static uint[] CreateTables()
    {
        uint[] tables = new uint[8 * 256];
        for (uint n = 0; n < 256; n++)
        {
            uint c = n;
            for (int bit = 0; bit < 8; bit++) c = (c >> 1) ^ ((c & 1) * 0xEDB88320);
            tables[n] = c;
        }
        for (int i = 256; i < tables.Length; i++) tables[i] = tables[(byte)tables[i - 256]] ^ (tables[i - 256] >> 8);
        return tables;
    }
}
