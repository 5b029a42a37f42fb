using System.Security.Cryptography;
using System.Text;
using EmotionMLNet.Formatting;
using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Data;

/// <summary>Reads data sets: lists, splits, decodes in parallel, checks.</summary>
internal static class DataLoader
{
    /// <summary>
    /// Loads the wanted splits at network size. Others are listed and counted but never decoded (their stored bytes are hashed
    /// only where the source gives no split, to keep identical images together).
    /// </summary>
    /// <param name="options">The place of the images, and how they are divided.</param>
    /// <param name="preprocessing">How a picture becomes the network's pixels.</param>
    /// <param name="wanted">
    /// A wanted split that the data have not is missing in the result, and a note says so; train may not be missing.
    /// </param>
    /// <param name="progress">Called from many threads.</param>
    /// <param name="cancellation">Stops between two images.</param>
    /// <exception cref="TrainingException">
    /// The data are not there, not understood, without usable images, or have findings under strict.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static (Dataset Dataset, DataReport Report) Load(
        DataOptions options,
        ImagePreprocessing preprocessing,
        IReadOnlyCollection<Split> wanted,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        Check(options);
        return Load(DataSource.List(options), options, preprocessing, wanted, progress, cancellation);
    }

    /// <summary>The same of images that are listed already.</summary>
    /// <inheritdoc cref="Load(DataOptions, ImagePreprocessing, IReadOnlyCollection{Split}, IProgress{WorkProgress}?, CancellationToken)"/>
    public static (Dataset Dataset, DataReport Report) Load(SourceListing listing, DataOptions options, ImagePreprocessing preprocessing,
        IReadOnlyCollection<Split> wanted, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        SplitPlan plan = SplitPlan.Make(listing, options, cancellation);
        if (listing.Unreadable.Count > 0)
        {
            (string name, string reason) = (listing.Unreadable[0].Name, listing.Unreadable[0].Reason);
            string more = listing.Unreadable.Count > 1 ? $"; so it is with {listing.Unreadable.Count - 1} more" : "";
            throw new TrainingFailedException($"{options.Path}: the folder {name} can't be read: {reason}{more}.");
        }
        if (wanted.Contains(Split.Train))
        {
            if (listing.Labels.Count < 2)
                throw new TrainingException(
                    $"{options.Path}: only one class ({listing.Labels[0]}) was found ({listing.Kind}): a classifier needs two."
                );
            if (!plan.Splits.Any(s => s.Split == Split.Train))
                throw new TrainingException($"{options.Path}: {string.Join("; ", plan.Notes)}.");
        }
        DecodedImage[] decoded = Decode(
            plan.Splits.Where(s => wanted.Contains(s.Split)),
            options,
            preprocessing,
            keepPixels: true,
            progress,
            cancellation
        );
        DataReport report = Report(options, listing, plan, wanted, decoded);
        if (options.Strict && report.HasFindings)
            throw new DataFindingsException($"{options.Path}: {report.Findings()}. Without {{data.strict}} they are accepted.");

        ImageSet[] sets = [.. plan.Splits.Where(s => wanted.Contains(s.Split)).Select(s => Set(s, listing.Labels, decoded))];
        foreach (ImageSet empty in sets.Where(s => s.Count == 0))
            throw new TrainingException(
                $"{options.Path}: none of the images of {empty.Name} can be used ({report.Unusable[0].Name}: "
                    + $"{report.Unusable[0].Reason})."
            );
        return (new Dataset(listing.Labels, sets, Fingerprint(listing.Labels, sets)), report);
    }

    /// <summary>The pre-flight check: decodes every split, keeps counts only.</summary>
    /// <inheritdoc cref="Load(DataOptions, ImagePreprocessing, IReadOnlyCollection{Split}, IProgress{WorkProgress}?, CancellationToken)"/>
    public static DataReport Scan(
        DataOptions options,
        ImagePreprocessing preprocessing,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    ) => Scan(options, preprocessing, progress, null, null, cancellation);

    /// <summary>The same, and then looks for faces in what can be read.</summary>
    /// <param name="options">The place of the images, and how they are divided.</param>
    /// <param name="preprocessing">How a picture becomes the network's pixels.</param>
    /// <param name="progress">Of the check; called from many threads.</param>
    /// <param name="detector">Finds the faces; null looks for none.</param>
    /// <param name="startSearch">Called when the search begins; what it gives is called from many threads.</param>
    /// <param name="cancellation">Stops between two images.</param>
    public static DataReport Scan(
        DataOptions options,
        ImagePreprocessing preprocessing,
        IProgress<WorkProgress>? progress,
        FaceDetector? detector,
        Func<IProgress<WorkProgress>>? startSearch,
        CancellationToken cancellation
    )
    {
        Check(options);
        SourceListing listing = DataSource.List(options);
        SplitPlan plan = SplitPlan.Make(listing, options, cancellation);
        DecodedImage[] decoded = Decode(plan.Splits, options, preprocessing, keepPixels: false, progress, cancellation);
        DataReport report = Report(options, listing, plan, Enum.GetValues<Split>(), decoded);
        if (detector is null) return report;
        (Split, ListedImage)[] images = [.. decoded.Where(d => d.Reason is null).Select(d => (d.Split, d.Image))];
        var limits = new ImageReaderOptions { MaxPixels = options.MaxPixels };
        return report with
        {
            Faces = FaceReport.Make(images, listing.Labels, detector, preprocessing, limits, startSearch?.Invoke(), cancellation),
        };
    }

    private static void Check(DataOptions options)
    {
        if (options.FindProblems().FirstOrDefault() is { } problem) throw new TrainingException(problem.Under("data").Template);
    }

    private static DecodedImage[] Decode(
        IEnumerable<PlannedSplit> splits,
        DataOptions options,
        ImagePreprocessing preprocessing,
        bool keepPixels,
        IProgress<WorkProgress>? progress,
        CancellationToken cancellation
    )
    {
        (Split Split, ListedImage Image)[] images = [.. splits.SelectMany(s => s.Images.Select(i => (s.Split, i)))];
        var decoded = new DecodedImage[images.Length];
        var limits = new ImageReaderOptions { MaxPixels = options.MaxPixels };
        FaceCuts? faces = FaceCuts.Create(options, preprocessing, limits);
        int done = 0;
        Parallel.For(
            0,
            images.Length,
            new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount },
            i =>
            {
                decoded[i] = DecodedImage.Read(images[i].Image, images[i].Split, preprocessing, limits, keepPixels, faces);
                progress?.Report(new WorkProgress(Interlocked.Increment(ref done), images.Length));
            }
        );
        return decoded;
    }

    private static ImageSet Set(PlannedSplit split, IReadOnlyList<string> labels, DecodedImage[] decoded)
    {
        Dictionary<string, int> classes = labels.Index().ToDictionary(l => l.Item, l => l.Index);
        DecodedImage[] usable = [.. decoded.Where(d => d.Split == split.Split && d.Reason is null)];
        return new ImageSet(
            split.Split,
            split.Name,
            labels,
            [.. usable.Select(d => classes[d.Image.Label])],
            [.. usable.Select(d => d.Pixels!)],
            [.. usable.Select(d => d.Image.Name)]
        )
        {
            Contents = [.. usable.Select(d => d.Image.Content)],
            Variants = usable.Any(d => d.Variants.Length > 0) ? [.. usable.Select(d => d.Variants)] : null,
        };
    }

    private static DataReport Report(
        DataOptions options,
        SourceListing listing,
        SplitPlan plan,
        IReadOnlyCollection<Split> read,
        DecodedImage[] decoded
    )
    {
        DecodedImage[] usable = [.. decoded.Where(d => d.Reason is null)];
        ILookup<Split, DecodedImage> usableOf = usable.ToLookup(d => d.Split);
        SplitCount[] counts =
        [
            .. from split in plan.Splits
            let isRead = read.Contains(split.Split)
            let listed = Count(listing.Labels, split.Images)
            select new SplitCount(
                split.Split,
                split.Name,
                isRead,
                listed,
                isRead ? Count(listing.Labels, usableOf[split.Split].Select(d => d.Image)) : listed
            ),
        ];
        UnusableImage[] unusable =
        [
            .. listing.Unusable,
            .. decoded.Where(d => d.Reason is not null).Select(d => new UnusableImage(d.Split, d.Image.Name, d.Reason!)),
        ];
        ImageHeader[] headers = [.. usable.Select(d => d.Header).OfType<ImageHeader>()];
        return new DataReport(
            options.Path,
            listing.Kind,
            listing.Labels,
            counts,
            [
                .. headers
                    .CountBy(h => h.Format)
                    .OrderByDescending(f => f.Value)
                    .ThenBy(f => f.Key, StringComparer.Ordinal)
                    .Select(f => new FormatCount(f.Key, f.Value)),
            ],
            Sizes(headers),
            unusable,
            [.. usable.Where(d => d.Blank).Select(d => new BlankImage(d.Split, d.Image.Name))],
            DuplicateCount.Count(usable.Select(d => (d.StoredHash, d.Image, d.Split))),
            DuplicateCount.Count(usable.Select(d => (d.PixelHash, d.Image, d.Split))),
            [.. listing.Notes.Concat(plan.Notes).Concat(DescribeFaces(options, decoded)).Select(PrintableText.Line)]
        )
        {
            Unreadable = listing.Unreadable,
        };
    }

    private static IEnumerable<string> DescribeFaces(DataOptions options, DecodedImage[] decoded)
    {
        if (options.Faces != FaceSearch.Largest) yield break;
        int none = decoded.Count(d => d.Reason == FaceCuts.NoFace);
        yield return "pictures are cut to their largest face; "
            + $"{Plural.Format(none, "picture")} of {decoded.Length} {(none == 1 ? "has none and is" : "have none and are")} left out";
    }

    private static int[] Count(IReadOnlyList<string> labels, IEnumerable<ListedImage> images)
    {
        Dictionary<string, int> counts = images.CountBy(i => i.Label).ToDictionary();
        return [.. labels.Select(l => counts.GetValueOrDefault(l))];
    }

    private static SizeRange? Sizes(ImageHeader[] headers)
    {
        if (headers.Length == 0) return null;
        int[] widths = [.. headers.Select(h => h.Width).Order()], heights = [.. headers.Select(h => h.Height).Order()];
        int middle = headers.Length / 2;
        return new(
            widths[0],
            heights[0],
            widths[middle],
            heights[middle],
            widths[^1],
            heights[^1],
            headers.Select(h => (h.Width, h.Height)).Distinct().Count()
        );
    }

    /// <summary>SHA-256 over labels, pixels and classes of some splits, hex.</summary>
    public static string Fingerprint(IReadOnlyList<string> labels, params ReadOnlySpan<ImageSet> sets)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Join('\n', labels)));
        foreach (ImageSet set in sets)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{SplitNames.Of(set.Split)} {set.Count}\n"));
            for (int i = 0; i < set.Count; i++)
            {
                hash.AppendData(BitConverter.GetBytes(set.Classes[i]));
                hash.AppendData(set.Pixels[i]);
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
