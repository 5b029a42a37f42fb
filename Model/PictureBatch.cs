using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet;

/// <summary>Memory to classify a few pictures in one pass of the network; one caller at a time. But for the answers, nothing is
/// allocated.</summary>
/// <remarks>A team of one thread owns no thread: calls on several threads use several cores by themselves.</remarks>
internal sealed class PictureBatch
{
    private readonly ImagePreprocessing preprocessing;
    private readonly ImageReaderOptions options;
    private readonly TestTimeAugmentation views;
    private readonly IReadOnlyList<string> labels;
    private readonly FileBuffer file = new();
    private readonly ImageMemory memory = new();
    private readonly PremultipliedPicture premultiplied = new();
    private readonly InferenceSession session;
    private readonly byte[] pixels, view;
    private readonly float[] mean;
    private int count;

    /// <param name="plan">At the size of the views.</param>
    /// <param name="capacity">Most pictures a pass.</param>
    /// <param name="preprocessing">The model's.</param>
    /// <param name="options">What <see cref="ImagePreprocessing.ReaderOptions"/> gave.</param>
    /// <param name="views">The views of each picture; all are in the same pass.</param>
    /// <param name="labels">The model's.</param>
    public PictureBatch(
        InferencePlan plan, int capacity, ImagePreprocessing preprocessing, ImageReaderOptions options,
        TestTimeAugmentation views, IReadOnlyList<string> labels)
    {
        this.preprocessing = preprocessing;
        this.options = options;
        this.views = views;
        this.labels = labels;
        pixels = new byte[preprocessing.Length];
        view = new byte[views.GetViewPreprocessing(preprocessing).Length];
        mean = new float[plan.Classes];
        session = new InferenceSession(plan, batch: capacity * views.Views, new ThreadTeam(1));
    }

    /// <summary>Empties the batch for the next pictures.</summary>
    public void Clear()
    {
        count = 0;
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
            preprocessing.ReadPixels(encoded, pixels, options, memory);
        }
        finally
        {
            memory.Cancellation = CancellationToken.None;
        }
        AddPixels();
    }

    /// <summary>Adds a decoded picture; alpha is laid over the background.</summary>
    public void Add(Image image)
    {
        preprocessing.ToPixels(image.Channels == 4 ? Opaque(image) : image, pixels);
        AddPixels();
    }

    /// <summary>Adds a picture whose colours are multiplied with their alpha, which is laid over the background.</summary>
    /// <param name="samples">[height, width, 4].</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="blueFirst">BGRA, else RGBA.</param>
    public void AddPremultiplied(ReadOnlySpan<byte> samples, int width, int height, bool blueFirst)
    {
        premultiplied.ToPixels(samples, width, height, blueFirst, options.Background, preprocessing, pixels);
        AddPixels();
    }

    /// <summary>Runs the network on what was added.</summary>
    public void Run()
    {
        if (count == 0) return;
        session.Input.Batch = count * views.Views;
        session.Run();
    }

    /// <summary>What the network said of a picture, after <see cref="Run"/>.</summary>
    /// <param name="index">In the order of adding, from 0.</param>
    /// <exception cref="ModelOutputException">The model's scores are no numbers.</exception>
    public Prediction Result(int index)
    {
        int length = views.Views * mean.Length;
        views.Average(session.Probabilities.Span.Slice(index * length, length), mean);
        var scores = new LabelScore[labels.Count];
        for (int c = 0; c < scores.Length; c++) scores[c] = new LabelScore(labels[c], mean[c]);
        return Prediction.FromModel(scores);
    }

    private void AddPixels()
    {
        for (int v = 0; v < views.Views; v++)
        {
            views.View(v, pixels, preprocessing, view);
            preprocessing.Normalise(view, session.Input.Image(count * views.Views + v));
        }
        count++;
    }

    private Image Opaque(Image image)
    {
        byte[] rgb = GC.AllocateUninitializedArray<byte>(image.Width * image.Height * 3);
        AlphaBlend.Over(image.Pixels, options.Background, rgb);
        return new Image(image.Width, image.Height, 3, rgb);
    }
}
