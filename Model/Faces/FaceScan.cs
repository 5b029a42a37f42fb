using EmotionMLNet.Imaging;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Faces;

/// <summary>
/// Runs a detector over grey pictures of any size: once with the long side brought to <see cref="LongSide"/>, and once much smaller, which
/// finds faces that fill the picture. One caller at a time. In the steady state nothing is allocated.
/// </summary>
internal sealed class FaceScan
{
    /// <summary>The long side where nothing else is asked for, in pixels.</summary>
    public const int StandardLongSide = 448;

    /// <summary>Limits of the long side, in pixels.</summary>
    public const int LeastLongSide = 64, MostLongSide = 4096;

    /// <summary>Intersection over union above which two boxes are one face.</summary>
    public const float SameFace = 0.4f;

    // A face as high as the picture is then one of 180 pixels, which training has.
    private const float Smaller = 0.4f;

    /// <summary>How the network sees grey levels x: y = (x - <see cref="Mean"/>) · <see cref="Scale"/>.</summary>
    public const float Mean = 127.5f, Scale = 1 / 63.75f;

    // Height, in pixels of the smaller pass, from which its box is as good as the larger one's: 18 % of the long side.
    private const float Plain = 32;

    // Small pictures are enlarged, as a face of ten pixels has to be; beyond that nothing is gained.
    private const float LargestEnlargement = 3;

    // Each is small, since all share their memory; most pictures have one of a few shapes.
    private const int MostSessions = 64;

    private readonly FacePlans plans;
    private readonly ThreadTeam team;
    private readonly Dictionary<(int Height, int Width), InferenceSession> sessions = [];
    private readonly float[] scales = new float[PixelNormalisation.Pattern], shifts = new float[PixelNormalisation.Pattern];
    private Arena memory = new(0);
    private byte[] resized = [];

    /// <param name="network">What <see cref="FaceNetwork.Build"/> makes, of any size.</param>
    /// <param name="team">Threads that every kernel is split over.</param>
    /// <param name="longSide">In pixels.</param>
    public FaceScan(Network network, ThreadTeam team, int longSide = StandardLongSide)
        : this(new FacePlans(network), team, longSide) { }

    /// <param name="plans">The network, shared with other scans.</param>
    /// <param name="team">Threads that every kernel is split over.</param>
    /// <param name="longSide">In pixels.</param>
    public FaceScan(FacePlans plans, ThreadTeam team, int longSide = StandardLongSide)
    {
        this.plans = plans;
        this.team = team;
        LongSide = longSide;
        Array.Fill(scales, Scale);
        Array.Fill(shifts, -Mean * Scale);
    }

    /// <summary>Pixels of the long side that the network is shown.</summary>
    public int LongSide { get; }

    /// <summary>y = (x - 127.5) / 63.75: how the network sees grey levels.</summary>
    public static float Normalise(float grey) => (grey - Mean) * Scale;

    /// <summary>Finds faces.</summary>
    /// <param name="grey">[height, width] samples.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="threshold">Least score.</param>
    /// <param name="faces">Receives them, best first, in pixels of the picture; what it held is gone.</param>
    /// <param name="largestOnly">
    /// Whether the largest face alone is wanted: where the smaller pass finds a plain one, no larger one is to come, and the larger pass is
    /// left out, which is five sixths of the time.
    /// </param>
    /// <param name="cancellationToken">Looked at between the two passes.</param>
    public void Detect(
        ReadOnlySpan<byte> grey,
        int width,
        int height,
        float threshold,
        List<Face> faces,
        bool largestOnly = false,
        CancellationToken cancellationToken = default
    )
    {
        faces.Clear();
        float scale = FindScale(width, height);
        Run(grey, width, height, scale * Smaller, threshold, faces);
        cancellationToken.ThrowIfCancellationRequested();
        if (!largestOnly || !HasOneOf(Plain / (scale * Smaller), faces)) Run(grey, width, height, scale, threshold, faces);
        FaceDecoder.Suppress(faces, SameFace);
    }

    /// <summary>What a picture is scaled by for the larger pass.</summary>
    public float FindScale(int width, int height) => Math.Min(LargestEnlargement, (float)LongSide / Math.Max(width, height));

    private static bool HasOneOf(float height, List<Face> faces)
    {
        foreach (Face face in faces)
            if (face.Box.Height >= height) return true;
        return false;
    }

    private void Run(ReadOnlySpan<byte> grey, int width, int height, float scale, float threshold, List<Face> faces)
    {
        int columns = Math.Max(1, (int)MathF.Round(width * scale)), rows = Math.Max(1, (int)MathF.Round(height * scale));
        (int paddedHeight, int paddedWidth) = (Pad(rows), Pad(columns));
        InferenceSession session = Session(paddedHeight, paddedWidth);
        if (resized.Length < columns * rows) resized = new byte[columns * rows];
        Span<byte> small = resized.AsSpan(0, columns * rows);
        Resize.Bilinear(grey, width, height, 1, new Box(0, 0, width, height), small, columns, rows);
        Span<float> input = session.Input.Span;
        for (int y = 0; y < rows; y++)
        {
            Span<float> to = input.Slice(y * paddedWidth, paddedWidth);
            PixelNormalisation.Apply(small.Slice(y * columns, columns), scales, shifts, to[..columns]);
            to[columns..].Clear();
        }
        input[(rows * paddedWidth)..].Clear();
        session.RunToLogits();
        FaceDecoder.AddFaces(session.Logits.Span, paddedHeight, paddedWidth, threshold, 1 / scale, faces);
    }

    private InferenceSession Session(int height, int width)
    {
        if (sessions.TryGetValue((height, width), out InferenceSession? session)) return session;
        if (sessions.Count == MostSessions) sessions.Clear();
        session = new InferenceSession(plans.For(height, width), 1, team, Memory);
        session.Input.Batch = 1;
        return sessions[(height, width)] = session;
    }

    // Sessions on the former block would keep it, so they go with it.
    private Arena Memory(long floats)
    {
        if (memory.Length >= floats) return memory;
        sessions.Clear();
        return memory = new Arena(floats);
    }

    private static int Pad(int side) => (side + FaceNetwork.Multiple - 1) / FaceNetwork.Multiple * FaceNetwork.Multiple;
}
