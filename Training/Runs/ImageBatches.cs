using EmotionMLNet.Inference;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Augmentation;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Losses;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Randomness;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Runs.Auxiliary;
using EmotionMLNet.Training.Runs.Distillation;
using EmotionMLNet.Training.Runs.Progressive;

namespace EmotionMLNet.Training.Runs;

/// <summary>
/// Pictures, augmented and mixed, for a network that learns as a whole or block by block; with teachers, a second task and small pictures
/// where settings want them.
/// </summary>
internal sealed class ImageBatches : ClassificationBatches
{
    // Keeps the draws of layers apart from those of the batch loader, whose keys are the small numbers below it.
    private const ulong LayerStream = 16;

    private readonly Network shown;
    private readonly Network? reduced;
    private readonly Teachers? teachers;
    private readonly BatchLoader batches;
    private Tensor? whole; // a batch before it is reduced, while small pictures are shown
    private BatchDownsampling? reduction;

    /// <inheritdoc cref="ClassificationBatches(TrainingOptions, Network, ImagePreprocessing, Dataset)"/>
    /// <exception cref="TrainingException">There are no training images, or settings do not fit the network or the teachers.</exception>
    public ImageBatches(TrainingOptions options, Network whole, ImagePreprocessing preprocessing, Dataset data)
        : base(options, whole, preprocessing, data)
    {
        int classes = Train.Labels.Count, auxiliary = Train.TargetLength - classes;
        ILoss loss = RunFactory.CreateLoss(options, whole, Train);
        Network = auxiliary == 0 ? whole : AuxiliaryHead.Widen(whole, auxiliary, options.Seed);
        Stages = new FineTuning(options, Network);
        Stages.Enter(epoch: 0);
        shown = ResizedNetwork.ResizeToWindow(Network, options.Augmentation, preprocessing);
        if (options.Progressive.IsOn) reduced = ResizedNetwork.ResizeToSmall(shown, options.Progressive);
        teachers = Teachers.Load(options.Distillation, preprocessing, shown.InputShape, data, BatchSize, Team);
        var augmenter = new Augmenter(options.Augmentation, preprocessing);
        batches = BatchLoader.ForTraining(
            Train,
            augmenter,
            BatchSize,
            (ulong)options.Seed,
            Team,
            options.TrainingSet.Balance,
            teachers?.Answers?.Probabilities
        );
        if (teachers is not null)
            loss = new DistillationLoss(
                loss,
                teachers.Probabilities,
                options.Distillation.TeacherWeight,
                options.Distillation.TeacherTemperature
            );
        Loss = auxiliary == 0 ? loss : new AuxiliaryLoss(loss, classes, auxiliary, options.TrainingSet.AuxiliaryWeight, BatchSize);
    }

    public override Network Network { get; }

    public override ILoss Loss { get; }

    public override FineTuning Stages { get; }

    public override Shape? SmallSize => reduced?.InputShape;

    public override double SmallCost => (double)(reduced ?? shown).MultiplyAdds / shown.MultiplyAdds;

    public override string Fingerprint => teachers?.Fingerprint ?? "";

    public override IReadOnlyList<string> Notes => teachers?.Notes ?? [];

    public override IEnumerable<(string Name, float[] Values)> State =>
        teachers?.Answers is { } answers ? [("teachers' answers", answers.Probabilities)] : [];

    public override bool IsPrepared => teachers?.Answers is not { AreKnown: false };

    public override void Prepare(IReporter reporter, CancellationToken cancellation)
    {
        if (IsPrepared) return;
        using IWork asking = reporter.Begin("asking teachers", "images");
        teachers!.Answers!.Compute(Team, asking.Report, cancellation);
    }

    public override Network Show(bool isSmall)
    {
        Network seen = isSmall ? reduced! : shown;
        whole = isSmall ? new Tensor(BatchSize, shown.InputShape) : null;
        reduction = isSmall ? new BatchDownsampling(shown.InputShape, seen.InputShape, Team) : null;
        return seen;
    }

    public override void Load(int epoch, int batch, Tensor input, Tensor targets)
    {
        Tensor pictures = whole ?? input;
        Tensor? answered = teachers?.Answers is null ? null : teachers.Probabilities;
        batches.Load(epoch, batch, pictures, targets, answered);
        if (answered is null) teachers?.Teach(pictures); // who never learned from small ones
        reduction?.Apply(pictures, input);
    }

    public override ulong LayerKey(int epoch, int batch)
        => RandomStream.Key(RandomStream.Key(RandomStream.Key((ulong)Options.Seed, (ulong)epoch), LayerStream), (ulong)batch);

    public override ValidationFigures Validate(IEnumerable<float[]> weights, Network validated)
    {
        AuxiliaryHead.CopyTo(weights, validated);
        WeightWriter.Round(validated, Options.Output.ZipWeights);
        return Judge(new Evaluator(Team).ComputeProbabilities(InferencePlan.Compile(validated), Preprocessing, Validation));
    }
}
