namespace EmotionMLNet.Training.Metrics;

/// <summary>How often one class was taken for another.</summary>
/// <param name="Truth">The annotators' label.</param>
/// <param name="Predicted">The model's label.</param>
/// <param name="Count">Images.</param>
/// <param name="Share">Count over all images of the true class, 0 to 1.</param>
internal sealed record ConfusedPair(string Truth, string Predicted, int Count, double Share)
{
    /// <summary>The commonest confusions, largest count first.</summary>
    public static IReadOnlyList<ConfusedPair> FindMost(ClassificationReport report, int most)
    {
        var pairs =
            from truth in Enumerable.Range(0, report.PerClass.Count)
            from predicted in Enumerable.Range(0, report.PerClass.Count)
            let count = report.Confusion[truth][predicted]
            where truth != predicted && count > 0
            orderby count descending, truth, predicted
            select new ConfusedPair(
                report.PerClass[truth].Label,
                report.PerClass[predicted].Label,
                count,
                (double)count / report.PerClass[truth].Support
            );
        return [.. pairs.Take(most)];
    }
}
