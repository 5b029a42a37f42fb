using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.FastTree;
using Microsoft.ML.Trainers.LightGbm;

namespace EmotionMLNet.Trainer.MLNet;

/// <summary>
/// One of ML.NET's own multiclass trainers with its default settings. Those that only tell two classes apart are used once a class
/// (OneVersusAll). All yield probabilities.
/// </summary>
/// <param name="Name">As in "mlnet:pixels+lbfgs".</param>
/// <param name="Title">ML.NET's name.</param>
/// <param name="Draws">Whether anything depends on the seed.</param>
/// <param name="Package">What it needs beside Microsoft.ML, or null.</param>
internal sealed record StockTrainer(string Name, string Title, bool Draws, string? Package = null)
{
    private const string FastTreePackage = "Microsoft.ML.FastTree";

    private static readonly StockTrainer[] All =
    [
        // With several threads sums are made in any order, and SDCA's threads overtake one another: bits would differ from run to run.
        new("lbfgs", "LbfgsMaximumEntropy", Draws: false)
        {
            create = (t, _) => Of(t.Multi.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options { NumberOfThreads = 1 })),
        },
        new("sdca", "SdcaMaximumEntropy", Draws: true)
        {
            create = (t, _) => Of(t.Multi.SdcaMaximumEntropy(new SdcaMaximumEntropyMulticlassTrainer.Options { NumberOfThreads = 1 })),
        },
        new("lightgbm", "LightGbm", Draws: false, "Microsoft.ML.LightGbm")
        {
            create = (t, run) =>
                Of(t.Multi.LightGbm(new LightGbmMulticlassTrainer.Options { NumberOfThreads = run.Threads, Seed = run.Seed })),
        },
        new("fasttree", "OneVersusAll of FastTree", Draws: false, FastTreePackage)
        {
            create = (t, run) =>
                Of(
                    t.Multi.OneVersusAll(
                        t.Binary.FastTree(new FastTreeBinaryTrainer.Options { NumberOfThreads = run.Threads, Seed = run.Seed })
                    )
                ),
        },
        new("fastforest", "OneVersusAll of FastForest", Draws: true, FastTreePackage)
        {
            create = (t, run) =>
                Of(
                    t.Multi.OneVersusAll(
                        t.Binary.FastForest(new FastForestBinaryTrainer.Options { NumberOfThreads = run.Threads, Seed = run.Seed })
                    )
                ),
        },
        new("perceptron", "OneVersusAll of AveragedPerceptron", Draws: false)
        {
            create = (t, _) => Of(t.Multi.OneVersusAll(t.Binary.AveragedPerceptron())),
        },
    ];

    private Func<Catalogues, (int Threads, int Seed), (IEstimator<ITransformer> Estimator, bool NeedsNormalisation)> create = null!;

    /// <summary>"lbfgs, sdca, ...".</summary>
    public static string Names => string.Join(", ", All.Select(t => t.Name));

    /// <summary>By name, in any case; null where there is none.</summary>
    public static StockTrainer? Find(string name) => Array.Find(All, t => t.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Features to probabilities; features are scaled before trainers that say they need it.</summary>
    /// <param name="ml">With the seed of the run.</param>
    /// <param name="threads">Threads, as far as bits do not depend on them.</param>
    /// <param name="seed">The seed of the run.</param>
    public IEstimator<ITransformer> Create(MLContext ml, int threads, int seed)
    {
        (IEstimator<ITransformer> trainer, bool needsNormalisation) = create(
            new Catalogues(ml.MulticlassClassification.Trainers, ml.BinaryClassification.Trainers),
            (threads, seed)
        );
        return needsNormalisation ? ml.Transforms.NormalizeMinMax(nameof(FeatureRow.Features)).Append(trainer) : trainer;
    }

    /// <summary>Values that a trained one holds; null where ML.NET does not show them, as with OneVersusAll and LightGbm.</summary>
    public static long? CountValues(ITransformer trained)
    {
        var linear = (trained as IEnumerable<ITransformer>)
            ?.SelectMany(Flatten)
            .OfType<ISingleFeaturePredictionTransformer<MaximumEntropyModelParameters>>()
            .FirstOrDefault();
        if (linear is null) return null;
        VBuffer<float>[] weights = [];
        linear.Model.GetWeights(ref weights, out int classes);
        return weights.Take(classes).Sum(w => (long)w.Length) + classes;

        static IEnumerable<ITransformer> Flatten(ITransformer step) =>
            step is IEnumerable<ITransformer> chain ? chain.SelectMany(Flatten) : [step];
    }

    private static (IEstimator<ITransformer>, bool) Of<TTransformer, TModel>(ITrainerEstimator<TTransformer, TModel> trainer)
        where TTransformer : ISingleFeaturePredictionTransformer<TModel>
        where TModel : class => ((IEstimator<ITransformer>)trainer, trainer.Info.NeedNormalization);

    private sealed record Catalogues(
        MulticlassClassificationCatalog.MulticlassClassificationTrainers Multi,
        BinaryClassificationCatalog.BinaryClassificationTrainers Binary
    );
}
