namespace EmotionMLNet.MLNetZip;

/// <summary>Says what an ML.NET model of another origin is, by the loader signatures of its steps.</summary>
internal static class ForeignModel
{
    private static readonly Dictionary<string, string> Predictions = new()
    {
        ["MulticlassPredXfer"] = "a multiclass classifier",
        ["BinaryPredXfer"] = "a binary classifier",
        ["RegressionPredXfer"] = "a regression model",
        ["RankingPredXfer"] = "a ranking model",
        ["ClusteringPredXfer"] = "a clustering model",
        ["AnomalyPredXfer"] = "an anomaly detector",
        ["MaFactPredXf"] = "a recommendation model",
        ["FAFMPredXfer"] = "a binary classifier",
    };

    /// <param name="modelKeys">The Model.key entries by their path in the zip, with forward slashes.</param>
    /// <returns>A noun phrase.</returns>
    public static string Describe(IReadOnlyDictionary<string, byte[]> modelKeys)
    {
        (string Path, string Loader)[] steps =
        [
            .. modelKeys
                .OrderBy(k => k.Key, StringComparer.Ordinal)
                .Select(k => (k.Key, ModelKey.LoaderOf(k.Value) ?? ""))
                .Where(s => s.Item2.Length > 0),
        ];
        if (steps.Length == 0) return "a model of ML.NET whose steps cannot be read";
        if (steps.Any(s => s.Loader == "ImageClassificationPred"))
            return "an image classifier of ML.NET's own trainer, whose network is a frozen TensorFlow graph";
        if (steps.Any(s => s.Loader == "OnnxTransform"))
            return "a model of ML.NET around an ONNX network of another origin (its .onnx file by itself can be imported)";
        (string place, string last) = steps.LastOrDefault(s => Predictions.ContainsKey(s.Loader));
        if (last is null)
            return "a pipeline of ML.NET without a predictor "
                + $"({string.Join(", ", steps.Select(s => s.Loader).Where(l => l != "TransformerChain").Distinct())})";
        string predictor =
            steps.FirstOrDefault(s => s.Path == place.Replace("/Model.key", "/Model/Model.key", StringComparison.Ordinal)).Loader
            ?? "unknown";
        return $"{Predictions[last]} of ML.NET (predictor {predictor}), not an image classifier";
    }
}
