namespace EmotionMLNet.Training.Data.TrainingSet;

/// <summary>Votes of several annotators as training targets: Barsoum et al. 2016 (FER+), arXiv:1608.01041.</summary>
/// <remarks>
/// A column a label, see <see cref="VoteTable"/>. An image's votes for the data's labels are divided by their sum. Votes for FER+'s other
/// columns (contempt, unknown, NF, or an expression that the data do not have) count against them: where these are half of all or more, and
/// where there are no votes, the image keeps its label.
/// </remarks>
internal sealed class SoftLabels
{
    private SoftLabels(float[]?[] targets) => Targets = targets;

    /// <summary>A distribution an image [labels], or null where it keeps its label.</summary>
    public float[]?[] Targets { get; }

    public int Used { get; private set; }

    /// <summary>Images whose votes are for none of the data's labels, or no more than half.</summary>
    public int WithoutMajority { get; private set; }

    /// <summary>Those of <see cref="Used"/> whose label has at least as many votes as any other.</summary>
    public int Agreeing { get; private set; }

    /// <summary>Rows that name no training image.</summary>
    public int Unmatched { get; private set; }

    /// <param name="path">See <see cref="ImageTable"/> for how it names images.</param>
    /// <param name="train">The training split, whose targets these become.</param>
    /// <param name="weight">Share of the votes in the target, above 0 up to 1; the rest is the label's.</param>
    /// <exception cref="TrainingException">
    /// The file is no such table, has no column for a label, a wrong number, or names no training image.
    /// </exception>
    public static SoftLabels Read(string path, ImageSet train, float weight)
    {
        using var table = new VoteTable(path, train);
        if (Array.IndexOf(table.Labels, -1) is >= 0 and int missing)
            throw new TrainingException(
                $"{path}: there is no column for the label {train.Labels[missing]}: the columns are "
                    + $"{string.Join(", ", table.Columns)}."
            );
        var labels = new SoftLabels(new float[]?[train.Count]);
        var votes = new double[table.Labels.Length];
        foreach (int image in table.Images())
        {
            for (int k = 0; k < votes.Length; k++) votes[k] = table.Votes(table.Labels[k]);
            double own = votes.Sum(), other = table.Others.Sum(table.Votes);
            if (own <= other)
            {
                if (other > 0) labels.WithoutMajority++;
                continue;
            }
            int label = train.Classes[image];
            labels.Targets[image] = [.. votes.Select((v, k) => (float)(weight * v / own + (k == label ? 1 - weight : 0)))];
            labels.Used++;
            if (votes[label] == votes.Max()) labels.Agreeing++;
        }
        labels.Unmatched = table.Unmatched;
        return labels.Used > 0 ? labels : throw table.Useless();
    }
}
