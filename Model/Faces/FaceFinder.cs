using System.Runtime.InteropServices;
using EmotionMLNet.Files;
using EmotionMLNet.Imaging;

namespace EmotionMLNet.Faces;

/// <summary>
/// Memory to look for faces in one picture after another; one caller at a time. In the steady state nothing is allocated.
/// </summary>
internal sealed class FaceFinder
{
    private readonly FaceScan scan;
    private readonly FaceDetectorOptions options;
    private readonly float threshold;
    private readonly FileBuffer file = new();
    private readonly ImageMemory memory = new(), grey = new();
    private readonly ImageReaderOptions reader;
    private readonly List<Face> found = [];

    /// <param name="scan">Looks at grey pictures.</param>
    /// <param name="options">Limits.</param>
    /// <param name="threshold">Least score.</param>
    public FaceFinder(FaceScan scan, FaceDetectorOptions options, float threshold)
    {
        this.scan = scan;
        this.options = options;
        this.threshold = threshold;
        reader = options.Reader with { WantedLongSide = scan.LongSide, LumaIsEnough = true };
    }

    /// <summary>Reads a file whole and looks at it.</summary>
    public ReadOnlySpan<Face> FindInFile(string path, CancellationToken cancellationToken)
        => Find(file.Read(path, reader.MaxFileBytes), cancellationToken);

    /// <summary>Decodes no finer than is needed, and looks.</summary>
    /// <returns>In pixels of the upright picture at full size.</returns>
    public ReadOnlySpan<Face> Find(ReadOnlySpan<byte> encoded, CancellationToken cancellationToken)
    {
        memory.Cancellation = cancellationToken;
        try
        {
            Raster picture = ImageReader.Read(encoded, reader, memory);
            return Find(picture, memory.Reduction, reader.Background, largestOnly: false, cancellationToken);
        }
        finally
        {
            memory.Cancellation = CancellationToken.None;
            memory.Release();
        }
    }

    /// <summary>Looks for faces.</summary>
    /// <param name="picture">Upright, of 1, 3 or 4 channels.</param>
    /// <param name="scale">What places are multiplied by.</param>
    /// <param name="background">Colour behind transparent pixels.</param>
    /// <param name="largestOnly">Whether others than the largest may be left out.</param>
    /// <param name="cancellationToken">Looked at once a row and between two passes.</param>
    /// <returns>Best first, good until the next call.</returns>
    public ReadOnlySpan<Face> Find(
        Raster picture,
        float scale,
        (byte Red, byte Green, byte Blue) background,
        bool largestOnly,
        CancellationToken cancellationToken
    )
    {
        grey.Cancellation = cancellationToken;
        try
        {
            Raster luma = GreyPicture.Make(picture, background, scan.LongSide, grey, out int reduction);
            scan.Detect(luma.Samples, luma.Width, luma.Height, threshold, found, largestOnly, cancellationToken);
            scale *= reduction;
        }
        finally
        {
            grey.Cancellation = CancellationToken.None;
            grey.Release();
        }
        if (found.Count > options.MaxFaces) found.RemoveRange(options.MaxFaces, found.Count - options.MaxFaces);
        Span<Face> faces = CollectionsMarshal.AsSpan(found);
        if (scale != 1)
            foreach (ref Face face in faces) face = face with { Box = face.Box.Scale(scale) };
        return faces;
    }
}
