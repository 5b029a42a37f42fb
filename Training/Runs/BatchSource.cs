using EmotionMLNet.Kernels;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Losses;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;

namespace EmotionMLNet.Training.Runs;

/// <summary>
/// What a run learns from and is measured on: labelled pictures, features that a frozen backbone made of them, or crops with faces. A
/// source says which network learns, fills its batches and measures it; all else of training is the same for every source and stands in
/// <see cref="TrainingRun"/> and <see cref="Learner"/>.
/// </summary>
internal abstract class BatchSource : IDisposable
{
    private readonly int threads;
    private ThreadTeam? team;

    /// <param name="options">Free of problems.</param>
    /// <param name="whole">The network of the model.</param>
    /// <param name="examples">Examples of an epoch, at least one.</param>
    protected BatchSource(TrainingOptions options, Network whole, int examples)
    {
        Examples = examples;
        BatchSize = Math.Min(options.Optimisation.BatchSize, examples);
        threads = options.ThreadCount;
        Options = options;
        Whole = whole;
    }

    /// <summary>The network of the model, whose construction the validated one has.</summary>
    public Network Whole { get; }

    /// <summary>Pictures, or crops of them, that an epoch shows.</summary>
    public int Examples { get; }

    /// <summary>How many examples' forward passes a validation amounts to.</summary>
    public abstract int ValidationExamples { get; }

    /// <summary>Values of a target.</summary>
    public abstract int TargetLength { get; }

    /// <summary>What a checkpoint's data are known by.</summary>
    public abstract string DataFingerprint { get; }

    /// <summary>What is right on validation without looking at a picture; null where that is no question.</summary>
    public virtual BaselineAccuracy? Baseline => null;

    /// <summary>Most images a step.</summary>
    public int BatchSize { get; }

    /// <summary>Steps of an epoch: as many as show so many examples.</summary>
    public int Batches => (Examples + BatchSize - 1) / BatchSize;

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
    /// <param name="targets">Receives [N, TargetLength], and has its Batch set to N.</param>
    public abstract void Load(int epoch, int batch, Tensor input, Tensor targets);

    /// <summary>How many of a batch the network has right; null where right and wrong are no question of single examples.</summary>
    /// <param name="logits">Of the shown network.</param>
    /// <param name="targets">What <see cref="Load"/> filled.</param>
    public abstract int? CountCorrect(Tensor logits, Tensor targets);

    /// <summary>What is done between two epochs, behind the validation: the weights are the validated ones.</summary>
    /// <param name="epoch">Number of the epoch that ended, from 0.</param>
    /// <param name="validated">The network that was validated.</param>
    /// <param name="cancellation">Ends it with an exception.</param>
    public virtual void OnEpochDone(int epoch, Network validated, CancellationToken cancellation)
    {
        // Most sources are the same in every epoch.
    }

    /// <summary>The key of what layers draw in a step: a function of (seed, epoch, batch).</summary>
    public abstract ulong LayerKey(int epoch, int batch);

    /// <summary>Measures weights on validation.</summary>
    /// <param name="weights">The weights of <see cref="Network"/>, array by array.</param>
    /// <param name="validated">
    /// A network of the construction of <see cref="Whole"/>; receives the weights as the saved model is to have them.
    /// </param>
    /// <exception cref="ModelOutputException">An answer is no number.</exception>
    public abstract ValidationFigures Validate(IEnumerable<float[]> weights, Network validated);

    /// <summary>Measures what the run begins with on validation.</summary>
    /// <param name="weights">The weights of <see cref="Network"/>, array by array.</param>
    /// <param name="validated">A copy of <see cref="Whole"/> as it was given.</param>
    public virtual ValidationFigures ValidateStart(IEnumerable<float[]> weights, Network validated) => Validate(weights, validated);

    /// <summary>Ends the threads; again it does nothing.</summary>
    public void Dispose()
    {
        team?.Dispose();
        team = null;
    }
}
