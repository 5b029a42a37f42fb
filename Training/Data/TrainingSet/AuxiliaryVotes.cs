namespace EmotionMLNet.Training.Data.TrainingSet;

/// <summary>
/// Votes of several annotators as a second task that a network learns beside its labels, see <see cref="Runs.Auxiliary.AuxiliaryHead"/>.
/// </summary>
/// <remarks>
/// All answers count, those that the data have no label for too: what annotators find unclear is worth knowing. Nothing says that the
/// answers mean what the data's labels mean; that is what sets this apart from <see cref="SoftLabels"/>.
/// </remarks>
/// <param name="Answers">What could be voted for, as the table's columns are headed.</param>
/// <param name="Targets">A distribution an image [answers], or null where it has no votes.</param>
internal sealed record AuxiliaryVotes(IReadOnlyList<string> Answers, IReadOnlyList<float[]?> Targets)
{
    /// <summary>Images that have votes.</summary>
    public int Used => Targets.Count(t => t is not null);

    /// <summary>Those of some of the images, in that order.</summary>
    public AuxiliaryVotes Subset(IReadOnlyList<int> images) => this with { Targets = [.. images.Select(i => Targets[i])] };

    /// <param name="path">See <see cref="VoteTable"/>.</param>
    /// <param name="train">The training split.</param>
    /// <exception cref="TrainingException">
    /// The file is no such table, has fewer than two columns of answers, a wrong number, or names no training image.
    /// </exception>
    public static AuxiliaryVotes Read(string path, ImageSet train)
    {
        using var table = new VoteTable(path, train);
        int[] columns = [.. table.Labels.Where(c => c >= 0), .. table.Others];
        if (columns.Length < 2)
            throw new TrainingException(
                $"{path}: two columns of votes at least are wanted, headed like the data's labels "
                    + $"({string.Join(", ", train.Labels)}) or as FER+ has them: the columns are {string.Join(", ", table.Columns)}."
            );
        var targets = new float[]?[train.Count];
        foreach (int image in table.Images())
        {
            double[] row = [.. columns.Select(table.Votes)];
            double sum = row.Sum();
            if (sum > 0) targets[image] = [.. row.Select(v => (float)(v / sum))];
        }
        return Array.Exists(targets, t => t is not null)
            ? new AuxiliaryVotes([.. columns.Select(c => table.Columns[c])], targets)
            : throw table.Useless();
    }
}
