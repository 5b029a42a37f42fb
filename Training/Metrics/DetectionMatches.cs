namespace EmotionMLNet.Training.Metrics;

/// <summary>What a detector found in pictures beside what people drew: the figures of WIDER FACE and PASCAL VOC.</summary>
/// <remarks>
/// In each picture the detections, best first, take the face that they cover most, if the intersection over union is enough and no better
/// one has it; then it is a hit. One that covers an ignored box by as much, or lies in it by more than half, counts for nothing. All others
/// are false.
/// </remarks>
internal sealed class DetectionMatches
{
    private readonly List<Picture> pictures = [];
    private Detection[]? sorted;

    /// <param name="overlap">Least intersection over union of a hit, above 0 and below 1.</param>
    public DetectionMatches(float overlap) => Overlap = overlap;

    /// <summary>Least intersection over union of a hit.</summary>
    public float Overlap { get; }

    public int Pictures => pictures.Count;

    /// <summary>Faces that are to be found.</summary>
    public int Faces => pictures.Sum(p => p.Faces);

    /// <summary>Adds a picture.</summary>
    /// <param name="found">Best first.</param>
    /// <param name="faces">To be found.</param>
    /// <param name="ignored">Neither here nor there.</param>
    public void Add(IReadOnlyList<Face> found, IReadOnlyList<FaceBox> faces, IReadOnlyList<FaceBox> ignored)
    {
        var taken = new bool[faces.Count];
        List<(float Score, bool IsHit)> results = [];
        foreach (Face face in found)
        {
            int best = -1;
            float most = Overlap;
            for (int i = 0; i < faces.Count; i++)
            {
                float overlap = taken[i] ? 0 : face.Box.Overlap(faces[i]);
                if (overlap >= most) (best, most) = (i, overlap);
            }
            if (best >= 0) taken[best] = true;
            else if (IsIgnored(face.Box, ignored, Overlap)) continue;
            results.Add((face.Score, best >= 0));
        }
        sorted = null;
        pictures.Add(new Picture(faces.Count, faces.Count + ignored.Count == 0, [.. results]));
    }

    /// <summary>Pictures in which nothing was drawn: whatever is found there is wrong.</summary>
    public int EmptyPictures => pictures.Count(p => p.IsEmpty);

    /// <summary>How many of the <see cref="EmptyPictures"/> have a detection of at least that score.</summary>
    public int CountAlarms(double score) => pictures.Count(p => p.IsEmpty && p.Results.Any(r => r.Score >= score));

    /// <summary>Hits and false detections of at least that score.</summary>
    public (int Hits, int False) Count(double score)
    {
        int hits = pictures.Sum(p => p.Results.Count(r => r.IsHit && r.Score >= score));
        return (hits, pictures.Sum(p => p.Results.Count(r => r.Score >= score)) - hits);
    }

    /// <summary>Whether a detection counts for nothing: it covers an ignored box by so much, or lies in it by more than half.</summary>
    /// <param name="box">The detection.</param>
    /// <param name="ignored">Boxes that are neither faces nor background.</param>
    /// <param name="overlap">Least intersection over union.</param>
    public static bool IsIgnored(FaceBox box, IReadOnlyList<FaceBox> ignored, float overlap) =>
        ignored.Any(b => b.Overlap(box) >= overlap || b.Intersect(box) > 0.5f * box.Area);

    /// <summary>Area under precision over recall, with precision made monotone; NaN without faces.</summary>
    public double ComputeAveragePrecision() => Measure(Once, falsePositives: 0).AveragePrecision;

    /// <summary>Share of faces found at the score at which so many detections a picture are false; NaN without faces.</summary>
    /// <param name="falsePositives">A picture, 0.1 for one in ten.</param>
    public double ComputeRecall(double falsePositives) => Measure(Once, falsePositives).Recall;

    /// <summary>The least score at which no more than so many detections a picture are false; 1 where there is none.</summary>
    public double FindScore(double falsePositives) => Measure(Once, falsePositives).Score;

    /// <summary>
    /// The score from which on a detection is shown: no more than so many false ones a picture, and none in all but so many of the pictures
    /// without a face.
    /// </summary>
    /// <param name="falsePositives">A picture, 0.1 for one in ten.</param>
    /// <param name="alarms">Share of the pictures without a face, 0 to 1.</param>
    public double ChooseThreshold(double falsePositives, double alarms)
    {
        double[] worst =
        [
            .. pictures
                .Where(p => p.IsEmpty)
                .Select(p => p.Results.Length == 0 ? 0.0 : p.Results.Max(r => r.Score))
                .OrderDescending(),
        ];
        int allowed = (int)(alarms * worst.Length);
        double above = allowed < worst.Length ? Math.BitIncrement((float)worst[allowed]) : 0;
        return Math.Max(FindScore(falsePositives), above);
    }

    /// <summary>Average precision and recall of samples of the pictures, drawn by <paramref name="next"/>(count).</summary>
    public (Interval AveragePrecision, Interval Recall) Bootstrap(double falsePositives, int resamples, Func<int, int> next)
    {
        var samples = new (double AveragePrecision, double Recall, double Score)[resamples];
        var times = new int[pictures.Count];
        for (int s = 0; s < resamples; s++)
        {
            Array.Clear(times);
            for (int i = 0; i < times.Length; i++) times[next(times.Length)]++;
            samples[s] = Measure(times, falsePositives);
        }
        return (
            Interval.FromResamples(ComputeAveragePrecision(), samples.Select(s => s.AveragePrecision)),
            Interval.FromResamples(ComputeRecall(falsePositives), samples.Select(s => s.Recall))
        );
    }

    // Each picture counts as often as it was drawn: detections are sorted once for all resamples.
    private (double AveragePrecision, double Recall, double Score) Measure(int[] times, double falsePositives)
    {
        int faces = 0, count = 0;
        for (int i = 0; i < times.Length; i++)
        {
            faces += times[i] * pictures[i].Faces;
            count += times[i];
        }
        if (faces == 0) return (double.NaN, double.NaN, 1);
        Detection[] all = Sorted;
        var precision = new double[all.Length];
        int hits = 0, wrong = 0;
        double recall = 0, score = 1;
        for (int i = 0; i < all.Length; i++)
        {
            int weight = times[all[i].Picture];
            if (all[i].IsHit) hits += weight;
            else wrong += weight;
            precision[i] = hits + wrong > 0 ? (double)hits / (hits + wrong) : 0;
            if (weight > 0 && wrong <= falsePositives * count) (recall, score) = ((double)hits / faces, all[i].Score);
        }
        double area = 0, highest = 0;
        for (int i = all.Length - 1; i >= 0; i--)
        {
            highest = Math.Max(highest, precision[i]);
            if (all[i].IsHit) area += highest * times[all[i].Picture] / faces;
        }
        return (area, recall, score);
    }

    private Detection[] Sorted =>
        sorted ??=
        [
            .. pictures
                .SelectMany((p, i) => p.Results.Select(r => new Detection(r.Score, i, r.IsHit)))
                .OrderByDescending(d => d.Score), // which keeps the order of equals
        ];

    private int[] Once => [.. Enumerable.Repeat(1, pictures.Count)];

    private readonly record struct Detection(float Score, int Picture, bool IsHit);

    private sealed record Picture(int Faces, bool IsEmpty, (float Score, bool IsHit)[] Results);
}
