using System.Buffers.Binary;
using EmotionMLNet.Benchmarks.Fuzzing.Mutation;

namespace EmotionMLNet.Benchmarks.Fuzzing.Families;

/// <summary>A camera's metadata alone, laid into a JPEG that is sound.</summary>
internal sealed class ExifFamily(byte[] jpeg) : ImageFamily("exif", MakeSeeds())
{
    public override byte[] Mutate(ReadOnlySpan<byte> raw, FuzzRandom random, ReadOnlySpan<byte> other) =>
        ByteMutator.Mutate(raw, random, ImageMutators.Words, other);

    public override byte[] Complete(byte[] raw)
    {
        byte[] tiff = raw.Length > 60_000 ? raw[..60_000] : raw;
        var head = new byte[12];
        ((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF, 0xE1]).CopyTo(head);
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(4), (ushort)(tiff.Length + 8));
        "Exif\0\0"u8.CopyTo(head.AsSpan(6));
        return [.. head, .. tiff, .. jpeg.AsSpan(2)];
    }

    private static byte[][] MakeSeeds()
    {
        byte[] little = new byte[8 + 2 + 24 + 4], big = new byte[little.Length];
        "II*\0"u8.CopyTo(little);
        "MM\0*"u8.CopyTo(big);
        (little[4], little[8], big[7], big[9]) = (8, 2, 8, 2);
        ((ReadOnlySpan<byte>)[0x0F, 0x01, 2, 0, 1, 0, 0, 0, 65, 0, 0, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]).CopyTo(
            little.AsSpan(10)
        );
        ((ReadOnlySpan<byte>)[0x01, 0x0F, 0, 2, 0, 0, 0, 1, 65, 0, 0, 0, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 8, 0, 0]).CopyTo(big.AsSpan(10));
        return [little, big];
    }
}
