using System.Diagnostics;
using EmotionMLNet.Faces;
using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet;

/// <summary>Memory to classify a few pictures in one pass of the network; one caller at a time. But for the answers, nothing is
/// allocated.</summary>
/// <remarks>
/// A team of one thread owns no thread: calls on several threads use several cores by themselves. Where faces are looked for, a picture is
/// any number of network inputs; they fill passes one after another.
/// </remarks>
internal sealed class PictureBatch
{
    private readonly ImagePreprocessing preprocessing;
    private readonly ImageReaderOptions options;
    private readonly TestTimeAugmentation views;
    private readonly IReadOnlyList<string> labels;
    private readonly FaceCutter? cutter;
    private readonly FileBuffer file = new();
    private readonly ImageMemory memory = new();
    private readonly PremultipliedPicture premultiplied = new();
    private readonly InferenceSession session;
    private readonly byte[] pixels, view;
    private readonly int capacity, classes;
    private readonly List<Entry> pictures = [];
    private readonly List<Face> faces = []; // one a network input of a picture that was searched
    private float[] means; // [inputs, classes] of those that passed through the network
    private int inputs, passed;
    private long start;
    private TimeSpan network;

    /// <param name="plan">At the size of the views.</param>
    /// <param name="capacity">Most network inputs a pass.</param>
    /// <param name="preprocessing">The model's.</param>
    /// <param name="options">What <see cref="ImagePreprocessing.ReaderOptions"/> gave.</param>
    /// <param name="views">The views of each picture; all are in the same pass.</param>
    /// <param name="labels">The model's.</param>
    /// <param name="cutter">Finds faces; null: pictures are classified whole.</param>
    public PictureBatch(
        InferencePlan plan,
        int capacity,
        ImagePreprocessing preprocessing,
        ImageReaderOptions options,
        TestTimeAugmentation views,
        IReadOnlyList<string> labels,
        FaceCutter? cutter = null
    )
    {
        this.preprocessing = preprocessing;
        this.options = options;
        this.views = views;
        this.labels = labels;
        this.capacity = capacity;
        this.cutter = cutter;
        classes = plan.Classes;
        pixels = new byte[preprocessing.Length];
        view = new byte[views.GetViewPreprocessing(preprocessing).Length];
        means = new float[capacity * classes];
        session = new InferenceSession(plan, batch: capacity * views.Views, new ThreadTeam(1));
    }

    /// <summary>Empties the batch for the next pictures.</summary>
    public void Clear()
    {
        inputs = passed = 0;
        start = Stopwatch.GetTimestamp();
        network = memory.DecodingTime = TimeSpan.Zero;
        pictures.Clear();
        faces.Clear();
        session.Input.Batch = session.Input.Capacity;
    }

    /// <summary>Adds a file's picture; it is read whole and never locked.</summary>
    public void AddFile(string path, CancellationToken cancellationToken) => Add(file.Read(path, options.MaxFileBytes), cancellationToken);

    /// <summary>Adds an encoded picture.</summary>
    public void Add(ReadOnlySpan<byte> encoded, CancellationToken cancellationToken)
    {
        memory.Cancellation = cancellationToken;
        try
        {
            if (cutter is not null)
            {
                AddFaces(cutter.Read(encoded, memory), memory.FullSize);
                return;
            }
            preprocessing.ReadPixels(encoded, pixels, options, memory);
        }
        finally
        {
            memory.Cancellation = CancellationToken.None;
        }
        AddWhole(pixels, memory.FullSize);
    }

    /// <summary>Adds a decoded picture; alpha is laid over the background.</summary>
    public void Add(Image image)
    {
        if (image.Channels == 4) image = Opaque(image);
        if (cutter is not null)
        {
            AddFaces(cutter.Take(Raster.Of(image)), (image.Width, image.Height));
            return;
        }
        preprocessing.ToPixels(image, pixels);
        AddWhole(pixels, (image.Width, image.Height));
    }

    /// <summary>Adds a picture whose colours are multiplied with their alpha, which is laid over the background.</summary>
    /// <param name="samples">[height, width, 4].</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="blueFirst">BGRA, else RGBA.</param>
    public void AddPremultiplied(ReadOnlySpan<byte> samples, int width, int height, bool blueFirst)
    {
        if (cutter is not null)
        {
            try
            {
                AddFaces(cutter.Take(premultiplied.Lay(samples, width, height, blueFirst, options.Background)), (width, height));
            }
            finally
            {
                premultiplied.Release();
            }
            return;
        }
        premultiplied.ToPixels(samples, width, height, blueFirst, options.Background, preprocessing, pixels);
        AddWhole(pixels, (width, height));
    }

    /// <summary>Runs the network on what was added.</summary>
    public void Run()
    {
        int count = inputs - passed;
        if (count == 0) return;
        long before = Stopwatch.GetTimestamp();
        session.Input.Batch = count * views.Views;
        session.Run();
        if (means.Length < inputs * classes) Array.Resize(ref means, 2 * inputs * classes);
        int length = views.Views * classes;
        for (int i = 0; i < count; i++)
            views.Average(session.Probabilities.Span.Slice(i * length, length), means.AsSpan((passed + i) * classes, classes));
        passed = inputs;
        session.Input.Batch = session.Input.Capacity;
        network += Stopwatch.GetElapsedTime(before);
    }

    /// <summary>Where the time since <see cref="Clear"/> went.</summary>
    public ClassificationTimes MeasureTimes()
        => new(memory.DecodingTime, Stopwatch.GetElapsedTime(start) - memory.DecodingTime - network, network);

    /// <summary>What the network said of a picture, after <see cref="Run"/>.</summary>
    /// <param name="index">In the order of adding, from 0.</param>
    /// <exception cref="ModelOutputException">The model's scores are no numbers.</exception>
    public Prediction Result(int index)
    {
        Entry picture = pictures[index];
        if (!picture.WasSearched) return PredictionOf(picture.First, picture.Size);
        var found = new FacePrediction[picture.Count];
        for (int i = 0; i < found.Length; i++)
            found[i] = new FacePrediction(faces[picture.First + i], PredictionOf(picture.First + i, default));
        return Prediction.OfFound(found, picture.Size);
    }

    private Prediction PredictionOf(int input, (int Width, int Height) size)
    {
        ReadOnlySpan<float> mean = means.AsSpan(input * classes, classes);
        var scores = new LabelScore[labels.Count];
        for (int c = 0; c < scores.Length; c++) scores[c] = new LabelScore(labels[c], mean[c]);
        return Prediction.FromModel(scores, size);
    }

    private void AddFaces(bool wasSearched, (int Width, int Height) size)
    {
        if (!wasSearched)
        {
            AddWhole(cutter!.Pixels(0), size);
            return;
        }
        IReadOnlyList<Face> found = cutter!.Faces;
        pictures.Add(new Entry(inputs, found.Count, WasSearched: true, size));
        for (int i = 0; i < found.Count; i++) AddInput(cutter.Pixels(i), found[i]);
    }

    private void AddWhole(ReadOnlySpan<byte> whole, (int Width, int Height) size)
    {
        pictures.Add(new Entry(inputs, 1, WasSearched: false, size));
        AddInput(whole, default);
    }

    private void AddInput(ReadOnlySpan<byte> input, Face face)
    {
        if (inputs - passed == capacity) Run();
        for (int v = 0; v < views.Views; v++)
        {
            views.View(v, input, preprocessing, view);
            preprocessing.Normalise(view, session.Input.Image((inputs - passed) * views.Views + v));
        }
        faces.Add(face);
        inputs++;
    }

    private Image Opaque(Image image)
    {
        byte[] rgb = GC.AllocateUninitializedArray<byte>(image.Width * image.Height * 3);
        AlphaBlend.Over(image.Pixels, options.Background, rgb);
        return new Image(image.Width, image.Height, 3, rgb);
    }

    /// <summary>A picture's network inputs: the first, and how many; and its upright size.</summary>
    private readonly record struct Entry(int First, int Count, bool WasSearched, (int Width, int Height) Size);
}
