using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using EmotionMLNet.Formatting;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Data.TrainingSet;

/// <summary>Leaves images out of the training split and gives it soft targets; the other splits stay as they are.</summary>
internal static class TrainingSetCuration
{
    /// <param name="data">The data as they were loaded.</param>
    /// <param name="report">The report of the same loading.</param>
    /// <param name="options">The changes to make.</param>
    /// <returns>The data with another training split and <see cref="Dataset.Changes"/>.</returns>
    /// <exception cref="TrainingException">A table cannot be used, or too little is left.</exception>
    public static Dataset Apply(Dataset data, DataReport report, TrainingSetOptions options)
    {
        if (data[Split.Train] is not { } train) return data;
        List<string> notes = [];
        var reasons = new string?[train.Count];
        if (options.DropLeaks) notes.Add(DropLeaks(train, report, reasons));
        if (options.Exclude is { } list) notes.Add(Exclude(train, list, reasons));
        LeftOutImage[] leftOut =
        [
            .. from i in Enumerable.Range(0, train.Count)
            where reasons[i] is not null
            select new LeftOutImage(train.Sources[i], train.Labels[train.Classes[i]], reasons[i]!),
        ];
        if (leftOut.Length > 0) train = Keep(train, reasons);
        if (options.SoftLabels is { } votes)
        {
            SoftLabels soft = SoftLabels.Read(votes, train, options.SoftWeight);
            train = train with { Targets = soft.Targets };
            notes.Add(
                Text(
                    $"{TrainingSetChanges.ExtraAnnotation} soft labels from {Path.GetFileName(votes)} ",
                    $"for {soft.Used:N0} of {train.Count:N0} ",
                    $"training images, weight {options.SoftWeight:0.##}; their votes agree with the label for ",
                    $"{(double)soft.Agreeing / soft.Used:P1}; {soft.WithoutMajority:N0} whose votes are not mostly for these labels and ",
                    $"{train.Count - soft.Used - soft.WithoutMajority:N0} without votes keep their label"
                )
            );
        }
        if (options.Auxiliary is { } second)
        {
            AuxiliaryVotes auxiliary = AuxiliaryVotes.Read(second, train);
            train = train with { Auxiliary = auxiliary };
            notes.Add(
                Text(
                    $"{TrainingSetChanges.ExtraAnnotation} votes from {Path.GetFileName(second)} ",
                    $"for {auxiliary.Used:N0} of {train.Count:N0} ",
                    $"training images are a second task ({string.Join(", ", auxiliary.Answers)}), ",
                    $"which the saved network no longer has; labels stay as they are"
                )
            );
        }
        if (options.Balance > 0) notes.Add(Sampling(train, options.Balance));
        if (notes.Count == 0) return data;
        return data with
        {
            Sets = [.. data.Sets.Select(s => s.Split == Split.Train ? train : s)],
            Changes = new TrainingSetChanges(
                [.. notes.Select(PrintableText.Line)],
                leftOut,
                Fingerprint(leftOut, train.Targets, train.Auxiliary?.Targets)
            ),
        };
    }

    private static string DropLeaks(ImageSet train, DataReport report, string?[] reasons)
    {
        Dictionary<string, Leak> leaks = Leak.Find(report).ToDictionary(l => l.Name);
        var counts = new int[Enum.GetValues<LeakKind>().Length];
        for (int i = 0; i < reasons.Length; i++)
        {
            if (!leaks.TryGetValue(train.Sources[i], out Leak? leak)) continue;
            reasons[i] = leak.Reason;
            counts[(int)leak.Kind]++;
        }
        return Text(
            $"{counts.Sum():N0} of {train.Count:N0} training images left out: {counts[(int)LeakKind.Twin]:N0} identical to one of another ",
            $"split that was read, {counts[(int)LeakKind.Conflict]:N0} identical under different labels, ",
            $"{counts[(int)LeakKind.Blank]:N0} blank"
        );
    }

    private static string Exclude(ImageSet train, string list, string?[] reasons)
    {
        using var table = new ImageTable(list);
        string name = Path.GetFileName(list);
        int listed = 0, before = reasons.Count(r => r is not null);
        foreach (int image in table.Match(new ImageNameIndex(train.Sources)))
        {
            listed++;
            reasons[image] ??= $"listed in {name}";
        }
        if (listed == 0 && table.Unmatched > 0)
            throw new TrainingException(
                $"{list}: none of its rows names a training image; paths are relative to the data folder (the first image is "
                    + $"{train.Sources[0]})."
            );
        return Text(
            $"{reasons.Count(r => r is not null) - before:N0} of {train.Count:N0} training images left out: listed in {name} ",
            $"({table.Unmatched:N0} of its rows name no training image)"
        );
    }

    private static ImageSet Keep(ImageSet set, string?[] reasons)
    {
        int[] kept = [.. Enumerable.Range(0, set.Count).Where(i => reasons[i] is null)];
        int[] counts = [.. set.Labels.Select((_, c) => kept.Count(i => set.Classes[i] == c))];
        for (int c = 0; c < counts.Length; c++)
            if (counts[c] == 0 && set.Classes.Contains(c))
                throw new TrainingException($"All training images of {set.Labels[c]} are left out: nothing could learn it.");
        return set.Subset(kept);
    }

    private static string Sampling(ImageSet train, float balance)
    {
        int[] quotas = EpochOrder.Quotas([.. train.Labels.Select((_, c) => train.Classes.Count(k => k == c))], balance);
        return Text($"sampled with balance {balance:0.##}: an epoch shows ")
            + string.Join(", ", train.Labels.Zip(quotas, (label, n) => Text($"{label} {n:N0}")));
    }

    private static string Fingerprint(LeftOutImage[] leftOut, params IReadOnlyList<float[]?>?[] targets)
    {
        if (leftOut.Length == 0 && targets.All(t => t is null)) return "";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (LeftOutImage image in leftOut) hash.AppendData(Encoding.UTF8.GetBytes($"{image.Image}\n"));
        foreach (float[]? target in targets.SelectMany(t => t ?? []))
            hash.AppendData(target is null ? "-"u8 : MemoryMarshal.AsBytes(target.AsSpan()));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Text(params FormattableString[] parts)
    {
        var text = new StringBuilder();
        foreach (FormattableString part in parts) text.Append(part.ToString(CultureInfo.InvariantCulture));
        return text.ToString();
    }
}
