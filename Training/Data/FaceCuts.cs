using System.Collections.Concurrent;
using EmotionMLNet.Faces;
using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Randomness;

namespace EmotionMLNet.Training.Data;

/// <summary>
/// Cuts pictures to their largest face while data are read, exactly as prediction does. Thread-safe; what it gives depends on the picture
/// alone.
/// </summary>
internal sealed class FaceCuts
{
    /// <summary>Why a picture without a face cannot be used.</summary>
    public const string NoFace = "no face was found in it";

    // Of each face, besides the one that prediction would cut: enough that training rarely meets the same twice in a row.
    private const int Variants = 7;

    private const ulong JitterStream = 0xFACE;

    private readonly FaceDetector detector;
    private readonly ImagePreprocessing preprocessing;
    private readonly ImageReaderOptions limits;
    private readonly float jitter;
    private readonly ConcurrentBag<(FaceCutter Cutter, ImageMemory Memory)> pool = [];

    private FaceCuts(FaceDetector detector, ImagePreprocessing preprocessing, ImageReaderOptions limits, float jitter)
    {
        this.detector = detector;
        this.preprocessing = preprocessing;
        this.limits = limits;
        this.jitter = jitter;
    }

    /// <summary>Null where pictures are not to be cut.</summary>
    /// <exception cref="MLNetZip.ModelFormatException">The detector's file is none.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static FaceCuts? Create(DataOptions options, ImagePreprocessing preprocessing, ImageReaderOptions limits) =>
        options.Faces == FaceSearch.Largest
            ? new FaceCuts(
                FaceDetector.Load(options.Detector!, new FaceDetectorOptions { Reader = limits }),
                preprocessing,
                limits,
                options.FaceJitter
            )
            : null;

    /// <summary>Cuts one picture.</summary>
    /// <param name="content">A whole file.</param>
    /// <param name="pixels">Receives [Height, Width, Channels] samples.</param>
    /// <param name="wantsVariants">Whether the face is cut in other ways too.</param>
    /// <param name="variants">Those.</param>
    /// <returns>Whether it has a face, or is one.</returns>
    /// <exception cref="ImageFormatException">The content cannot be decoded.</exception>
    public bool Cut(ReadOnlySpan<byte> content, Span<byte> pixels, bool wantsVariants, out byte[][] variants)
    {
        variants = [];
        if (!pool.TryTake(out (FaceCutter Cutter, ImageMemory Memory) work))
            work = (new FaceCutter(detector, FaceSearch.Largest, new FaceCrop(), preprocessing, limits), new ImageMemory());
        try
        {
            bool isSearched = work.Cutter.Read(content, work.Memory);
            if (isSearched && work.Cutter.Faces.Count == 0) return false;
            work.Cutter.Pixels(0).CopyTo(pixels);
            if (isSearched && wantsVariants && jitter > 0) variants = Jitter(content, work.Cutter.Faces[0].Box);
            return true;
        }
        finally
        {
            pool.Add(work);
        }
    }

    // The box a little larger or smaller, and a little beside: what a detector that is not perfect would have cut.
    private byte[][] Jitter(ReadOnlySpan<byte> content, FaceBox box)
    {
        Image image = ImageReader.Read(content, limits);
        var random = new RandomStream(RandomStream.Key(JitterStream, (ulong)ContentHash.Compute(content)));
        var crop = new FaceCrop();
        int side = Math.Max(preprocessing.Width, preprocessing.Height);
        var variants = new byte[Variants][];
        for (int i = 0; i < variants.Length; i++)
        {
            float scale = MathF.Exp(random.Between(-jitter, jitter) * 1.3f), reach = jitter * 0.5f * box.Height;
            float x = box.CentreX + random.Between(-reach, reach), y = box.CentreY + random.Between(-reach, reach);
            float width = box.Width * scale, height = box.Height * scale;
            Image cut = crop.Cut(image, new FaceBox(x - width / 2, y - height / 2, width, height), side);
            variants[i] = new byte[preprocessing.Length];
            preprocessing.ToPixels(cut, variants[i]);
        }
        return variants;
    }
}
