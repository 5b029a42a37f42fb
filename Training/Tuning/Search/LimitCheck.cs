using System.Collections.Concurrent;
using System.Globalization;
using EmotionMLNet.Inference;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Jobs;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Tuning.Results;

namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>
/// What the model of a trial will cost, known before it is trained: its network is drawn, saved to nowhere, and asked for a few
/// predictions. Trials with the same network are looked at once.
/// </summary>
/// <param name="options">The search.</param>
/// <param name="layout">How it is laid out.</param>
/// <param name="data">Its pictures.</param>
internal sealed class LimitCheck(SearchOptions options, SearchLayout layout, TrialData data) : ILimitCheck
{
    private readonly ConcurrentDictionary<string, (TrialCost Cost, long TrainingBytes)> known = new(StringComparer.Ordinal);

    public bool IsKnown(TrialProposal proposal)
    {
        SearchArm arm = options.ArmOf(proposal.Arm);
        if (!options.Limits.IsSet || !arm.IsNetwork) return true;
        TrainingOptions settings = CreateOptions(arm, proposal);
        return settings.FindProblems().Any() || known.ContainsKey(KeyOf(arm, settings));
    }

    public string? FindBroken(TrialProposal proposal)
    {
        SearchArm arm = options.ArmOf(proposal.Arm);
        TrainingOptions settings = CreateOptions(arm, proposal);
        if (settings.FindProblems().FirstOrDefault() is { } problem) return problem.ToString();
        if (!options.Limits.IsSet || !arm.IsNetwork) return null;
        (TrialCost cost, long bytes) = Measure(arm, settings);
        CultureInfo c = CultureInfo.InvariantCulture;
        SearchLimits limits = options.Limits;
        if (cost.Parameters > limits.Parameters)
            return string.Create(c, $"{cost.Parameters:N0} parameters, and {limits.Parameters:N0} are allowed");
        if (cost.FileBytes > limits.FileBytes)
            return string.Create(c, $"a file of {cost.FileBytes / 1e6:0.00} MB, and {limits.FileBytes / 1e6:0.00} are allowed");
        if (cost.Milliseconds > limits.Latency?.TotalMilliseconds)
            return string.Create(c, $"{cost.Milliseconds:0.0} ms a picture, and {limits.Latency?.TotalMilliseconds:0.0} are allowed");
        if (bytes > limits.TrainingBytes)
            return string.Create(c, $"{bytes / 1e6:0} MB to train, and {limits.TrainingBytes / 1e6:0} are allowed");
        return null;
    }

    /// <summary>What a trial's model costs; null where nobody can say before it is trained.</summary>
    public TrialCost? FindCost(TrialProposal proposal)
    {
        SearchArm arm = options.ArmOf(proposal.Arm);
        return arm.IsNetwork ? Measure(arm, CreateOptions(arm, proposal)).Cost : null;
    }

    private TrainingOptions CreateOptions(SearchArm arm, TrialProposal proposal) =>
        arm.CreateOptions(proposal.Settings, proposal.Seed, arm.IsNetwork ? layout.EpochsOf(arm) : null);

    private (TrialCost Cost, long TrainingBytes) Measure(SearchArm arm, TrainingOptions settings)
    {
        return known.GetOrAdd(KeyOf(arm, settings), _ =>
        {
            PreparedTraining prepared = data.Prepare(settings, share: 1, CancellationToken.None);
            // Norms of an untrained network are folded like any others.
            InferencePlan plan = InferencePlan.Compile(prepared.Network);
            double singles = ThroughputMeter.Measure([plan], prepared.Options.ThreadCount)[0].Singles;
            long bytes = ModelCost.PlannedBytes(
                prepared.Network,
                prepared.Options,
                prepared.Preprocessing,
                prepared.Data[Split.Train]!.Count
            );
            return (new(prepared.Network.ParameterCount, CountBytes(prepared), 1000 / singles), bytes);
        });
    }

    // What the network and its training are made from; the rest changes neither.
    private static string KeyOf(SearchArm arm, TrainingOptions settings) => arm.Name + SettingsFile.Write(new TrainingOptions
    {
        Network = settings.Network with { Dropout = null },
        FineTuning = settings.FineTuning with
        {
            LayerDecay = 1,
            Head = settings.FineTuning.Head is { } head ? head with { Dropout = 0 } : null,
        },
        Output = settings.Output,
        Augmentation = new() { Crop = settings.Augmentation.Crop },
        Optimisation = new()
        {
            BatchSize = settings.Optimisation.BatchSize,
            Optimiser = settings.Optimisation.Optimiser,
            WeightAverage = settings.Optimisation.WeightAverage > 0 ? 0.5f : 0,
        },
    });

    private static long CountBytes(PreparedTraining prepared)
    {
        using var file = new MemoryStream();
        new ModelZip(
            prepared.Network,
            new()
            {
                CreatedBy = ModelOrigin.CreatedBy,
                Architecture = prepared.Options.Network.Architecture,
                Labels = prepared.Data.Labels,
                Head = prepared.Network.Head,
                Preprocessing = prepared.Preprocessing,
                Weights = prepared.Options.Output.ZipWeights,
            }
        ).Save(file);
        return file.Length;
    }
}
