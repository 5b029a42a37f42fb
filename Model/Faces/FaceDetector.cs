using System.Collections.Concurrent;
using EmotionMLNet.Faces;
using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;

namespace EmotionMLNet;

/// <summary>Finds faces in pictures of any size: load it once, then use it from any number of threads at once.</summary>
/// <remarks>
/// Thread-safe. The network is shared and immutable; each call borrows working memory from a pool that grows to the number of calls under
/// way at once and no further. A call that comes alone is split over up to four cores; where several are under way, each works on its
/// caller's thread. Both find the same. Nothing needs to be disposed.
/// </remarks>
/// <example>
/// <code>
/// FaceDetector detector = FaceDetector.Load("faces.zip");
/// foreach (Face face in detector.Detect("party.jpg"))
///     Console.WriteLine($"{face.Box.X:0}, {face.Box.Y:0}: {face.Score:0.00}");
/// </code>
/// </example>
public sealed class FaceDetector
{
    // What messages call a detector that has no path.
    private const string StreamName = "the stream", BufferName = "the buffer";

    private readonly FaceDetectorOptions options;
    private readonly FacePlans plans;
    private readonly ConcurrentBag<FaceFinder> finders = [];
    private FaceFinder? split; // over the shared team; used by whoever has that
    private int calls; // under way

    private FaceDetector(FaceDetectorZip file, FaceDetectorOptions? options)
    {
        this.options = options ?? new FaceDetectorOptions();
        Manifest = file.Manifest;
        plans = new FacePlans(file.Network);
    }

    /// <summary>What the detector's file says of itself: figures, threshold, data, licence.</summary>
    public FaceManifest Manifest { get; }

    /// <summary>Reads a detector's file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How faces are looked for; null means the defaults.</param>
    /// <param name="cancellationToken">Checked while the file is read.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
    /// <exception cref="ModelFormatException">The file is no detector, damaged, or from a newer version.</exception>
    /// <exception cref="UnusableFileException">It is a folder, a pipe or a device, or too large for a detector.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public static FaceDetector Load(string path, FaceDetectorOptions? options = null, CancellationToken cancellationToken = default)
        => new(FaceDetectorZip.Load(path, cancellationToken), options);

    /// <summary>Reads a detector's file from the rest of a stream, which need not seek and is left open.</summary>
    /// <param name="stream">Read to its end.</param>
    /// <param name="options">How faces are looked for; null means the defaults.</param>
    /// <param name="cancellationToken">Checked between two readings.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ModelFormatException">It holds no detector, a damaged one, or one from a newer version.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public static FaceDetector Load(Stream stream, FaceDetectorOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ReadOnlyMemory<byte> content = WholeStream.ReadToEnd(
            stream,
            FaceDetectorZip.LargestFile,
            at => new ModelFormatException(
                $"{StreamName} holds more than {at} bytes, and a detector has {FaceDetectorZip.LargestFile} at most"
            ),
            cancellationToken
        );
        return new(FaceDetectorZip.Load(content, StreamName, cancellationToken), options);
    }

    /// <summary>Reads a detector's file from memory, an embedded resource for instance.</summary>
    /// <param name="zip">The whole file; it is copied.</param>
    /// <param name="options">How faces are looked for; null means the defaults.</param>
    /// <param name="cancellationToken">Checked while it is unpacked.</param>
    /// <exception cref="ModelFormatException">It is no detector, damaged, or from a newer version.</exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public static FaceDetector Load(
        ReadOnlySpan<byte> zip, FaceDetectorOptions? options = null, CancellationToken cancellationToken = default)
        => new(FaceDetectorZip.Load(zip.ToArray(), BufferName, cancellationToken), options);

    /// <summary>Uses a detector that is in memory already.</summary>
    internal static FaceDetector From(FaceDetectorZip file, FaceDetectorOptions? options = null) => new(file, options);

    /// <summary>Finds the faces of an image file; it is read whole and never locked.</summary>
    /// <param name="path">A regular file; links are followed.</param>
    /// <param name="cancellationToken">Looked at once a row of the picture.</param>
    /// <returns>The best first, in pixels of the upright picture at full size.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
    /// <exception cref="ImageFormatException">The content cannot be decoded.</exception>
    /// <exception cref="UnusableFileException">It is no regular file, or larger than
    /// <see cref="ImageReaderOptions.MaxFileBytes"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public IReadOnlyList<Face> Detect(string path, CancellationToken cancellationToken = default)
    {
        Use use = Rent();
        try
        {
            return use.Finder.FindInFile(path, cancellationToken).ToArray();
        }
        finally
        {
            Return(use);
        }
    }

    /// <summary>Finds the faces of the rest of a stream, which is left open.</summary>
    /// <param name="stream">Read to its end, or one byte past <see cref="ImageReaderOptions.MaxFileBytes"/>.</param>
    /// <param name="cancellationToken">Looked at between two readings, and once a row of the picture.</param>
    /// <returns>The best first, in pixels of the upright picture at full size.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ImageFormatException">The content cannot be decoded.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public IReadOnlyList<Face> Detect(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Detect(ImageReader.ReadToEnd(stream, options.Reader.MaxFileBytes, cancellationToken).Span, cancellationToken);
    }

    /// <summary>Finds the faces of an encoded picture: the bytes of a JPEG, PNG, ... file.</summary>
    /// <param name="encoded">The whole content of a file.</param>
    /// <param name="cancellationToken">Looked at once a row of the picture.</param>
    /// <returns>The best first, in pixels of the upright picture at full size.</returns>
    /// <exception cref="ImageFormatException">The content cannot be decoded.</exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public IReadOnlyList<Face> Detect(ReadOnlySpan<byte> encoded, CancellationToken cancellationToken = default)
    {
        Use use = Rent();
        try
        {
            return use.Finder.Find(encoded, cancellationToken).ToArray();
        }
        finally
        {
            Return(use);
        }
    }

    /// <summary>Finds the faces of a decoded picture. Alpha is laid over <see cref="ImageReaderOptions.Background"/>.</summary>
    /// <param name="image">A picture of 1, 3 or 4 channels and any size.</param>
    /// <param name="cancellationToken">Looked at once a row of the picture.</param>
    /// <returns>The best first, in pixels of the picture.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="image"/> is null.</exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public IReadOnlyList<Face> Detect(Image image, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        Use use = Rent();
        try
        {
            return use.Finder.Find(Raster.Of(image), 1, options.Reader.Background, largestOnly: false, cancellationToken).ToArray();
        }
        finally
        {
            Return(use);
        }
    }

    /// <summary>
    /// The same for one picture after another, the frames of a camera for instance: in the steady state nothing is allocated.
    /// </summary>
    /// <param name="image">A picture of 1, 3 or 4 channels and any size.</param>
    /// <param name="faces">Receives as many as it has room for, the best first, in pixels of the picture.</param>
    /// <returns>How many were written.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="image"/> is null.</exception>
    public int Detect(Image image, Span<Face> faces)
    {
        ArgumentNullException.ThrowIfNull(image);
        Use use = Rent();
        try
        {
            ReadOnlySpan<Face> found = use.Finder.Find(
                Raster.Of(image), 1, options.Reader.Background, largestOnly: false, CancellationToken.None);
            if (found.Length > faces.Length) found = found[..faces.Length];
            found.CopyTo(faces);
            return found.Length;
        }
        finally
        {
            Return(use);
        }
    }

    /// <summary>Pixels of the longer side that it looks at.</summary>
    internal int LongSide => options.LongSide ?? Manifest.LongSide;

    /// <summary>Working memory for one caller, who keeps it.</summary>
    /// <param name="team">Threads that a picture is split over; null: the caller's alone.</param>
    internal FaceFinder CreateFinder(ThreadTeam? team = null)
        => new(new FaceScan(plans, team ?? new ThreadTeam(1), LongSide), options, options.MinScore ?? Manifest.Threshold);

    private Use Rent()
    {
        bool isAlone = Interlocked.Increment(ref calls) == 1, isSplit = false;
        ThreadTeam? team = null;
        try
        {
            isSplit = options.SplitsPictures && isAlone && SharedTeam.Threads > 1 && SharedTeam.TryTake(out team);
            if (isSplit) return new Use(split ??= CreateFinder(team), IsSplit: true);
            return new Use(finders.TryTake(out FaceFinder? finder) ? finder : CreateFinder(), IsSplit: false);
        }
        catch
        {
            // A finder could not be made: memory is short, and another call may have more of it.
            Interlocked.Decrement(ref calls);
            if (isSplit) SharedTeam.Return();
            throw;
        }
    }

    private void Return(Use use)
    {
        Interlocked.Decrement(ref calls);
        if (use.IsSplit) SharedTeam.Return();
        else finders.Add(use.Finder);
    }

    private readonly record struct Use(FaceFinder Finder, bool IsSplit);
}
