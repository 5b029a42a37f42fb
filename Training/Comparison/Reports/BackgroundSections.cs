using System.Globalization;
using EmotionMLNet.Formatting;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reports;

namespace EmotionMLNet.Training.Comparison.Reports;

/// <summary>The data, how to do it again, and what the winner is for.</summary>
internal static class BackgroundSections
{
    public static void Append(PageBuilder body, Comparison c)
    {
        Data(body, c.Data);
        Settings(body, c);
        ModelCard(body, c);
    }

    private static void Data(PageBuilder body, DataReport data)
    {
        body.Section("data", "Data");
        body.Table(
            "Usable images",
            ["label", .. data.Splits.Select(s => SplitNames.Of(s.Split)), "all"],
            [
                .. data.Labels.Select(
                    (label, k) =>
                        (string[])
                            [
                                label,
                                .. data.Splits.Select(s => ComparisonFigures.Count(s.Usable[k])),
                                ComparisonFigures.Count(data.Splits.Sum(s => s.Usable[k])),
                            ]
                ),
                [
                    "all",
                    .. data.Splits.Select(s => ComparisonFigures.Count(s.Usable.Sum())),
                    ComparisonFigures.Count(data.Splits.Sum(s => s.Usable.Sum())),
                ],
            ]
        );
        List<string> facts =
        [
            $"Source: {data.Source}.",
            .. data.Splits.Select(s => $"{SplitNames.Of(s.Split)}: {s.Name}."),
            .. data.Notes.Select(n => $"Note: {MessageTemplate.RemoveBraces(n)}."),
        ];
        facts.Add(
            data.HasFindings
                ? $"Findings: {data.Findings()}."
                : "No findings: nothing unusable, blank, in two splits at once, or twice under different labels."
        );
        body.List(facts);
    }

    private static void Settings(PageBuilder body, Comparison c)
    {
        body.Section("settings", "Do it again");
        body.Paragraph("The whole comparison:");
        body.Code(c.Repeat.Comparison);
        if (c.Repeat.Parts.Count > 0)
        {
            body.Paragraph("One run, and the winner's figures:");
            body.Code([.. c.Repeat.Parts]);
        }
        body.Table(
            "Settings",
            [
                "candidate",
                "starts from",
                "input",
                "epochs or time",
                "batch",
                "optimiser",
                "learning rate",
                "schedule",
                "weight decay",
                "label smoothing",
            ],
            c.Results.Select(r => Row(r.Candidate, r.Best.Quoted.Preprocessing))
        );
        if (c.Remarks.Any()) body.List(c.Remarks);
        body.Paragraph(
            $"Every run's folder, {Path.Combine(c.Options.Out, "runs")}, has all of its settings, its log and its model. Seeds "
                + $"{string.Join(", ", c.Options.AllSeeds)}; the split's is {c.Options.FirstSeed}. Same seed, same machine, same number "
                + $"of threads: same bits. Made {c.MadeAt}.",
            "soft"
        );
    }

    private static string[] Row(Candidate candidate, ImagePreprocessing p)
    {
        string[] all = [candidate.Name, candidate.Trainer.DescribeStart(candidate.Options), $"{p.Width} x {p.Height} x {p.Channels}"];
        return [.. all, .. candidate.IsNetwork ? Cells(candidate.Options) : Enumerable.Repeat(ComparisonFigures.None, 7)];
    }

    private static string[] Cells(TrainingOptions o) =>
        [
            o.Optimisation.Time is { } time ? DurationText.Format(time.TotalSeconds) : Number(o.Optimisation.Epochs),
            Number(o.Optimisation.BatchSize),
            $"{o.Optimisation.Optimiser}",
            Number(o.Optimisation.LearningRate),
            $"{o.Optimisation.Schedule}",
            Number(o.Optimisation.WeightDecay),
            Number(o.Loss.LabelSmoothing),
        ];

    private static void ModelCard(PageBuilder body, Comparison c)
    {
        Evaluation winner = c.Winner.Best.Quoted;
        body.Section("model-card", "Model card");
        body.List([
            $"Model: {ComparisonRun.BestName}, {winner.Manifest.Architecture}, made by {winner.Manifest.CreatedBy}.",
            $"Labels: {string.Join(", ", winner.Manifest.Labels)}.",
            "Predicts the expression label that annotators would be likely to give a picture of a face. It does not know "
                + "what anybody feels.",
            $"Training data: {c.Data.Path}, fingerprint {winner.Manifest.DataFingerprint}.",
            .. winner.Manifest.TrainingNotes.Select(note => $"Training data: {note}."),
            $"Weights: {winner.Manifest.Licence}.",
            .. c.Winner.Candidate.Trainer.Usage is { } usage ? (string[])[$"Use: {usage}"] : [],
        ]);
        body.Heading("Intended use");
        body.Paragraph("Sorting and searching pictures of faces by expression label; research and teaching.");
        body.Heading("Out of scope");
        body.Paragraph(
            "Decisions about people (hiring, schooling, policing, health, credit), lie detection, watching people without their "
                + "consent. In the European Union, inferring emotions at work and in education is prohibited (Regulation (EU) "
                + "2024/1689, article 5)."
        );
        body.Heading("Limits");
        body.Paragraph(
            "Labels carry the habits of their annotators. Nothing here was measured by age, sex, skin colour or origin: measure "
                + "on pictures of the people and cameras that it is meant for, by group, before relying on it."
        );
    }

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
