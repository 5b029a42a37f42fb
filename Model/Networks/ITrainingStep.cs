namespace EmotionMLNet.Networks;

/// <summary>One or several layers that a <see cref="TrainingPlan"/> runs as one.</summary>
internal interface ITrainingStep
{
    /// <param name="seed">Seed of the whole pass.</param>
    void Forward(ulong seed);

    void Backward();
}
