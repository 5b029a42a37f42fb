using EmotionMLNet.Formatting;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Training.Jobs;

/// <summary>The pictures that a model is measured on, and what they are to its training.</summary>
/// <param name="Images">Prepared as the model wants them, classes in the order of its labels.</param>
/// <param name="Fingerprint">A fingerprint of these pictures.</param>
/// <param name="Part">The part of the data that they are, in words.</param>
internal sealed record MeasuredData(ImageSet Images, string Fingerprint, MeasuredPart Part)
{
    private const string NoValidation = "give data with a validation split, or class folders without splits";

    /// <summary>A part that somebody asked for.</summary>
    /// <param name="manifest">Labels, preprocessing and division.</param>
    /// <param name="data">Folder or CSV file.</param>
    /// <param name="split">The part.</param>
    /// <param name="whole">Take every image as that part.</param>
    /// <param name="seed">The seed of the division; null is that of the model's training.</param>
    /// <param name="remedy">The advice where the data have no such part.</param>
    /// <param name="reporter">Receives messages about what was found.</param>
    /// <param name="cancellation">Checked between images.</param>
    /// <exception cref="TrainingException">The data have no such part.</exception>
    public static MeasuredData LoadPart(
        ModelManifest manifest,
        string data,
        Split split,
        bool whole,
        int? seed,
        string remedy,
        IReporter reporter,
        CancellationToken cancellation,
        string? detector = null
    )
    {
        DataOptions options = RecordedDivision.CreateOptions(manifest, data, seed, detector) with { WholeAs = whole ? split : null };
        Dataset dataset = Load(options, manifest, [split], reporter, cancellation);
        ImageSet images = dataset[split] ?? throw new TrainingException($"{data} has no {SplitNames.Of(split)} split: {remedy}.");
        string heading = whole
            ? $"all {Plural.Format(images.Count, "picture")} of {data}, as asked"
            : $"{SplitNames.Of(split)} split of {data} ({images.Name}), as asked";
        return new MeasuredData(images, dataset.Fingerprint, new MeasuredPart(DataOrigin.NotCompared, heading));
    }

    /// <summary>Pictures that a program has in memory, all of them.</summary>
    /// <param name="manifest">Labels and preprocessing.</param>
    /// <param name="images">The pictures.</param>
    /// <param name="detector">A face detector, for models of faces; null shows them whole pictures.</param>
    /// <param name="cancellation">Checked between images.</param>
    /// <exception cref="TrainingException">None is of the model's labels, or none can be used.</exception>
    public static MeasuredData Given(
        ModelManifest manifest, SourceListing images, string? detector, CancellationToken cancellation)
    {
        DataOptions options = RecordedDivision.CreateOptions(manifest, images.Kind, seed: null, detector) with { WholeAs = Split.Test };
        Dataset dataset = DataLoader
            .Load(DataSource.Choose(images, options), options, manifest.Preprocessing, [Split.Test], progress: null, cancellation)
            .Dataset;
        ImageSet all = dataset[Split.Test]!;
        return new MeasuredData(
            all,
            dataset.Fingerprint,
            new MeasuredPart(DataOrigin.NotCompared, $"all {Plural.Format(all.Count, "picture")} in memory, as asked")
        );
    }

    /// <summary>
    /// The pictures that a choice is made by, which is said: <see cref="LoadHeldOut"/>, or the validation split of a division that somebody
    /// asked for.
    /// </summary>
    /// <param name="manifest">Labels, preprocessing, division and fingerprint.</param>
    /// <param name="model">The zip.</param>
    /// <param name="data">Folder or CSV file.</param>
    /// <param name="seed">The seed of the division; null is that of the model's training.</param>
    /// <param name="reporter">Receives messages about what was found.</param>
    /// <param name="cancellation">Checked between images.</param>
    /// <param name="detector">A face detector, for models of faces; null shows them whole pictures.</param>
    /// <exception cref="TrainingException">There is no such part.</exception>
    public static MeasuredData LoadForSelection(
        ModelManifest manifest,
        string model,
        string data,
        int? seed,
        IReporter reporter,
        CancellationToken cancellation,
        string? detector = null
    )
    {
        MeasuredData part = seed is null
            ? LoadHeldOut(manifest, model, data, choosing: true, reporter, cancellation, detector)
            : LoadPart(manifest, data, Split.Validation, whole: false, seed, NoValidation, reporter, cancellation, detector);
        reporter.Inform($"measured on: {part.Part.Heading}");
        if (part.Part.Caution is { } caution) reporter.Inform($"caution: {caution}");
        return part;
    }

    /// <summary>
    /// The pictures that tell most of a model: what was held out of the data that it was trained on; the validation split of other data,
    /// where their source has one; otherwise all pictures.
    /// </summary>
    /// <remarks>
    /// Data are those of a training when labels, pixels and division give the fingerprint in the model's manifest, wherever they lie. One
    /// fingerprint is of all pictures together, so a folder with one picture more is other data; where it is the very folder of the
    /// training it is still divided as then, with a caution.
    /// </remarks>
    /// <param name="manifest">Labels, preprocessing, division and fingerprint.</param>
    /// <param name="model">The zip: its run folder may tell where the data of its training are.</param>
    /// <param name="data">Folder or CSV file.</param>
    /// <param name="choosing">
    /// Something will be chosen by the figures: a split that the source calls its test is never among the pictures.
    /// </param>
    /// <param name="reporter">Receives messages about what was found.</param>
    /// <param name="cancellation">Checked between images.</param>
    /// <param name="detector">A face detector, for models of faces; null shows them whole pictures.</param>
    /// <exception cref="TrainingException">There is no such part.</exception>
    public static MeasuredData LoadHeldOut(
        ModelManifest manifest,
        string model,
        string data,
        bool choosing,
        IReporter reporter,
        CancellationToken cancellation,
        string? detector = null
    )
    {
        SourceListing listing = DataSource.List(RecordedDivision.CreateOptions(manifest, data, seed: null, detector));
        Split?[] named = [.. listing.Images.Select(i => i.Part is null ? null : SplitNames.Parse(i.Part)).Distinct()];
        if (named.Contains(Split.Validation))
            return LoadNamed(manifest, model, data, named.Contains(Split.Train), reporter, detector, cancellation);
        return LoadDivided(manifest, model, data, listing, choosing, reporter, detector, cancellation);
    }

    // The source says what validation is. Whether it is that of the training, the pictures trained on must tell.
    private static MeasuredData LoadNamed(
        ModelManifest manifest,
        string model,
        string data,
        bool hasTrain,
        IReporter reporter,
        string? detector,
        CancellationToken cancellation
    )
    {
        Split[] wanted = hasTrain && IsKnown(manifest) ? [Split.Train, Split.Validation] : [Split.Validation];
        Dataset dataset = Load(
            RecordedDivision.CreateOptions(manifest, data, seed: null, detector),
            manifest,
            wanted,
            reporter,
            cancellation
        );
        ImageSet images = dataset[Split.Validation]!;
        bool own = Trainings(manifest).Any(t => t.DataFingerprint == dataset.Fingerprint);
        MeasuredPart part = own
            ? DescribeOwn($"({images.Name})")
            : FindOrigin(manifest, model, data) switch
            {
                DataOrigin.ChangedTraining => DescribeChanged(data, images),
                DataOrigin.Unknown => new(
                    DataOrigin.Unknown,
                    $"validation split of {data} ({images.Name}); the model does not say what it was trained on"
                ),
                _ => new(
                    DataOrigin.Other,
                    $"validation split of {data} ({images.Name}): not the data that this model was trained on",
                    FindNamesake(manifest, data)
                ),
            };
        return new MeasuredData(images, DataLoader.Fingerprint(images.Labels, images), part);
    }

    // The source has no validation: all pictures are read, and divided as each training would have done it.
    private static MeasuredData LoadDivided(
        ModelManifest manifest,
        string model,
        string data,
        SourceListing listing,
        bool choosing,
        IReporter reporter,
        string? detector,
        CancellationToken cancellation
    )
    {
        DataOptions options = RecordedDivision.CreateOptions(manifest, data, seed: null, detector) with { WholeAs = Split.Test };
        ImageSet all = Load(options, manifest, [Split.Test], reporter, cancellation)[Split.Test]!;
        DataOrigin place = FindOrigin(manifest, model, data);
        bool own = false;
        HashSet<int>? heldOut = null;
        string name = "";
        foreach (ModelManifest training in Trainings(manifest))
        {
            SplitPlan plan = SplitPlan.Make(listing, RecordedDivision.CreateOptions(training, data, seed: null, detector), cancellation);
            (PlannedSplit Planned, int[] Images)[] parts =
            [
                .. plan.Splits.Where(s => s.Split != Split.Test).Select(s => (s, Find(all, s))),
            ];
            ImageSet[] sets = [.. parts.Select(p => all.Subset(p.Images) with { Split = p.Planned.Split })];
            bool match = training.DataFingerprint is { } fingerprint && fingerprint == DataLoader.Fingerprint(listing.Labels, sets);
            if (!match && place != DataOrigin.ChangedTraining) continue;
            own |= match;
            (PlannedSplit? planned, int[] images) = parts.FirstOrDefault(p => p.Planned.Split == Split.Validation);
            name = planned?.Name ?? "";
            if (heldOut is null) heldOut = [.. images ?? []];
            else heldOut.IntersectWith(images ?? []); // what no member of an ensemble was trained on
        }
        if (heldOut is not null)
        {
            if (heldOut.Count == 0)
                throw new TrainingException(
                    $"{data} is what this model was trained on, and no picture of it was held out: give other pictures, or "
                        + $"{{measure.split}} all to measure them nevertheless."
                );
            ImageSet held = all.Subset([.. heldOut.Order()]) with { Split = Split.Validation, Name = name };
            return new MeasuredData(
                held,
                DataLoader.Fingerprint(held.Labels, held),
                own ? DescribeOwn($"({held.Name})") : DescribeChanged(data, held)
            );
        }
        if (choosing)
        {
            bool hasTest = listing.Images.Any(i => i.Part is not null);
            if (hasTest)
                return LoadPart(manifest, data, Split.Validation, whole: false, seed: null, NoValidation, reporter, cancellation, detector);
            all = all with { Split = Split.Validation };
        }
        string whole = $"all {Plural.Format(all.Count, "picture")} of {data}";
        MeasuredPart part =
            place == DataOrigin.Unknown
                ? new(
                    DataOrigin.Unknown,
                    $"{whole}; the model does not say what it was trained on",
                    "where they were among its training pictures, the figures say too much"
                )
                : new(DataOrigin.Other, $"{whole}: not the data that this model was trained on", FindNamesake(manifest, data));
        return new MeasuredData(all, DataLoader.Fingerprint(all.Labels, all), part);
    }

    private static MeasuredPart DescribeOwn(string name) => new(DataOrigin.Training, $"validation split of its own training data {name}");

    private static MeasuredPart DescribeChanged(string data, ImageSet images) =>
        new(
            DataOrigin.ChangedTraining,
            $"validation split of {data} ({images.Name}), the folder that this model was trained on",
            "its pictures are no longer those of the training: some that are measured here may have been trained on"
        );

    // Far from proof, and yet worth a word: people add pictures to a folder and go on calling it by its name.
    private static string? FindNamesake(ModelManifest manifest, string data)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(data)));
        bool alike = Trainings(manifest).Any(t => t.Training?.Data == name);
        return alike
            ? $"the model was trained on data that are called {name}, too, with other content: if these are those, changed since, "
                + $"most of them were trained on; {{measure.split}} validation then measures the held-out part"
            : null;
    }

    // What the place alone tells.
    private static DataOrigin FindOrigin(ModelManifest manifest, string model, string data)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(data));
        if (RunFolder.DataOf(model) is { } trained && Path.TrimEndingDirectorySeparator(trained) == full) return DataOrigin.ChangedTraining;
        return IsKnown(manifest) ? DataOrigin.Other : DataOrigin.Unknown;
    }

    private static bool IsKnown(ModelManifest manifest) => Trainings(manifest).Any(t => t.DataFingerprint is not null);

    private static ModelManifest[] Trainings(ModelManifest manifest) =>
        manifest.Members is { Count: > 0 } members
            ?
            [
                .. members.Select(m =>
                    manifest with
                    {
                        Division = m.Division,
                        Training = m.Training,
                        DataFingerprint = m.DataFingerprint,
                        Members = null,
                    }
                ),
            ]
            : [manifest];

    // A table may name a picture twice; equal ones are dealt together, so their order tells them apart.
    private static int[] Find(ImageSet all, PlannedSplit split)
    {
        Dictionary<string, Queue<int>> places = all
            .Sources.Index()
            .GroupBy(s => s.Item, s => s.Index, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => new Queue<int>(g), StringComparer.Ordinal);
        return
        [
            .. split
                .Images.Select(i => places.TryGetValue(i.Name, out Queue<int>? at) && at.TryDequeue(out int index) ? index : -1)
                .Where(i => i >= 0),
        ];
    }

    private static Dataset Load(
        DataOptions options,
        ModelManifest manifest,
        Split[] wanted,
        IReporter reporter,
        CancellationToken cancellation
    )
    {
        using var decoding = reporter.Begin("decoding", "images");
        (Dataset dataset, DataReport report) = DataLoader.Load(options, manifest.Preprocessing, wanted, decoding, cancellation);
        foreach (string note in report.Notes) reporter.Note(note);
        foreach (UnusableImage image in report.Unusable) reporter.Inform($"unusable: {image.Name}: {image.Reason}");
        return dataset;
    }
}
