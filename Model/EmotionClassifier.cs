using System.Collections.Concurrent;
using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;

namespace EmotionMLNet;

/// <summary>The front door: load a model once, then classify pictures from any number of threads at once.</summary>
/// <remarks>
/// Thread-safe. The network is shared and immutable; each call borrows working memory from a pool that grows to the number of calls
/// under way at once and no further, so nothing leaks however many pictures are classified. Nothing needs to be disposed.
/// </remarks>
/// <example>
/// <code>
/// EmotionClassifier classifier = EmotionClassifier.Load("model.zip");
/// Prediction prediction = classifier.Classify("face.jpg");
/// Console.WriteLine($"{prediction.Label} {prediction.Confidence:P0}");
/// </code>
/// </example>
public sealed class EmotionClassifier
{
    private readonly InferencePlan plan;
    private readonly ImageReaderOptions reader;
    private readonly TestTimeAugmentation views;
    private readonly ConcurrentBag<Workspace> pool = [];

    private EmotionClassifier(ModelZip model, EmotionClassifierOptions options)
    {
        Manifest = model.Manifest;
        reader = model.Manifest.Preprocessing.ReaderOptions(options.Reader);
        views = options.TestTimeAugmentation;
        plan = Compile(model, views);
    }

    /// <summary>What the model says of itself: labels, preprocessing, settings, figures.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>Class names, in the order of <see cref="Prediction.Scores"/>.</summary>
    public IReadOnlyList<string> Labels => Manifest.Labels;

    /// <summary>Reads a model zip.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How pictures are read; null means the defaults.</param>
    /// <param name="cancellationToken">Checked while the file is read: a CancellationTokenSource with a time span sets a deadline.</param>
    /// <exception cref="ModelFormatException">The file is no model, damaged, or from a newer version; or its network cannot be run on windows, which the options ask for.</exception>
    /// <exception cref="UnusableFileException">It is a folder, a pipe or a device.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public static EmotionClassifier Load(string path, EmotionClassifierOptions? options = null, CancellationToken cancellationToken = default)
        => new(ModelZip.Load(path, cancellationToken), options ?? new EmotionClassifierOptions());

    /// <summary>Uses a model that is in memory already.</summary>
    /// <exception cref="ModelFormatException">Its network cannot be run on windows, which the options ask for.</exception>
    internal static EmotionClassifier From(ModelZip model, EmotionClassifierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new(model, options ?? new EmotionClassifierOptions());
    }

    /// <summary>The plan that a model asks for: in 8-bit integers where it has ranges for them, else in floats.</summary>
    internal static InferencePlan Compile(ModelZip model) => Compile(model, TestTimeAugmentation.None);

    /// <summary>The same at the size of the views that it will see.</summary>
    /// <exception cref="ModelFormatException">The network cannot be run at that size.</exception>
    internal static InferencePlan Compile(ModelZip model, TestTimeAugmentation views)
    {
        ImagePreprocessing seen = views.Seen(model.Manifest.Preprocessing);
        Network network = model.Network;
        if (seen != model.Manifest.Preprocessing)
        {
            try
            {
                network = network.At(new Shape(seen.Height, seen.Width, seen.Channels));
            }
            catch (ArgumentException e)
            {
                throw new ModelFormatException($"Test-time augmentation '{views}': the network cannot be run on windows of {seen.Width} x {seen.Height}; use crops, which are enlarged ({e.Message})", e);
            }
        }
        return model.Manifest.Quantisation is { } ranges ? QuantisedCompiler.Compile(network, ranges) : InferencePlan.Compile(network);
    }

    /// <summary>Classifies an image file; it is read whole and never locked.</summary>
    /// <exception cref="ImageFormatException">The content cannot be decoded.</exception>
    /// <exception cref="ModelOutputException">The model's scores are no numbers.</exception>
    /// <exception cref="UnusableFileException">It is no regular file, or larger than <see cref="ImageReaderOptions.MaxFileBytes"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public Prediction Classify(string path) => Classify(path, CancellationToken.None);

    private Prediction Classify(string path, CancellationToken cancellation)
    {
        Workspace workspace = Borrow();
        try
        {
            workspace.Image.Cancellation = cancellation;
            return Run(workspace, workspace.File.Read(path, reader.MaxFileBytes));
        }
        finally
        {
            workspace.Image.Cancellation = CancellationToken.None;
            pool.Add(workspace);
        }
    }

    /// <summary>Classifies the rest of a stream.</summary>
    /// <exception cref="ImageFormatException">The content cannot be decoded.</exception>
    /// <exception cref="ModelOutputException">The model's scores are no numbers.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public Prediction Classify(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Classify(ImageReader.ReadToEnd(stream, reader.MaxFileBytes, CancellationToken.None).Span);
    }

    /// <summary>Classifies an encoded picture: the bytes of a JPEG, PNG, ... file.</summary>
    /// <exception cref="ImageFormatException">The content cannot be decoded.</exception>
    /// <exception cref="ModelOutputException">The model's scores are no numbers.</exception>
    public Prediction Classify(ReadOnlySpan<byte> encoded)
    {
        Workspace workspace = Borrow();
        try
        {
            return Run(workspace, encoded);
        }
        finally
        {
            pool.Add(workspace);
        }
    }

    /// <summary>Classifies a decoded picture.</summary>
    /// <exception cref="ModelOutputException">The model's scores are no numbers.</exception>
    public Prediction Classify(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        Workspace workspace = Borrow();
        try
        {
            Manifest.Preprocessing.ToPixels(image, workspace.Pixels);
            return Run(workspace);
        }
        finally
        {
            pool.Add(workspace);
        }
    }

    /// <summary>Classifies many files on all cores, in flat memory; results come in the order of the paths, one each.</summary>
    /// <param name="paths">Enumerated only a little ahead of the results, so it may be endless.</param>
    /// <param name="threads">0 means all cores.</param>
    /// <param name="cancellation">Ends the enumeration with an <see cref="OperationCanceledException"/>, within a picture too.</param>
    public IEnumerable<FileResult> ClassifyMany(IEnumerable<string> paths, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return Pipeline.Ordered(paths, path => ClassifyFile(path, cancellation), threads == 0 ? Environment.ProcessorCount : threads, cancellation);
    }

    private FileResult ClassifyFile(string path, CancellationToken cancellation)
    {
        try
        {
            return new FileResult(path, Classify(path, cancellation), null);
        }
        catch (Exception e) when (e is EmotionMLNetException or IOException or UnauthorizedAccessException)
        {
            return new FileResult(path, null, e.Message.ReplaceLineEndings(" "));
        }
    }

    private Workspace Borrow() => pool.TryTake(out Workspace? workspace) ? workspace : new Workspace(plan, Manifest.Preprocessing, views);

    private Prediction Run(Workspace workspace, ReadOnlySpan<byte> encoded)
    {
        Manifest.Preprocessing.ReadPixels(encoded, workspace.Pixels, reader, workspace.Image);
        return Run(workspace);
    }

    private Prediction Run(Workspace workspace)
    {
        InferenceSession session = workspace.Session;
        for (int v = 0; v < views.Views; v++)
        {
            views.View(v, workspace.Pixels, Manifest.Preprocessing, workspace.View);
            Manifest.Preprocessing.Normalise(workspace.View, session.Input.Image(v));
        }
        session.Run();
        Span<float> mean = workspace.Mean;
        views.Average(session.Probabilities.Span, mean);
        var scores = new LabelScore[Labels.Count];
        for (int c = 0; c < scores.Length; c++) scores[c] = new LabelScore(Labels[c], mean[c]);
        return new Prediction(scores);
    }

    /// <summary>Memory of one call. A team of one thread owns no thread: calls on several threads use several cores by themselves.</summary>
    private sealed class Workspace(InferencePlan plan, ImagePreprocessing preprocessing, TestTimeAugmentation views)
    {
        public FileBuffer File { get; } = new();

        public ImageMemory Image { get; } = new();

        public byte[] Pixels { get; } = new byte[preprocessing.Length];

        public byte[] View { get; } = new byte[views.Seen(preprocessing).Length];

        public float[] Mean { get; } = new float[plan.Classes];

        public InferenceSession Session { get; } = new(plan, batch: views.Views, new ThreadTeam(1)); // all views in one pass
    }
}
