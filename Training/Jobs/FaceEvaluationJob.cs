using System.Globalization;
using EmotionMLNet.Faces;
using EmotionMLNet.Kernels;
using EmotionMLNet.Training.Faces;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Training.Jobs;

/// <summary>A whole evaluation of a detector: from its file and photographs with boxes to figures and mistakes.</summary>
internal static class FaceEvaluationJob
{
    // What a hit covers of its face where nothing else is said.
    private const float Half = 0.5f;

    private const int Resamples = 500;

    private static readonly float[] Overlaps = [0.3f, 0.5f, 0.7f];

    // Heights in pixels of the photograph.
    private static readonly (float From, float To)[] Sizes = [(0, 24), (24, 48), (48, 96), (96, float.PositiveInfinity)];

    /// <summary>Looks for faces and compares.</summary>
    /// <param name="model">The file of the detector.</param>
    /// <param name="zip">Its content.</param>
    /// <param name="set">The photographs.</param>
    /// <param name="isWhole">All of them, else the validation alone.</param>
    /// <param name="threads">null is all cores.</param>
    /// <param name="reporter">Shows how far the evaluation is.</param>
    /// <param name="cancellation">Checked between photographs.</param>
    /// <exception cref="TrainingException">There is no face to find.</exception>
    public static FaceEvaluation Measure(
        string model,
        FaceDetectorZip zip,
        FaceSet set,
        bool isWhole,
        int? threads,
        IReporter reporter,
        CancellationToken cancellation
    )
    {
        IReadOnlyList<FacePicture> pictures = isWhole ? [.. set.Train, .. set.Validation] : set.Validation;
        if (!pictures.Any(p => p.Faces.Length > 0))
            throw new TrainingException("there is no face to find in these photographs: give others.");
        List<Face>[] found = Detect(zip, pictures, threads, reporter, cancellation);
        DetectionMatches half = Match(pictures, found, Half);
        double threshold = zip.Manifest.Threshold;
        return new FaceEvaluation
        {
            Model = model,
            Manifest = zip.Manifest,
            Parameters = zip.Network.ParameterCount,
            Part = isWhole ? "all photographs" : "the validation",
            Caution = Warn(zip.Manifest, set, isWhole),
            Pictures = half.Pictures,
            Faces = half.Faces,
            EmptyPictures = half.EmptyPictures,
            Alarms = half.CountAlarms(threshold),
            AtThreshold = half.Count(threshold),
            ByOverlap =
            [
                .. Overlaps.Select(o => Row(string.Create(CultureInfo.InvariantCulture, $"IoU {o:0.0}"), Match(pictures, found, o))),
            ],
            BySize = [.. Sizes.Select(s => Row(NameOf(s), Match(pictures, found, Half, s)))],
            BySubset = [.. MatchSubsets(pictures, found).Where(s => s.Matches.Faces > 0).Select(s => Row(s.Name, s.Matches))],
            Errors = [.. pictures.Zip(found).SelectMany(p => FindErrors(p.First, p.Second, threshold)).OrderByDescending(e => e.Score)],
            DataFingerprint = set.Fingerprint,
        };
    }

    private static string? Warn(FaceManifest manifest, FaceSet set, bool isWhole)
    {
        if (manifest.DataFingerprint != set.Fingerprint) return null;
        return isWhole
            ? "the detector learned from most of these photographs: its figures say too much"
            : "the detector's epoch and threshold were chosen by these photographs: its figures flatter";
    }

    private static List<Face>[] Detect(
        FaceDetectorZip zip,
        IReadOnlyList<FacePicture> pictures,
        int? threads,
        IReporter reporter,
        CancellationToken cancellation
    )
    {
        using var team = new ThreadTeam(threads ?? Environment.ProcessorCount);
        var scan = new FaceScan(zip.Network, team, zip.Manifest.LongSide);
        using IWork work = reporter.Begin("looking for faces", "pictures");
        var all = new List<Face>[pictures.Count];
        for (int i = 0; i < all.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            FacePicture picture = pictures[i];
            all[i] = [];
            byte[] grey = picture.Levels[0].Samples;
            scan.Detect(grey, picture.Width, picture.Height, FaceBatches.LeastScore, all[i], cancellationToken: cancellation);
            work.Report(new WorkProgress(i + 1, all.Length));
        }
        return all;
    }

    // Faces of other sizes count for nothing.
    private static DetectionMatches Match(
        IReadOnlyList<FacePicture> pictures,
        List<Face>[] found,
        float overlap,
        (float From, float To)? size = null
    )
    {
        var matches = new DetectionMatches(overlap);
        for (int i = 0; i < found.Length; i++)
        {
            FacePicture picture = pictures[i];
            if (size is not var (from, to)) matches.Add(found[i], picture.Faces, picture.Ignored);
            else
                matches.Add(
                    [.. found[i].Where(f => IsOf(f.Box, from, to, slack: 1.25f))],
                    [.. picture.Faces.Where(f => IsOf(f, from, to))],
                    [.. picture.Ignored, .. picture.Faces.Where(f => !IsOf(f, from, to))]
                );
        }
        return matches;
    }

    // One set is no sets, and photographs of background alone are none.
    private static IEnumerable<(string Name, DetectionMatches Matches)> MatchSubsets(
        IReadOnlyList<FacePicture> pictures,
        List<Face>[] found
    )
    {
        IGrouping<string, int>[] sets =
        [
            .. Enumerable
                .Range(0, pictures.Count)
                .Where(i => pictures[i].Subset.Length > 0)
                .GroupBy(i => pictures[i].Subset)
                .OrderBy(s => s.Key, StringComparer.Ordinal),
        ];
        if (sets.Length < 2) yield break;
        foreach (IGrouping<string, int> set in sets)
        {
            var matches = new DetectionMatches(Half);
            foreach (int i in set) matches.Add(found[i], pictures[i].Faces, pictures[i].Ignored);
            yield return (set.Key, matches);
        }
    }

    private static bool IsOf(FaceBox box, float from, float to, float slack = 1) => box.Height * slack >= from && box.Height < to * slack;

    private static string NameOf((float From, float To) size) =>
        float.IsInfinity(size.To)
            ? string.Create(CultureInfo.InvariantCulture, $"{size.From:0} pixels and more")
            : string.Create(CultureInfo.InvariantCulture, $"{size.From:0} to {size.To:0} pixels");

    private static DetectionRow Row(string name, DetectionMatches matches)
    {
        if (matches.Faces == 0) return new DetectionRow(name, 0, null, null);
        var random = new Randomness.RandomStream(1);
        (Interval precision, Interval recall) = matches.Bootstrap(
            FaceBatches.AllowedFalsePositives,
            Resamples,
            count => random.Next(count)
        );
        return new DetectionRow(name, matches.Faces, precision, recall);
    }

    private static IEnumerable<DetectionError> FindErrors(FacePicture picture, List<Face> found, double threshold)
    {
        var taken = new bool[picture.Faces.Length];
        foreach (Face face in found.Where(f => f.Score >= threshold))
        {
            int best = -1;
            float most = 0;
            for (int i = 0; i < taken.Length; i++)
                if (face.Box.Overlap(picture.Faces[i]) is var overlap && overlap > most) (best, most) = (i, overlap);
            if (most >= Half && !taken[best]) taken[best] = true;
            else if (most >= Half) yield return new DetectionError(DetectionErrorKind.Double, picture, face.Box, face.Score);
            else if (DetectionMatches.IsIgnored(face.Box, picture.Ignored, Half)) continue;
            else
                yield return new DetectionError(
                    most >= 0.2f ? DetectionErrorKind.Misplaced : DetectionErrorKind.Background,
                    picture,
                    face.Box,
                    face.Score
                );
        }
        for (int i = 0; i < taken.Length; i++)
            if (!taken[i]) yield return new DetectionError(DetectionErrorKind.Missed, picture, picture.Faces[i], 0);
    }
}
