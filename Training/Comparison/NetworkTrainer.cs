using System.Text.Json;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Jobs;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Runs.Listeners;

namespace EmotionMLNet.Training.Comparison;

/// <summary>Trains networks by our loop: each run has a run folder like any other, and goes on from its checkpoint.</summary>
internal sealed class NetworkTrainer : ICandidateTrainer
{
    private NetworkTrainer() { }

    /// <summary>The only one: all that differs between networks stands in their settings.</summary>
    public static NetworkTrainer Instance { get; } = new();

    public IReadOnlyList<string> Remarks => [];

    public string? Usage => null;

    public JsonElement DescribeSettings(TrainingOptions options) => SettingsFile.ToElement(options);

    public string DescribeStart(TrainingOptions options) => options.FineTuning.Start is { } start ? Path.GetFileName(start) : "scratch";

    public RunOutcome Train(CandidateRun run)
    {
        TrainingProgress progress = TrainingJob.Train(
            run.Options,
            run.Folder,
            File.Exists(Path.Combine(run.Folder, Checkpoint.FileName)),
            cache: null,
            run.Reporter,
            run.Cancellation,
            replace: true,
            [new RunProgressListener(run.Job), .. run.Listeners]
        );
        if (progress.Finished is not { } ended) throw new OperationCanceledException(run.Cancellation);
        return new RunOutcome(run.Options.Seed, progress.BestEpoch, ended, progress.History);
    }

    public ITrainedCandidate Open(string folder, string shared, TrainingOptions options)
        => new TrainedNetwork(Path.Combine(folder, BestModel.FileName), options);

    private sealed class TrainedNetwork(string path, TrainingOptions options) : ITrainedCandidate
    {
        private readonly ModelZip zip = ModelZip.Load(path);

        public ModelManifest Manifest => zip.Manifest;

        public long? Parameters => zip.Network.ParameterCount;

        public long? MultiplyAdds => zip.Network.MultiplyAdds;

        public ModelZip Zip => zip;

        public Evaluation Measure(ImageSet images, string fingerprint, IReporter reporter, CancellationToken cancellation)
            => EvaluationJob.Measure(
                path,
                zip,
                images,
                fingerprint,
                options.Threads,
                TestTimeAugmentation.None,
                reporter,
                cancellation
            );

        public string Complete() => path;

        public long? PlanTrainingBytes(int trainingImages)
        {
            ModelZip own = ModelZip.Load(path); // a plan gives the parameters gradients
            TrainingOptions resolved = RunFactory.Resolve(options, own.Manifest.Preprocessing);
            return ModelCost.PlannedBytes(own.Network, resolved, own.Manifest.Preprocessing, trainingImages);
        }

        public Action PrepareBatch(int batch, ThreadTeam team)
        {
            var session = new InferenceSession(EmotionClassifier.Compile(zip), batch, team);
            return session.Run;
        }
    }
}
