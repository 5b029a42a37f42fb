using EmotionMLNet.Faces;
using EmotionMLNet.Kernels;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Faces;
using EmotionMLNet.Training.Losses;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Randomness;

namespace EmotionMLNet.Training.Runs;

/// <summary>
/// Crops of photographs with faces and of others without, for a detector. Measured by average precision on whole photographs.
/// </summary>
internal sealed class FaceBatches : BatchSource
{
    /// <summary>False positives a picture at which recall is measured.</summary>
    public const double AllowedFalsePositives = 0.1;

    /// <summary>Share of pictures without a face in which one may be seen, for the threshold of the detector.</summary>
    public const double AllowedAlarms = 0.045;

    private const ulong CropStream = 1, LayerStream = 2, ValidationStream = 3;

    // A loss is a mean over few numbers: enough crops to follow it, few enough to cost nothing.
    private const int ValidationCrops = 192, MostStored = 4096, StoredValues = 6;

    /// <summary>Least score that is measured: curves need low ones too, and below this nothing is worth its place in memory.</summary>
    public const float LeastScore = 0.02f;

    private const float MiningScore = 0.15f;

    private readonly FaceOptions faces;
    private readonly FaceSet set;
    private readonly CropSampler sampler, held;
    private readonly float[] stored = new float[1 + MostStored * StoredValues]; // what a checkpoint knows of the falsePositives
    private List<FalsePositive>? falsePositives;

    /// <param name="options">Free of problems, with face options.</param>
    /// <param name="network">For crops.</param>
    /// <param name="set">The pictures.</param>
    /// <exception cref="TrainingException">There is no face to learn, or none to measure on.</exception>
    public FaceBatches(TrainingOptions options, Network network, FaceSet set)
        : base(options, network, options.Faces!.CropsPerEpoch)
    {
        faces = options.Faces!;
        this.set = set;
        sampler = new CropSampler(faces, set.Train);
        held = new CropSampler(faces, set.Validation);
        if (sampler.Faces == 0) throw new TrainingException($"{options.Data.Path}: no picture to learn from has a face.");
        if (held.Faces == 0)
            throw new TrainingException($"{options.Data.Path}: no picture of the validation has a face: give more pictures.");
        Loss = new FaceLoss(faces.CropSide);
    }

    public override Network Network => Whole;

    public override ILoss Loss { get; }

    public override int TargetLength => FaceTarget.Length;

    public override int ValidationExamples => ValidationCrops + 2 * set.Validation.Count;

    public override string DataFingerprint => set.Fingerprint;

    public override IReadOnlyList<string> Notes =>
        [
            $"{sampler.Faces} faces in {set.Train.Count(p => p.Faces.Length > 0)} photographs, and {sampler.EmptyPictures} "
                + "photographs without a "
                + "face",
        ];

    public override IEnumerable<(string Name, float[] Values)> State => [("false positives", stored)];

    /// <summary>What the latest validation found; null before the first.</summary>
    public DetectionMatches? Validated { get; private set; }

    private List<FalsePositive> Mined => falsePositives ??= ReadStored();

    public override void Load(int epoch, int batch, Tensor input, Tensor targets)
    {
        int start = batch * BatchSize, count = Math.Min(BatchSize, Examples - start);
        input.Batch = count;
        targets.Batch = count;
        ulong key = RandomStream.Key(RandomStream.Key((ulong)Options.Seed, CropStream), (ulong)epoch);
        var job = new DrawJob(sampler, Mined, plain: false, input, targets, key, start);
        Team.Run(ref job);
    }

    public override int? CountCorrect(Tensor logits, Tensor targets) => null;

    public override ulong LayerKey(int epoch, int batch)
        => RandomStream.Key(RandomStream.Key(RandomStream.Key((ulong)Options.Seed, LayerStream), (ulong)epoch), (ulong)batch);

    public override ValidationFigures Validate(IEnumerable<float[]> weights, Network validated)
    {
        foreach ((float[] from, (_, Layers.Parameter to)) in weights.Zip(validated.Parameters)) from.CopyTo(to.Values, 0);
        WeightWriter.Round(validated, Options.Output.ZipWeights);
        double loss = MeasureLoss(validated);
        if (!double.IsFinite(loss)) throw new ModelOutputException(Options.Data.Path);
        Validated = Match(validated, set.Validation, Team);
        return ValidationFigures.OfFaces(loss, Validated.ComputeAveragePrecision(), Validated.ComputeRecall(AllowedFalsePositives));
    }

    /// <summary>Looks for faces in whole pictures.</summary>
    /// <param name="network">Of any size.</param>
    /// <param name="pictures">With boxes.</param>
    /// <param name="team">Threads.</param>
    public static DetectionMatches Match(Network network, IEnumerable<FacePicture> pictures, ThreadTeam team)
    {
        var matches = new DetectionMatches(overlap: 0.5f);
        var scan = new FaceScan(network, team);
        List<Face> found = [];
        foreach (FacePicture picture in pictures)
        {
            scan.Detect(picture.Levels[0].Samples, picture.Width, picture.Height, LeastScore, found);
            matches.Add(found, picture.Faces, picture.Ignored);
        }
        return matches;
    }

    /// <summary>From <see cref="FaceOptions.MineAfter"/> on, empty crops are taken where the detector was wrong.</summary>
    public override void OnEpochDone(int epoch, Network validated, CancellationToken cancellation)
    {
        int from = (int)MathF.Ceiling(faces.MineAfter * Options.Optimisation.Epochs);
        if (faces.MineAfter >= 1 || epoch + 1 < from || (epoch + 1 - from) % Math.Max(1, Options.Optimisation.Epochs / 8) != 0) return;
        var scan = new FaceScan(validated, Team);
        List<Face> found = [];
        List<(float Score, FalsePositive FalsePositive)> all = [];
        for (int i = 0; i < set.Train.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            FacePicture picture = set.Train[i];
            if (picture.Faces.Length > 0 || picture.Ignored.Length > 0) continue;
            scan.Detect(picture.Levels[0].Samples, picture.Width, picture.Height, MiningScore, found, cancellationToken: cancellation);
            float scale = scan.FindScale(picture.Width, picture.Height);
            foreach (Face face in found) all.Add((face.Score, new FalsePositive(i, face.Box, scale)));
        }
        // The worst ones, and of equal ones the first.
        falsePositives = [.. all.OrderByDescending(m => m.Score).Take(MostStored).Select(m => m.FalsePositive)];
        StoreFalsePositives();
    }

    private double MeasureLoss(Network validated)
    {
        var plan = Inference.InferencePlan.Compile(validated);
        var session = new Inference.InferenceSession(plan, BatchSize, Team);
        var targets = new Tensor(BatchSize, Shape.Vector(TargetLength));
        var gradient = new Tensor(BatchSize, plan.Steps[^1].Output);
        double sum = 0;
        int batches = Math.Max(1, ValidationCrops / BatchSize);
        for (int batch = 0; batch < batches; batch++)
        {
            session.Input.Batch = targets.Batch = gradient.Batch = BatchSize;
            var job = new DrawJob(
                held,
                [],
                plain: true,
                session.Input,
                targets,
                RandomStream.Key((ulong)Options.Seed, ValidationStream),
                batch * BatchSize
            );
            Team.Run(ref job);
            session.Run();
            sum += Loss.Compute(session.Logits, targets.Span, gradient);
        }
        return sum / batches;
    }

    private void StoreFalsePositives()
    {
        stored[0] = falsePositives!.Count;
        for (int i = 0; i < falsePositives.Count; i++)
        {
            (int picture, FaceBox box, float scale) = falsePositives[i];
            Span<float> v = stored.AsSpan(1 + i * StoredValues, StoredValues);
            (v[0], v[1], v[2], v[3], v[4], v[5]) = (picture, box.X, box.Y, box.Width, box.Height, scale);
        }
    }

    private List<FalsePositive> ReadStored()
    {
        List<FalsePositive> all = [];
        for (int i = 0; i < (int)stored[0]; i++)
        {
            ReadOnlySpan<float> v = stored.AsSpan(1 + i * StoredValues, StoredValues);
            all.Add(new FalsePositive((int)v[0], new FaceBox(v[1], v[2], v[3], v[4]), v[5]));
        }
        return all;
    }

    private readonly struct DrawJob(
        CropSampler sampler,
        List<FalsePositive> falsePositives,
        bool plain,
        Tensor input,
        Tensor targets,
        ulong key,
        int start
    ) : ITeamJob
    {
        public void Run(int part, int parts)
        {
            (int first, int end) = ThreadTeam.Range(input.Batch, part, parts);
            for (int i = first; i < end; i++)
                sampler.Draw(RandomStream.Key(key, (ulong)(start + i)), falsePositives, plain, input.Image(i), targets.Image(i));
        }
    }
}
