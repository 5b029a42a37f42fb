using EmotionMLNet.Training.Tuning;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace EmotionMLNet.MLNet;

/// <summary>What <see cref="ExpressionTuner"/> found.</summary>
/// <param name="Transformer">The steps that add Score and PredictedLabel by the recommended model.</param>
/// <param name="Result">What is recommended, why, and what it is worth.</param>
public sealed record TunedExpressionNetwork(TransformerChain<ITransformer> Transformer, TuningExperimentResult Result);
