using EmotionMLNet.Kernels;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Losses;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;

namespace EmotionMLNet.Training.Runs;

/// <summary>
/// What a run learns from and is measured on: pictures, or the features that a frozen backbone made of them. A source says which network
/// learns, fills its batches and measures it; all else of training is the same for every source and stands in <see cref="TrainingRun"/> and
/// <see cref="Learner"/>.
/// </summary>
internal abstract class BatchSource : IDisposable
{
    private readonly int threads;
    private ThreadTeam? team;

    /// <param name="options">Free of problems.</param>
    /// <param name="whole">The network of the model.</param>
    /// <param name="preprocessing">The preprocessing that made the data's pixels.</param>
    /// <param name="data">Train and validation splits; a test split is not looked at.</param>
    /// <exception cref="TrainingException">There are no training images.</exception>
    protected BatchSource(TrainingOptions options, Network whole, ImagePreprocessing preprocessing, Dataset data)
    {
        Train = data[Split.Train] ?? throw new TrainingException($"{options.Data.Path} has no training images.");
        BatchSize = Math.Min(options.Optimisation.BatchSize, Train.Count);
        threads = options.ThreadCount;
        Options = options;
        Whole = whole;
        Preprocessing = preprocessing;
        Data = data;
    }

    /// <summary>The network of the model, whose construction the validated one has.</summary>
    public Network Whole { get; }

    public ImagePreprocessing Preprocessing { get; }

    public Dataset Data { get; }

    /// <summary>The training split.</summary>
    public ImageSet Train { get; }

    /// <summary>The images that epochs are compared by.</summary>
    /// <exception cref="TrainingException">There are none.</exception>
    public ImageSet Validation => Data.RequireValidation(Options.Data.Path);

    /// <summary>Most images a step.</summary>
    public int BatchSize { get; }

    /// <summary>Steps of an epoch: as many as show as many images as the split has.</summary>
    public int Batches => (Train.Count + BatchSize - 1) / BatchSize;

    /// <summary>Threads of the run; not shared while a step runs.</summary>
    public ThreadTeam Team => team ??= new ThreadTeam(threads);

    /// <summary>What learns: the whole network, one with the outputs of a second task, or a head alone.</summary>
    public abstract Network Network { get; }

    /// <summary>What is minimised.</summary>
    public abstract ILoss Loss { get; }

    /// <summary>Which blocks learn when; null where all of <see cref="Network"/> always do.</summary>
    public virtual FineTuning? Stages => null;

    /// <summary>What epochs with small pictures are shown; null where there are none.</summary>
    public virtual Shape? SmallSize => null;

    /// <summary>Work of an epoch with small pictures, as a share of that of another; at most 1.</summary>
    public virtual double SmallCost => 1;

    /// <summary>What a checkpoint must agree with besides settings and data.</summary>
    public virtual string Fingerprint => "";

    /// <summary>What a reader of the run's figures should know.</summary>
    public virtual IReadOnlyList<string> Notes => [];

    /// <summary>What a checkpoint holds besides weights and optimiser, by name; the arrays are live.</summary>
    public virtual IEnumerable<(string Name, float[] Values)> State => [];

    /// <summary>Whether <see cref="Prepare"/> has nothing to do.</summary>
    public virtual bool IsPrepared => true;

    protected TrainingOptions Options { get; }

    /// <summary>Does what takes long and is done once before the first step.</summary>
    /// <param name="reporter">Shows how far the preparation is.</param>
    /// <param name="cancellation">Checked between batches.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public virtual void Prepare(IReporter reporter, CancellationToken cancellation)
    {
        // Most sources are ready.
    }

    /// <summary>Shows small pictures from now on, or whole ones.</summary>
    /// <returns>The network at the size of what is shown; it shares the parameters of <see cref="Network"/>.</returns>
    public virtual Network Show(bool isSmall) => Network;

    /// <summary>Fills a batch.</summary>
    /// <param name="epoch">Number of the epoch, from 0.</param>
    /// <param name="batch">Below <see cref="Batches"/>.</param>
    /// <param name="input">Receives what the shown network reads, [N, ...], and has its Batch set to N.</param>
    /// <param name="targets">Receives [N, Train.TargetLength], and has its Batch set to N.</param>
    public abstract void Load(int epoch, int batch, Tensor input, Tensor targets);

    /// <summary>The key of what layers draw in a step: a function of (seed, epoch, batch).</summary>
    public abstract ulong LayerKey(int epoch, int batch);

    /// <summary>Measures weights on validation.</summary>
    /// <param name="weights">The weights of <see cref="Network"/>, array by array.</param>
    /// <param name="validated">
    /// A network of the construction of <see cref="Whole"/>; receives the weights as the saved model is to have them.
    /// </param>
    /// <exception cref="ModelOutputException">An answer is no number.</exception>
    public abstract ClassificationReport Validate(IEnumerable<float[]> weights, Network validated);

    /// <summary>Measures what the run begins with on validation.</summary>
    /// <param name="weights">The weights of <see cref="Network"/>, array by array.</param>
    /// <param name="validated">A copy of <see cref="Whole"/> as it was given.</param>
    public virtual ClassificationReport ValidateStart(IEnumerable<float[]> weights, Network validated) => Validate(weights, validated);

    /// <summary>Ends the threads; again it does nothing.</summary>
    public void Dispose()
    {
        team?.Dispose();
        team = null;
    }
}
