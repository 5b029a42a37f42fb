using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Augmentation;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Randomness;

namespace EmotionMLNet.Training.Data;

/// <summary>
/// Fills batches of one image set: for training in an order shuffled anew each epoch, augmented and mixed; for evaluation in
/// file order, unchanged. A batch is a function of (seed, epoch, batch index) alone, whatever was loaded before and on however
/// many threads, so a resumed run sees exactly what an unbroken one would have seen. Allocates nothing per batch.
/// </summary>
/// <remarks>
/// Mixing (see <see cref="PairMixing"/>) stays within the batch: images i and N-1-i are a pair. The order is random, so the partners
/// are; the middle image of an odd batch stays whole.
/// </remarks>
internal sealed class BatchLoader
{
    // The variant is drawn under an image's key, as all that the augmenter draws: it keeps clear of the augmenter's numbers.
    private const ulong OrderStream = 1, ImageStream = 2, MixStream = 3, VariantStream = 32;

    private readonly ThreadTeam team;
    private readonly Augmenter augmenter;
    private readonly PairMixing mixing;
    private readonly ulong seed;
    private readonly bool shuffle;
    private readonly int[] order;
    private readonly EpochOrder sampling;
    private readonly float[]? answers;
    private int orderEpoch = -1;

    private BatchLoader(
        ImageSet set,
        Augmenter augmenter,
        int batchSize,
        ulong seed,
        bool shuffle,
        float balance,
        float[]? answers,
        ThreadTeam team
    )
    {
        if (answers is not null && answers.Length != set.Count * set.Labels.Count)
            throw new ArgumentException(
                $"{answers.Length} probabilities for {set.Count} images of {set.Labels.Count} classes.",
                nameof(answers)
            );
        this.answers = answers;
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (set.Count == 0) throw new TrainingException($"The {set.Name} split has no usable image.");
        Set = set;
        this.augmenter = augmenter;
        BatchSize = batchSize;
        this.seed = seed;
        this.shuffle = shuffle;
        this.team = team;
        mixing = new PairMixing(augmenter.Options, augmenter.Preprocessing);
        order = new int[set.Count];
        sampling = new EpochOrder(set, balance);
    }

    public ImageSet Set { get; }

    /// <summary>Images a batch; the last one of an epoch may be short.</summary>
    public int BatchSize { get; }

    /// <summary>Batches of an epoch: as many as cover every image once.</summary>
    public int Batches => (Set.Count + BatchSize - 1) / BatchSize;

    /// <summary>Shuffled, augmented and mixed as <paramref name="augmenter"/>'s options say.</summary>
    /// <param name="set">The training split.</param>
    /// <param name="augmenter">Its options and preprocessing.</param>
    /// <param name="batchSize">Images a batch.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="team">Threads that fill batches.</param>
    /// <param name="balance">0 shows every image once an epoch, 1 every class equally often, see <see cref="EpochOrder"/>.</param>
    /// <param name="answers">
    /// [images, classes], what teachers say of each image, mixed with the image as its target is; read at every batch; null where nobody
    /// was asked.
    /// </param>
    public static BatchLoader ForTraining(
        ImageSet set,
        Augmenter augmenter,
        int batchSize,
        ulong seed,
        ThreadTeam team,
        float balance = 0,
        float[]? answers = null
    ) => new(set, augmenter, batchSize, seed, shuffle: true, balance, answers, team);

    /// <summary>File order, normalised only; the epoch has no effect.</summary>
    public static BatchLoader ForEvaluation(ImageSet set, Preprocessing.ImagePreprocessing preprocessing, int batchSize, ThreadTeam team) =>
        new(
            set,
            new Augmenter(AugmentationOptions.None, preprocessing),
            batchSize,
            seed: 0,
            shuffle: false,
            balance: 0,
            answers: null,
            team
        );

    /// <summary>Fills one batch.</summary>
    /// <param name="epoch">Number of the epoch, from 0.</param>
    /// <param name="batch">0 to <see cref="Batches"/> - 1.</param>
    /// <param name="input">Receives normalised images [N, Height, Width, Channels] and has its Batch set to N.</param>
    /// <param name="targets">
    /// Receives class distributions [N, classes], each summing to 1, those of a second task behind them, and has its Batch set to N.
    /// </param>
    /// <param name="taught">
    /// Receives [N, classes] of the teachers' answers, and has its Batch set to N; null where they are not wanted.
    /// </param>
    /// <returns>The indices into <see cref="Set"/> of the N images; valid until the next call with another epoch.</returns>
    /// <exception cref="InvalidOperationException">Answers are wanted and there are none.</exception>
    public ReadOnlySpan<int> Load(int epoch, int batch, Tensor input, Tensor targets, Tensor? taught = null)
    {
        if (taught is not null && answers is null) throw new InvalidOperationException("No teacher was asked.");
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(batch, Batches);
        if (targets.Shape.Length != Set.TargetLength)
            throw new ArgumentException($"Targets want {Set.TargetLength} values, got {targets.Shape}.", nameof(targets));
        Order(epoch);
        int start = batch * BatchSize, count = Math.Min(BatchSize, Set.Count - start);
        input.Batch = count;
        targets.Batch = count;
        taught?.Batch = count;
        ulong epochKey = RandomStream.Key(seed, (ulong)epoch);
        var job = new FillJob(this, input, targets, taught, start, count, RandomStream.Key(epochKey, ImageStream),
            RandomStream.Key(RandomStream.Key(epochKey, MixStream), (ulong)batch));
        team.Run(ref job);
        return order.AsSpan(start, count);
    }

    private void Order(int epoch)
    {
        if (orderEpoch == epoch || (!shuffle && orderEpoch >= 0)) return;
        if (shuffle) sampling.Draw(order, RandomStream.Key(RandomStream.Key(seed, (ulong)epoch), OrderStream));
        else for (int i = 0; i < order.Length; i++) order[i] = i;
        orderEpoch = epoch;
    }

    /// <summary>A part handles whole pairs (i, N-1-i), so that it can mix them without waiting for another.</summary>
    private readonly struct FillJob(
        BatchLoader loader,
        Tensor input,
        Tensor targets,
        Tensor? taught,
        int start,
        int count,
        ulong imageKey,
        ulong mixKey
    ) : ITeamJob
    {
        public void Run(int part, int parts)
        {
            (int first, int end) = ThreadTeam.Range((count + 1) / 2, part, parts);
            for (int i = first; i < end; i++)
            {
                int partner = count - 1 - i;
                Fill(i);
                if (partner == i) continue;
                Fill(partner);
                loader.mixing.Mix(
                    input.Image(i),
                    input.Image(partner),
                    targets.Image(i),
                    targets.Image(partner),
                    Taught(i),
                    Taught(partner),
                    RandomStream.Key(mixKey, (ulong)i)
                );
            }
        }

        private void Fill(int n)
        {
            int image = loader.order[start + n];
            // Where an image stands twice in an epoch, it is another picture each time.
            ulong key = RandomStream.Key(imageKey, (ulong)(loader.sampling.Repeats ? start + n : image));
            byte[] pixels = loader.shuffle ? loader.Set.Choose(image, RandomStream.Key(key, VariantStream)) : loader.Set.Pixels[image];
            loader.augmenter.Apply(pixels, input.Image(n), key);
            loader.Set.CopyTarget(image, targets.Image(n));
            int classes = loader.Set.Labels.Count;
            if (taught is not null) loader.answers.AsSpan(image * classes, classes).CopyTo(Taught(n));
        }

        private Span<float> Taught(int n) => taught is null ? [] : taught.Image(n);
    }
}
