using EmotionMLNet.Kernels;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Augmentation;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Data;

public sealed class BatchLoaderTests
{
    private const int Classes = 3;

    private static readonly ImagePreprocessing Preprocessing = DataFolder.Grey8;

    private static readonly AugmentationOptions Augmented = new()
    {
        Flip = true,
        Rotate = 10,
        Shift = 0.1f,
        Sharpness = 0.5f,
        Mixup = 0.4f,
        CutMix = 1,
    };

    private static ImageSet Set(int count)
    {
        byte[][] pixels = [.. Enumerable.Range(0, count).Select(i => { byte[] p = new byte[64]; new Random(i).NextBytes(p); return p; })];
        return new ImageSet(
            Split.Train,
            "train",
            ["a", "b", "c"],
            [.. Enumerable.Range(0, count).Select(i => i % Classes)],
            pixels,
            [.. Enumerable.Range(0, count).Select(i => $"{i}")]
        );
    }

    private static (Tensor Input, Tensor Targets) Buffers(int batch) =>
        (new Tensor(batch, new Shape(8, 8, 1)), new Tensor(batch, Shape.Vector(Classes)));

    private static (float[] Input, float[] Targets, int[] Indices) Load(BatchLoader loader, int epoch, int batch)
    {
        (Tensor input, Tensor targets) = Buffers(loader.BatchSize);
        int[] indices = loader.Load(epoch, batch, input, targets).ToArray();
        return (input.Span.ToArray(), targets.Span.ToArray(), indices);
    }

    [Fact]
    public void An_epoch_shows_every_image_once_in_an_order_of_its_own()
    {
        using var team = new ThreadTeam(2);
        var loader = BatchLoader.ForTraining(Set(23), new Augmenter(AugmentationOptions.None, Preprocessing), 5, seed: 1, team);
        Assert.Equal(5, loader.Batches);
        int[] Epoch(int epoch) => [.. Enumerable.Range(0, loader.Batches).SelectMany(b => Load(loader, epoch, b).Indices)];
        Assert.Equal(Enumerable.Range(0, 23), Epoch(0).Order());
        Assert.Equal(Enumerable.Range(0, 23), Epoch(1).Order());
        Assert.NotEqual(Epoch(0), Epoch(1));
        Assert.NotEqual(Enumerable.Range(0, 23), Epoch(0));
        Assert.Equal(3, Load(loader, 0, 4).Indices.Length);
    }

    [Fact]
    public void A_batch_depends_on_epoch_and_index_alone_whatever_came_before_and_on_how_many_threads()
    {
        using var one = new ThreadTeam(1);
        using var three = new ThreadTeam(3);
        ImageSet set = Set(23);
        var straight = BatchLoader.ForTraining(set, new Augmenter(Augmented, Preprocessing), 5, seed: 4, one);
        for (int batch = 0; batch < straight.Batches; batch++) Load(straight, 0, batch);
        var resumed = BatchLoader.ForTraining(set, new Augmenter(Augmented, Preprocessing), 5, seed: 4, three);
        foreach ((int epoch, int batch) in new[] { (1, 3), (0, 2), (1, 4) })
        {
            (float[] input, float[] targets, int[] indices) = Load(straight, epoch, batch);
            (float[] otherInput, float[] otherTargets, int[] otherIndices) = Load(resumed, epoch, batch);
            Assert.Equal(indices, otherIndices);
            Assert.Equal(input, otherInput);
            Assert.Equal(targets, otherTargets);
        }
        var otherSeed = BatchLoader.ForTraining(set, new Augmenter(Augmented, Preprocessing), 5, seed: 5, one);
        Assert.NotEqual(Load(straight, 0, 0).Input, Load(otherSeed, 0, 0).Input);
    }

    [Fact]
    public void Without_mixup_targets_are_the_classes_and_images_are_augmented_by_epoch()
    {
        using var team = new ThreadTeam(1);
        var loader = BatchLoader.ForTraining(
            Set(6),
            new Augmenter(Augmented with { Mixup = 0, CutMix = 0 }, Preprocessing),
            6,
            seed: 1,
            team
        );
        (float[] input, float[] targets, int[] indices) = Load(loader, 0, 0);
        for (int n = 0; n < 6; n++)
            for (int k = 0; k < Classes; k++)
                Assert.Equal(indices[n] % Classes == k ? 1f : 0f, targets[n * Classes + k]);
        (float[] next, _, int[] nextIndices) = Load(loader, 1, 0);
        int image = indices[0], again = Array.IndexOf(nextIndices, image);
        Assert.NotEqual(input[..64], next[(again * 64)..(again * 64 + 64)]);
    }

    [Fact]
    public void Mixup_mixes_partners_with_their_targets_by_the_same_share()
    {
        using var team = new ThreadTeam(2);
        ImageSet set = Set(9);
        var options = new AugmentationOptions { Mixup = 1 };
        var loader = BatchLoader.ForTraining(set, new Augmenter(options, Preprocessing), 9, seed: 2, team);
        var plain = BatchLoader.ForTraining(set, new Augmenter(AugmentationOptions.None, Preprocessing), 9, seed: 2, team);
        (float[] mixed, float[] targets, int[] indices) = Load(loader, 0, 0);
        (float[] whole, float[] classes, int[] same) = Load(plain, 0, 0);
        Assert.Equal(same, indices);
        for (int n = 0; n < 9; n++)
        {
            int partner = 8 - n;
            Assert.Equal(1, targets.AsSpan(n * Classes, Classes).ToArray().Sum(), 1e-6f);
            // λ from one pixel explains every pixel and the target.
            float a = whole[n * 64], b = whole[partner * 64], lambda = n == partner ? 1 : (mixed[n * 64] - b) / (a - b);
            Assert.InRange(lambda, 0, 1);
            for (int i = 0; i < 64; i++)
                Assert.Equal(lambda * whole[n * 64 + i] + (1 - lambda) * whole[partner * 64 + i], mixed[n * 64 + i], 1e-4f);
            for (int k = 0; k < Classes; k++)
                Assert.Equal(
                    lambda * classes[n * Classes + k] + (1 - lambda) * classes[partner * Classes + k],
                    targets[n * Classes + k],
                    1e-4f
                );
        }
    }

    [Fact]
    public void Soft_targets_stand_in_for_classes_and_an_image_shown_twice_is_augmented_twice()
    {
        using var team = new ThreadTeam(1);
        ImageSet set = Set(9) with { Classes = [0, 0, 0, 0, 0, 0, 0, 1, 2], Targets = [null, [0.5f, 0.25f, 0.25f], .. new float[7][]] };
        var loader = BatchLoader.ForTraining(
            set,
            new Augmenter(new AugmentationOptions { Rotate = 20 }, Preprocessing),
            9,
            seed: 3,
            team,
            balance: 1
        );
        (float[] input, float[] targets, int[] indices) = Load(loader, 0, 0);
        int[] repeated = [.. indices.Index().Where(i => i.Item == 8).Select(i => i.Index)];
        Assert.Equal(3, repeated.Length);
        Assert.NotEqual(input[(repeated[0] * 64)..(repeated[0] * 64 + 64)], input[(repeated[1] * 64)..(repeated[1] * 64 + 64)]);
        for (int epoch = 0, seen = 0; seen < 2; epoch++)
        {
            (_, targets, indices) = Load(loader, epoch, 0);
            int at = Array.IndexOf(indices, 1);
            if (at < 0) continue;
            Assert.Equal([0.5f, 0.25f, 0.25f], targets[(at * Classes)..(at * Classes + Classes)]);
            seen++;
        }
    }

    [Fact]
    public void What_teachers_said_goes_with_its_image_and_is_mixed_as_targets_are()
    {
        using var team = new ThreadTeam(2);
        ImageSet set = Set(23);
        // Teachers that repeat the label must be mixed as the label is; others' answers are a linear function of the same shares.
        float[] repeated = [.. set.Classes.SelectMany(c => Enumerable.Range(0, Classes).Select(k => k == c ? 1f : 0))];
        var loader = BatchLoader.ForTraining(set, new Augmenter(Augmented, Preprocessing), 5, seed: 4, team, answers: repeated);
        (Tensor input, Tensor targets) = Buffers(5);
        var taught = new Tensor(5, Shape.Vector(Classes));
        bool mixed = false;
        for (int batch = 0; batch < loader.Batches; batch++)
        {
            loader.Load(0, batch, input, targets, taught);
            Assert.Equal(targets.Batch, taught.Batch);
            Assert.Equal(targets.Span, taught.Span);
            mixed |= taught.Span.ContainsAnyInRange(0.01f, 0.99f);
        }
        Assert.True(mixed);
        var plain = BatchLoader.ForTraining(set, new Augmenter(Augmented, Preprocessing), 5, seed: 4, team);
        Assert.Throws<InvalidOperationException>(() => plain.Load(0, 0, input, targets, taught));
        Assert.Throws<ArgumentException>(() =>
            BatchLoader.ForTraining(set, new Augmenter(Augmented, Preprocessing), 5, seed: 4, team, answers: new float[5])
        );
    }

    [Fact]
    public void Evaluation_is_in_file_order_and_only_normalised()
    {
        using var team = new ThreadTeam(2);
        ImageSet set = Set(7);
        var loader = BatchLoader.ForEvaluation(set, Preprocessing, 4, team);
        Assert.Equal([0, 1, 2, 3], Load(loader, 0, 0).Indices);
        (float[] input, _, int[] indices) = Load(loader, 3, 1);
        Assert.Equal([4, 5, 6], indices);
        float[] expected = new float[64];
        Preprocessing.Normalise(set.Pixels[5], expected);
        Assert.Equal(expected, input[64..128]);
    }

    [Fact]
    public void Loading_allocates_nothing()
    {
        using var team = new ThreadTeam(1);
        var loader = BatchLoader.ForTraining(
            Set(32),
            new Augmenter(Augmented with { Erase = 0.5f, Brightness = 0.1f }, Preprocessing),
            8,
            seed: 1,
            team
        );
        (Tensor input, Tensor targets) = Buffers(8);
        for (int epoch = 0; epoch < 3; epoch++) loader.Load(epoch, 0, input, targets);
        Assert.Equal(0, SteadyAllocation.Of(() =>
        {
            for (int epoch = 0; epoch < 10; epoch++)
                for (int batch = 0; batch < loader.Batches; batch++) loader.Load(epoch, batch, input, targets);
        }));
    }
}
