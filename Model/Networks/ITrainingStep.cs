namespace EmotionMLNet.Networks;

/// <summary>One or several layers that a <see cref="TrainingPlan"/> runs as one.</summary>
internal interface ITrainingStep
{
    /// <summary>The network's nodes that run here.</summary>
    FusedGroup Group { get; }

    /// <summary>How it is computed, where there is a choice; empty otherwise.</summary>
    string Algorithm { get; }

    /// <param name="seed">Seed of the whole pass.</param>
    void Forward(ulong seed);

    /// <summary>Gradients of large weights, where they are work of their own; before <see cref="BackwardData"/>.</summary>
    void BackwardWeights();

    /// <summary>Gradients of inputs, and of all parameters that come with them.</summary>
    void BackwardData();
}
