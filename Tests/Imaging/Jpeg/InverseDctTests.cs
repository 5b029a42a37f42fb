using System.Runtime.Intrinsics.X86;
using EmotionMLNet.Imaging.Jpeg;
using EmotionMLNet.Imaging.Jpeg.Dct;

namespace EmotionMLNet.Tests.Imaging.Jpeg;

public sealed unsafe class InverseDctTests
{
    [Theory]
    [InlineData(8), InlineData(4), InlineData(2), InlineData(1)]
    public void Samples_are_those_of_the_definition_within_one_level(int size)
    {
        var random = new Random(3);
        for (int trial = 0; trial < 500; trial++)
        {
            (short[] block, short[] steps, int coded) = RandomBlock(random);
            byte[] samples = Transformed(block, steps, coded, size, scalar: false);
            double[] exact = ByDefinition(block, steps, size);
            for (int i = 0; i < samples.Length; i++)
                Assert.InRange(samples[i], Math.Clamp(exact[i], 0, 255) - 1, Math.Clamp(exact[i], 0, 255) + 1);
        }
    }

    [NeedsAvx2Theory]
    [InlineData(8), InlineData(4), InlineData(2)]
    public void Vectors_and_scalars_give_the_same_samples(int size)
    {
        var random = new Random(4);
        for (int trial = 0; trial < 2000; trial++)
        {
            (short[] block, short[] steps, int coded) = RandomBlock(random);
            Assert.Equal(Transformed(block, steps, coded, size, scalar: true), Transformed(block, steps, coded, size, scalar: false));
        }
    }

    [Theory]
    [InlineData(8), InlineData(4), InlineData(2), InlineData(1)]
    public void Only_the_blocks_own_samples_are_written(int size)
    {
        short[] block = new short[64], steps = new short[64];
        Array.Fill(block, (short)9);
        Array.Fill(steps, (short)3);
        byte* samples = stackalloc byte[10 * 16];
        new Span<byte>(samples, 160).Fill(77);
        fixed (short* b = block, s = steps) InverseDct.Transform(b, s, 64, samples + 16, 16, size);
        for (int i = 0; i < 160; i++)
        {
            if (i / 16 is 0 || i / 16 > size || i % 16 >= size) Assert.Equal(77, samples[i]);
        }
    }

    private static byte[] Transformed(short[] block, short[] steps, int coded, int size, bool scalar)
    {
        byte[] samples = new byte[size * size];
        fixed (short* b = block, s = steps)
        fixed (byte* target = samples)
        {
            if (scalar) ScalarInverseDct.Transform(b, s, target, size, size);
            else InverseDct.Transform(b, s, coded, target, size, size);
        }
        return samples;
    }

    /// <summary>T.81, A.3.3, and the mean over each output sample's area.</summary>
    private static double[] ByDefinition(short[] block, short[] steps, int size)
    {
        double[] samples = new double[size * size];
        for (int y = 0; y < 8; y++)
        {
            for (int x = 0; x < 8; x++)
            {
                double sum = 128;
                for (int i = 0; i < 64; i++)
                {
                    (int v, int u) = Math.DivRem(i, 8);
                    double scale = (u == 0 ? Math.Sqrt(0.5) : 1) * (v == 0 ? Math.Sqrt(0.5) : 1) / 4;
                    sum +=
                        scale * block[i] * steps[i] * Math.Cos((2 * x + 1) * u * Math.PI / 16) * Math.Cos((2 * y + 1) * v * Math.PI / 16);
                }
                samples[y * size / 8 * size + x * size / 8] += sum * size * size / 64;
            }
        }
        return samples;
    }

    private static (short[] Block, short[] Steps, int Coded) RandomBlock(Random random)
    {
        short[] block = new short[64], steps = new short[64];
        for (int i = 0; i < 64; i++) steps[i] = (short)random.Next(1, 20);
        int coded = random.Next(3) switch { 0 => random.Next(1, 10), 1 => random.Next(10, 20), _ => 64 };
        for (int k = 0; k < coded; k++)
        {
            int natural = ZigZag.ToNatural[k];
            block[natural] = (short)(random.Next(-600, 600) / (k + 1) / steps[natural]);
        }
        return (block, steps, coded);
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class NeedsAvx2TheoryAttribute : TheoryAttribute
    {
        public NeedsAvx2TheoryAttribute()
        {
            if (!Avx2.IsSupported) Skip = "without AVX2 there is only the scalar transform";
        }
    }
}
