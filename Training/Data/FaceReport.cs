using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Data;

/// <summary>Pictures of a class by how many faces are in them.</summary>
/// <param name="Label">The class.</param>
/// <param name="Cut">Pictures that are a face already, which are not searched.</param>
/// <param name="One">With one face.</param>
/// <param name="None">Without any.</param>
/// <param name="Many">With more than one.</param>
internal sealed record FaceCount(string Label, int Cut, int One, int None, int Many);

/// <summary>A picture that has not just one face.</summary>
/// <param name="Split">Where it is.</param>
/// <param name="Name">As in <see cref="ListedImage"/>.</param>
/// <param name="Label">Its class.</param>
/// <param name="Faces">How many were found.</param>
internal sealed record PictureFaces(Split Split, string Name, string Label, int Faces);

/// <summary>The faces that a detector finds in a data set.</summary>
/// <param name="Classes">A line a class, in class order.</param>
/// <param name="None">Pictures without a face.</param>
/// <param name="Many">Pictures with more than one, most first.</param>
internal sealed record FaceReport(
    IReadOnlyList<FaceCount> Classes, IReadOnlyList<PictureFaces> None, IReadOnlyList<PictureFaces> Many)
{
    /// <summary>Looks at pictures on all cores.</summary>
    /// <param name="images">Those that can be read.</param>
    /// <param name="labels">Class names in class order.</param>
    /// <param name="detector">Finds the faces.</param>
    /// <param name="preprocessing">Says how small a picture is that counts as a face already.</param>
    /// <param name="limits">Of the reader.</param>
    /// <param name="progress">Called from many threads.</param>
    /// <param name="cancellation">Stops between two pictures, or within one.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static FaceReport Make(
        IReadOnlyList<(Split Split, ListedImage Image)> images,
        IReadOnlyList<string> labels,
        FaceDetector detector,
        ImagePreprocessing preprocessing,
        ImageReaderOptions limits,
        IProgress<WorkProgress>? progress,
        CancellationToken cancellation
    )
    {
        // Null for a picture that is a face already, or can be read no more.
        var found = new int?[images.Count];
        int done = 0;
        Parallel.For(
            0,
            images.Count,
            new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount },
            i =>
            {
                found[i] = Count(images[i].Image.Content, detector, preprocessing, limits, cancellation);
                progress?.Report(new WorkProgress(Interlocked.Increment(ref done), images.Count));
            }
        );
        ILookup<string, int?> byLabel = images.Index().ToLookup(i => i.Item.Image.Label, i => found[i.Index]);
        PictureFaces[] odd =
        [
            .. images.Index()
                .Where(i => found[i.Index] is { } n && n != 1)
                .Select(i => new PictureFaces(i.Item.Split, i.Item.Image.Name, i.Item.Image.Label, found[i.Index]!.Value)),
        ];
        return new FaceReport(
            [
                .. labels.Select(l => new FaceCount(
                    l,
                    byLabel[l].Count(n => n is null),
                    byLabel[l].Count(n => n == 1),
                    byLabel[l].Count(n => n == 0),
                    byLabel[l].Count(n => n > 1)
                )),
            ],
            [.. odd.Where(p => p.Faces == 0)],
            [.. odd.Where(p => p.Faces > 1).OrderByDescending(p => p.Faces)]
        );
    }

    private static int? Count(
        ImageContent content,
        FaceDetector detector,
        ImagePreprocessing preprocessing,
        ImageReaderOptions limits,
        CancellationToken cancellation
    )
    {
        try
        {
            byte[] stored = content.Read();
            if (content.Describe(stored) is { } header && FaceCrop.IsCrop(header.Width, header.Height, preprocessing)) return null;
            // A file is decoded no finer than the detector wants.
            return content.IsFile
                ? detector.Detect(stored.AsSpan(), cancellation).Count
                : detector.Detect(content.ReadImage(stored, limits), cancellation).Count;
        }
        catch (Exception e) when (e is EmotionMLNetException or IOException or UnauthorizedAccessException)
        {
            return null; // it could be read a moment ago
        }
    }
}
