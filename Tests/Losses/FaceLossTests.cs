using EmotionMLNet.Faces;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Faces;
using EmotionMLNet.Training.Losses;

namespace EmotionMLNet.Tests.Losses;

/// <summary>The detector's loss: values by hand, gradients against finite differences, cells against their definition.</summary>
public sealed class FaceLossTests
{
    private const int Side = 64;

    [Theory]
    [InlineData(0.3, 0.7)]
    [InlineData(-4, 0)]
    [InlineData(2.5, 0)]
    [InlineData(1, 1)]
    [InlineData(-30, 0.5)]
    public void The_score_part_is_the_quality_focal_loss_and_its_derivative(double z, double quality)
    {
        double value(double at)
        {
            double sigma = 1 / (1 + Math.Exp(-at));
            double entropy = -quality * Math.Log(sigma) - (1 - quality) * Math.Log(1 - sigma);
            return Math.Pow(quality - sigma, 2) * entropy;
        }

        double loss = FaceLoss.AddScore(z, quality, out float gradient);

        const double h = 1e-5;
        Assert.Equal(value(z), loss, 1e-9);
        Assert.Equal((value(z + h) - value(z - h)) / (2 * h), gradient, 1e-5);
    }

    [Theory]
    [InlineData(0, 0, 0, 0, 11, 9, 14, 17)] // larger all round
    [InlineData(1, 1, 1, 1, 6, 7, 5, 8)] // smaller all round
    [InlineData(0.5f, -0.5f, 0.2f, -1, 7, 12, 13, 3)] // some of each
    public void The_box_part_is_one_less_the_generalised_overlap_and_its_derivative(
        float left, float top, float right, float bottom, float wantedLeft, float wantedTop, float wantedRight, float wantedBottom)
    {
        const int stride = 8;
        float[] cell = [0, left, top, right, bottom], gradient = new float[5];
        double loss = Compute(cell, gradient, out float quality);

        FaceBox box = FaceDecoder.ReadBox(cell, x: 2, y: 3, stride);
        var face = new FaceBox(20 - wantedLeft, 28 - wantedTop, wantedLeft + wantedRight, wantedTop + wantedBottom);
        Assert.Equal(box.Overlap(face), quality, 1e-5f);
        double hull = (Math.Max(box.X + box.Width, face.X + face.Width) - Math.Min(box.X, face.X))
            * (Math.Max(box.Y + box.Height, face.Y + face.Height) - Math.Min(box.Y, face.Y));
        double union = box.Area + face.Area - box.Intersect(face);
        Assert.Equal(1 - (box.Overlap(face) - (hull - union) / hull), loss, 1e-5);
        for (int i = 1; i < 5; i++)
        {
            const float h = 1e-3f;
            float[] more = [.. cell], less = [.. cell];
            more[i] += h;
            less[i] -= h;
            double slope = (Compute(more, new float[5], out _) - Compute(less, new float[5], out _)) / (2 * h);
            Assert.Equal(slope, gradient[i], 2e-3);
        }

        double Compute(float[] of, float[] into, out float overlap) =>
            FaceLoss.AddBox(of, stride, wantedLeft, wantedTop, wantedRight, wantedBottom, into, out overlap);
    }

    [Fact]
    public void Cells_in_the_central_half_learn_the_face_and_those_of_other_sizes_do_not()
    {
        var target = new float[FaceTarget.Length];
        FaceTarget.Add(target, new FaceBox(18, 16, 24, 32), ignored: false); // 8 pixels a cell; too small for a stride of 32

        int[] owners = Assign(target);

        for (int y = 0; y < 8; y++)
            for (int x = 0; x < 8; x++)
            {
                bool central = Math.Abs(8 * x + 4 - 30) <= 6 && Math.Abs(8 * y + 4 - 32) <= 8;
                Assert.Equal(central ? 0 : -1, owners[y * 8 + x]);
            }
        Assert.Contains(0, owners[64..80]); // 32 pixels are of the level of 16 too
        Assert.DoesNotContain(0, owners[80..]);
    }

    [Fact]
    public void A_tiny_face_has_its_nearest_cell_and_the_smaller_of_two_has_the_cell_of_both()
    {
        var target = new float[FaceTarget.Length];
        FaceTarget.Add(target, new FaceBox(31, 31, 9, 11), ignored: false);
        FaceTarget.Add(target, new FaceBox(20, 16, 30, 38), ignored: false);

        int[] owners = Assign(target);

        Assert.Equal(0, owners[4 * 8 + 4]);
        Assert.Contains(1, owners[..64]);
    }

    [Fact]
    public void Ignored_places_and_faces_of_nearly_the_level_are_neither_background_nor_face()
    {
        var target = new float[FaceTarget.Length];
        FaceTarget.Add(target, new FaceBox(0, 0, 32, 32), ignored: true);
        FaceTarget.Add(target, new FaceBox(36, 20, 34, 44), ignored: false); // of the level of 16, and nearly of that of 8

        int[] owners = Assign(target);

        Assert.Equal(-2, owners[0]);
        Assert.Equal(-2, owners[5 * 8 + 6]);
        Assert.Contains(1, owners[64..80]);
    }

    [Fact]
    public void The_loss_is_a_mean_over_positive_cells_and_nothing_of_it_touches_ignored_ones()
    {
        int cells = FaceDecoder.CountCells(Side, Side);
        var random = new Random(3);
        Tensor logits = new(2, Shape.Vector(cells * FaceLevel.Values)), gradient = new(2, Shape.Vector(cells * FaceLevel.Values));
        foreach (ref float v in logits.Span) v = (float)random.NextDouble() - 0.5f;
        var targets = new float[2 * FaceTarget.Length];
        FaceTarget.Add(targets.AsSpan(0, FaceTarget.Length), new FaceBox(18, 16, 24, 32), ignored: false);
        FaceTarget.Add(targets.AsSpan(FaceTarget.Length), new FaceBox(-10, -10, 100, 100), ignored: true);

        double loss = new FaceLoss(Side).Compute(logits, targets, gradient);

        Assert.True(double.IsFinite(loss) && loss > 0);
        Assert.All(gradient.Image(1).ToArray(), g => Assert.Equal(0, g)); // all of the second crop is ignored
        Assert.Contains(gradient.Image(0).ToArray(), g => g != 0);
        // A step against the gradient makes it less.
        for (int i = 0; i < logits.Span.Length; i++) logits.Span[i] -= 0.05f * gradient.Span[i];
        Assert.True(new FaceLoss(Side).Compute(logits, targets, gradient) < loss);
    }

    private static int[] Assign(float[] target)
    {
        var owners = new int[FaceDecoder.CountCells(Side, Side)];
        FaceLoss.Assign(Side, target, owners);
        return owners;
    }
}
