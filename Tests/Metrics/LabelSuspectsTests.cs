using EmotionMLNet.Training.Metrics;

namespace EmotionMLNet.Tests.Metrics;

public sealed class LabelSuspectsTests
{
    [Fact]
    public void An_image_is_a_suspect_when_another_class_is_as_sure_of_it_as_of_its_own()
    {
        // Mean p_0 of label 0: (0.9 + 0.7 + 0.1 + 0.3) / 4 = 0.5; mean p_1 of label 1: (0.8 + 0.4) / 2 = 0.6.
        float[] probabilities = [0.9f, 0.1f, 0.7f, 0.3f, 0.1f, 0.9f, 0.3f, 0.7f, 0.2f, 0.8f, 0.6f, 0.4f];
        IReadOnlyList<LabelSuspect> suspects = LabelSuspects.Find(probabilities, [0, 0, 0, 0, 1, 1], 2);
        Assert.Equal([(2, 0, 1), (3, 0, 1), (5, 1, 0)], suspects.Select(s => (s.Image, s.Label, s.Suggested)));
        Assert.Equal(0.1f, suspects[0].SelfConfidence);
        Assert.Equal(-0.8f, suspects[0].Margin, 1e-6f);
    }

    [Fact]
    public void A_prediction_below_the_usual_confidence_of_its_class_accuses_nobody()
    {
        // Class 1's own images have 0.95: 0.6 is not enough.
        float[] probabilities = [0.4f, 0.6f, 0.9f, 0.1f, 0.05f, 0.95f];
        Assert.Empty(LabelSuspects.Find(probabilities, [0, 0, 1], 2));
    }

    [Fact]
    public void Flipped_labels_are_found_where_the_model_is_sure_and_others_are_not_accused()
    {
        const int Classes = 4;
        var random = new Random(5);
        int[] truth = [.. Enumerable.Range(0, 400).Select(i => i % Classes)], labels = [.. truth];
        for (int i = 0; i < 40; i++) labels[i * 10] = (truth[i * 10] + 1) % Classes;
        float[] probabilities = [.. truth.SelectMany(t =>
        {
            float own = 0.6f + 0.3f * random.NextSingle();
            return Enumerable.Range(0, Classes).Select(c => c == t ? own : (1 - own) / (Classes - 1));
        })];
        IReadOnlyList<LabelSuspect> suspects = LabelSuspects.Find(probabilities, labels, Classes);
        Assert.Subset(Enumerable.Range(0, 40).Select(i => i * 10).ToHashSet(), suspects.Select(s => s.Image).ToHashSet());
        Assert.InRange(suspects.Count, 20, 40);
        Assert.All(suspects, s => Assert.Equal(truth[s.Image], s.Suggested));
        Assert.Equal(suspects.Select(s => s.Margin).Order(), suspects.Select(s => s.Margin));
    }
}
