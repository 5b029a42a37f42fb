namespace EmotionMLNet.Trainer.Metrics;

/// <summary>The scores of a picture are no finite numbers, so no label follows from them: the first of equal NaNs is not an answer.</summary>
/// <param name="picture">Which one.</param>
internal sealed class NonFiniteScoresException(string picture)
    : EmotionMLNetException($"{picture}: the network's scores are not finite numbers, so no label follows from them; its weights are damaged or too large for their format: make the model anew");
