using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using EmotionMLNet.Faces;
using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Inference;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;

namespace EmotionMLNet;

/// <summary>The front door: load a model once, then classify pictures from any number of threads at once.</summary>
/// <remarks>
/// Thread-safe. The network is shared and immutable; each call borrows working memory from a pool that grows to the number of calls
/// under way at once and no further, so nothing leaks however many pictures are classified. Nothing needs to be disposed.
/// A picture's prediction is the same to the last bit whichever method classifies it, and in whatever company.
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
    /// <summary>Images that a pass of the network is given where there are many: weights are then read once for all. More are no
    /// quicker, and fill the cache.</summary>
    private const int ImagesAtOnce = 4;

    /// <summary>What messages call a model that has no path.</summary>
    private const string StreamName = "the stream", BufferName = "the buffer";

    private readonly InferencePlan plan;
    private readonly ImageReaderOptions reader;
    private readonly TestTimeAugmentation views;
    private readonly int atOnce;
    private readonly FaceDetector? detector;
    private readonly FaceCrop crop;
    private readonly ImageReaderOptions faceReader;
    private readonly ConcurrentBag<PictureBatch> singles = [], batches = [];

    private EmotionClassifier(ModelZip model, EmotionClassifierOptions options)
    {
        Manifest = model.Manifest;
        reader = model.Manifest.Preprocessing.ReaderOptions(options.Reader);
        views = options.TestTimeAugmentation;
        atOnce = Math.Max(1, ImagesAtOnce / views.Views);
        plan = Compile(model, views, chosenFor: views.Views);
        Faces = options.Faces ?? ChooseSearch(model.Manifest, options.Detector);
        detector = options.Detector;
        faceReader = options.Reader;
        crop = new FaceCrop { Scale = model.Manifest.Faces?.Scale ?? 1 };
    }

    /// <summary>What the model says of itself: labels, preprocessing, settings, figures.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>Class names, in the order of <see cref="Prediction.Scores"/>.</summary>
    public IReadOnlyList<string> Labels => Manifest.Labels;

    /// <summary>Which faces of a picture are classified: what the options say, or else the model.</summary>
    public FaceSearch Faces { get; }

    /// <summary>Reads a model zip.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How pictures are read; null means the defaults.</param>
    /// <param name="cancellationToken">Checked while the file is read: a CancellationTokenSource with a time span sets a
    /// deadline.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty, or the options ask for faces and hold no
    /// detector.</exception>
    /// <exception cref="ModelFormatException">The file is no model, damaged, or from a newer version; or its network cannot be run on
    /// windows, which the options ask for.</exception>
    /// <exception cref="UnusableFileException">It is a folder, a pipe or a device.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public static EmotionClassifier Load(
        string path, EmotionClassifierOptions? options = null, CancellationToken cancellationToken = default)
        => From(ModelZip.Load(path, cancellationToken), options);

    /// <summary>Reads a model zip from the rest of a stream, which need not seek and is left open.</summary>
    /// <param name="stream">Read to its end.</param>
    /// <param name="options">How pictures are read; null means the defaults.</param>
    /// <param name="cancellationToken">Checked between two readings.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentException">The options ask for faces and hold no detector.</exception>
    /// <exception cref="ModelFormatException">It holds no model, a damaged one, or one from a newer version; or its network cannot be
    /// run on windows, which the options ask for.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public static EmotionClassifier Load(
        Stream stream, EmotionClassifierOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return From(WholeStream.ReadToEnd(stream, Array.MaxLength, TooLong, cancellationToken), StreamName, options, cancellationToken);
    }

    /// <summary>Reads a model zip from memory, an embedded resource for instance.</summary>
    /// <param name="zip">The whole file; it is copied.</param>
    /// <param name="options">How pictures are read; null means the defaults.</param>
    /// <param name="cancellationToken">Checked while it is unpacked.</param>
    /// <exception cref="ArgumentException">The options ask for faces and hold no detector.</exception>
    /// <exception cref="ModelFormatException">It is no model, damaged, or from a newer version; or its network cannot be run on
    /// windows, which the options ask for.</exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public static EmotionClassifier Load(
        ReadOnlySpan<byte> zip, EmotionClassifierOptions? options = null, CancellationToken cancellationToken = default)
        => From(zip.ToArray(), BufferName, options, cancellationToken);

    /// <summary>Reads a model zip; the file is awaited, and the network is made ready on a thread of the pool.</summary>
    /// <inheritdoc cref="Load(string, EmotionClassifierOptions?, CancellationToken)"/>
    public static Task<EmotionClassifier> LoadAsync(
        string path, EmotionClassifierOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return LoadAsync(() => RegularFile.ReadAllBytesAsync(path, Array.MaxLength, cancellationToken), path, options, cancellationToken);
    }

    /// <summary>Reads a model zip from the rest of a stream, which is awaited; the network is made ready on a thread of the
    /// pool.</summary>
    /// <inheritdoc cref="Load(Stream, EmotionClassifierOptions?, CancellationToken)"/>
    public static Task<EmotionClassifier> LoadAsync(
        Stream stream, EmotionClassifierOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Task<ReadOnlyMemory<byte>> Read() => WholeStream.ReadToEndAsync(stream, Array.MaxLength, TooLong, cancellationToken).AsTask();
        return LoadAsync(Read, StreamName, options, cancellationToken);
    }

    /// <summary>Uses a model that is in memory already.</summary>
    /// <exception cref="ModelFormatException">Its network cannot be run on windows, which the options ask for.</exception>
    internal static EmotionClassifier From(ModelZip model, EmotionClassifierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new EmotionClassifierOptions();
        if (options is { Faces: FaceSearch.Largest or FaceSearch.All, Detector: null })
            throw new ArgumentException(
                $"Faces = {options.Faces} wants a detector: set EmotionClassifierOptions.Detector to what FaceDetector.Load gives.",
                nameof(options)
            );
        return new(model, options);
    }

    /// <summary>The plan that a model asks for: in 8-bit integers where it has ranges for them, else in floats.</summary>
    internal static InferencePlan Compile(ModelZip model) => Compile(model, TestTimeAugmentation.None);

    /// <summary>The same at the size of the views that it will see.</summary>
    /// <exception cref="ModelFormatException">The network cannot be run at that size.</exception>
    internal static InferencePlan Compile(ModelZip model, TestTimeAugmentation views, int chosenFor = 0)
    {
        ImagePreprocessing seen = views.GetViewPreprocessing(model.Manifest.Preprocessing);
        Network network = model.Network;
        if (seen != model.Manifest.Preprocessing)
        {
            try
            {
                network = network.At(new Shape(seen.Height, seen.Width, seen.Channels));
            }
            catch (ArgumentException e)
            {
                string size = $"{seen.Width} x {seen.Height}", remedy = "use crops, which are enlarged";
                throw new ModelFormatException(
                    $"Test-time augmentation '{views}': the network cannot be run on windows of {size}; {remedy} ({e.Message})", e);
            }
        }
        return model.Manifest.Quantisation is { } ranges
            ? QuantisedCompiler.Compile(network, ranges, chosenFor)
            : InferencePlan.Compile(network, strips: true, chosenFor);
    }

    /// <summary>What is looked for where the options leave it to the model.</summary>
    internal static FaceSearch ChooseSearch(ModelManifest manifest, FaceDetector? detector)
        => manifest.Faces is { Pictures: FacePictures.Crops } && detector is not null ? FaceSearch.Largest : FaceSearch.Off;

    /// <summary>Classifies an image file; it is read whole and never locked.</summary>
    /// <remarks>
    /// Where faces are looked for, the prediction is that of the largest one and holds those of the others; where none is found it has no
    /// label: see <see cref="Prediction.HasFace"/>.
    /// </remarks>
    /// <param name="path">A regular file; links are followed.</param>
    /// <param name="cancellationToken">Looked at once a row of the picture.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
    /// <exception cref="ImageFormatException">The content cannot be decoded.</exception>
    /// <exception cref="ModelOutputException">The model's scores are no numbers.</exception>
    /// <exception cref="UnusableFileException">It is no regular file, or larger than
    /// <see cref="ImageReaderOptions.MaxFileBytes"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public Prediction Classify(string path, CancellationToken cancellationToken = default)
    {
        PictureBatch batch = Rent(singles, 1);
        try
        {
            batch.AddFile(path, cancellationToken);
            batch.Run();
            return batch.Result(0);
        }
        finally
        {
            singles.Add(batch);
        }
    }

    /// <summary>Classifies the rest of a stream, which is left open.</summary>
    /// <param name="stream">Read to its end, or one byte past <see cref="ImageReaderOptions.MaxFileBytes"/>.</param>
    /// <param name="cancellationToken">Looked at between two readings, and once a row of the picture.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ImageFormatException">The content cannot be decoded.</exception>
    /// <exception cref="ModelOutputException">The model's scores are no numbers.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public Prediction Classify(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Classify(ImageReader.ReadToEnd(stream, reader.MaxFileBytes, cancellationToken).Span, cancellationToken);
    }

    /// <summary>Classifies an encoded picture: the bytes of a JPEG, PNG, ... file.</summary>
    /// <param name="encoded">The whole content of a file.</param>
    /// <param name="cancellationToken">Looked at once a row of the picture.</param>
    /// <exception cref="ImageFormatException">The content cannot be decoded.</exception>
    /// <exception cref="ModelOutputException">The model's scores are no numbers.</exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public Prediction Classify(ReadOnlySpan<byte> encoded, CancellationToken cancellationToken = default)
        => Classify(encoded, out _, cancellationToken);

    /// <summary>Classifies an encoded picture and tells where the time went.</summary>
    /// <param name="encoded">The whole content of a file.</param>
    /// <param name="times">Receives the times.</param>
    /// <param name="cancellationToken">Looked at once a row of the picture.</param>
    /// <exception cref="ImageFormatException">The content cannot be decoded.</exception>
    /// <exception cref="ModelOutputException">The model's scores are no numbers.</exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public Prediction Classify(
        ReadOnlySpan<byte> encoded, out ClassificationTimes times, CancellationToken cancellationToken = default)
    {
        PictureBatch batch = Rent(singles, 1);
        try
        {
            batch.Add(encoded, cancellationToken);
            batch.Run();
            times = batch.MeasureTimes();
            return batch.Result(0);
        }
        finally
        {
            singles.Add(batch);
        }
    }

    /// <summary>Classifies a decoded picture. Alpha is laid over <see cref="ImageReaderOptions.Background"/>.</summary>
    /// <param name="image">A picture of 1, 3 or 4 channels and any size.</param>
    /// <exception cref="ArgumentNullException"><paramref name="image"/> is null.</exception>
    /// <exception cref="ModelOutputException">The model's scores are no numbers.</exception>
    public Prediction Classify(Image image) => Classify(image, out _);

    /// <summary>Classifies a decoded picture and tells where the time went; decoding took none.</summary>
    /// <param name="image">A picture of 1, 3 or 4 channels and any size.</param>
    /// <param name="times">Receives the times.</param>
    /// <exception cref="ArgumentNullException"><paramref name="image"/> is null.</exception>
    /// <exception cref="ModelOutputException">The model's scores are no numbers.</exception>
    public Prediction Classify(Image image, out ClassificationTimes times)
    {
        ArgumentNullException.ThrowIfNull(image);
        PictureBatch batch = Rent(singles, 1);
        try
        {
            batch.Add(image);
            batch.Run();
            times = batch.MeasureTimes();
            return batch.Result(0);
        }
        finally
        {
            singles.Add(batch);
        }
    }

    /// <summary>Classifies an image file, which is awaited.</summary>
    /// <remarks>Decoding and the network run on a thread of the pool, never on the caller's.</remarks>
    /// <inheritdoc cref="Classify(string, CancellationToken)"/>
    public Task<Prediction> ClassifyAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return ClassifyAsync(() => RegularFile.ReadAllBytesAsync(path, reader.MaxFileBytes, cancellationToken), cancellationToken);
    }

    /// <summary>Classifies the rest of a stream, which is awaited and left open.</summary>
    /// <remarks>Decoding and the network run on a thread of the pool, never on the caller's.</remarks>
    /// <inheritdoc cref="Classify(Stream, CancellationToken)"/>
    public Task<Prediction> ClassifyAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return ClassifyAsync(() => ImageReader.ReadToEndAsync(stream, reader.MaxFileBytes, cancellationToken).AsTask(), cancellationToken);
    }

    /// <summary>Classifies many files on several cores, in flat memory; results come in the order of the paths, one each.</summary>
    /// <remarks>A file that can't be classified has a result too, with the exception that says why.</remarks>
    /// <param name="paths">Enumerated only a little ahead of the results, so it may be endless.</param>
    /// <param name="threads">Threads that decode and run the network; 0 means one for each core.</param>
    /// <param name="cancellationToken">Ends the enumeration with an <see cref="OperationCanceledException"/>, within a picture
    /// too.</param>
    /// <exception cref="ArgumentNullException"><paramref name="paths"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is negative.</exception>
    public IEnumerable<FileResult> ClassifyMany(IEnumerable<string> paths, int threads = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return FilePipeline(threads).Run(paths, cancellationToken).Select(r => ToFileResult(r.Item, r.Result, cancellationToken));
    }

    /// <summary>Classifies many encoded pictures on several cores, in flat memory; results come in the order of the pictures, one
    /// each.</summary>
    /// <remarks>Streams are opened and read one after the other on the caller's thread, so they may share a source, as the entries of a
    /// zip do. What doing so throws is in the result.</remarks>
    /// <param name="pictures">Enumerated only a little ahead of the results, so it may be endless.</param>
    /// <param name="threads">Threads that decode and run the network; 0 means one for each core.</param>
    /// <param name="cancellationToken">Ends the enumeration with an <see cref="OperationCanceledException"/>, within a picture
    /// too.</param>
    /// <exception cref="ArgumentNullException"><paramref name="pictures"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is negative.</exception>
    public IEnumerable<NamedResult> ClassifyMany(
        IEnumerable<NamedPicture> pictures, int threads = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        return NamedPipeline(threads).Run(pictures.Select(p => p.Read(reader.MaxFileBytes, cancellationToken)), cancellationToken)
            .Select(r => ToNamedResult(r.Item, r.Result, cancellationToken));
    }

    /// <summary>Classifies many decoded pictures on several cores; predictions come in the order of the pictures, one each.</summary>
    /// <param name="images">Enumerated only a little ahead of the results, so it may be endless.</param>
    /// <param name="threads">Threads that run the network; 0 means one for each core.</param>
    /// <param name="cancellationToken">Ends the enumeration with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="images"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is negative.</exception>
    /// <exception cref="ModelOutputException">While enumerating: the model's scores for a picture are no numbers.</exception>
    public IEnumerable<Prediction> ClassifyMany(IEnumerable<Image> images, int threads = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        return ImagePipeline(threads).Run(images, cancellationToken).Select(r => ToPrediction(r.Result, cancellationToken));
    }

    /// <summary>Classifies many files on several cores, in flat memory, without holding the caller's thread.</summary>
    /// <inheritdoc cref="ClassifyMany(IEnumerable{string}, int, CancellationToken)"/>
    public IAsyncEnumerable<FileResult> ClassifyManyAsync(
        IEnumerable<string> paths, int threads = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return ClassifyManyAsync(paths.ToAsyncEnumerable(), threads, cancellationToken);
    }

    /// <summary>Classifies files as their paths arrive; a result is out as soon as it and those before it are there.</summary>
    /// <inheritdoc cref="ClassifyMany(IEnumerable{string}, int, CancellationToken)"/>
    public IAsyncEnumerable<FileResult> ClassifyManyAsync(
        IAsyncEnumerable<string> paths, int threads = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return Results(FilePipeline(threads), paths, ToFileResult, cancellationToken);
    }

    /// <summary>Classifies many encoded pictures on several cores, in flat memory, without holding the caller's thread.</summary>
    /// <remarks>Streams are opened one after the other, and awaited. What doing so throws is in the result.</remarks>
    /// <inheritdoc cref="ClassifyMany(IEnumerable{NamedPicture}, int, CancellationToken)"/>
    public IAsyncEnumerable<NamedResult> ClassifyManyAsync(
        IEnumerable<NamedPicture> pictures, int threads = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        return ClassifyManyAsync(pictures.ToAsyncEnumerable(), threads, cancellationToken);
    }

    /// <summary>Classifies encoded pictures as they arrive; a result is out as soon as it and those before it are there.</summary>
    /// <remarks>Streams are opened one after the other, and awaited. What doing so throws is in the result.</remarks>
    /// <inheritdoc cref="ClassifyMany(IEnumerable{NamedPicture}, int, CancellationToken)"/>
    public IAsyncEnumerable<NamedResult> ClassifyManyAsync(
        IAsyncEnumerable<NamedPicture> pictures, int threads = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        return Results(NamedPipeline(threads), ReadAll(pictures, cancellationToken), ToNamedResult, cancellationToken);
    }

    /// <summary>Classifies many decoded pictures on several cores, without holding the caller's thread.</summary>
    /// <inheritdoc cref="ClassifyMany(IEnumerable{Image}, int, CancellationToken)"/>
    public IAsyncEnumerable<Prediction> ClassifyManyAsync(
        IEnumerable<Image> images, int threads = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        return ClassifyManyAsync(images.ToAsyncEnumerable(), threads, cancellationToken);
    }

    /// <summary>Classifies decoded pictures as they arrive, the frames of a camera for instance; a prediction is out as soon as it and
    /// those before it are there.</summary>
    /// <inheritdoc cref="ClassifyMany(IEnumerable{Image}, int, CancellationToken)"/>
    public IAsyncEnumerable<Prediction> ClassifyManyAsync(
        IAsyncEnumerable<Image> images, int threads = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        return Results(ImagePipeline(threads), images, (_, outcome, token) => ToPrediction(outcome, token), cancellationToken);
    }

    /// <summary>Classifies a picture of any origin.</summary>
    /// <param name="item">The picture.</param>
    /// <param name="add">Brings it to network size.</param>
    /// <param name="cancellationToken">Handed on.</param>
    internal Prediction Classify<T>(T item, Action<PictureBatch, T, CancellationToken> add, CancellationToken cancellationToken)
    {
        PictureBatch batch = Rent(singles, 1);
        try
        {
            add(batch, item, cancellationToken);
            batch.Run();
            return batch.Result(0);
        }
        finally
        {
            singles.Add(batch);
        }
    }

    /// <summary>Classifies many pictures of any origin; results come in their order, one each: a prediction, or an exception.</summary>
    /// <param name="items">Enumerated on the caller's thread, only a little ahead of the results.</param>
    /// <param name="add">Brings one to network size; called on several threads at once.</param>
    /// <param name="threads">0 means one for each core.</param>
    /// <param name="weight">Bytes that one holds while it waits, where that is worth counting.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    internal IEnumerable<(T Item, Prediction? Prediction, Exception? Exception)> ClassifyMany<T>(
        IEnumerable<T> items, Action<PictureBatch, T, CancellationToken> add, int threads, Func<T, long>? weight,
        CancellationToken cancellationToken)
        => CreatePipeline(threads, add, weight).Run(items, cancellationToken)
            .Select(r => (r.Item, r.Result.Prediction, r.Result.Exception));

    private static ModelFormatException TooLong(long at)
        => new($"{StreamName} holds more than {at} bytes, and {Array.MaxLength} are the most that a model has");

    private static EmotionClassifier From(
        ReadOnlyMemory<byte> zip, string name, EmotionClassifierOptions? options, CancellationToken cancellationToken)
        => From(ModelZip.Load(zip, name, cancellationToken), options);

    private static async Task<EmotionClassifier> LoadAsync(
        Func<Task<ReadOnlyMemory<byte>>> read, string name, EmotionClassifierOptions? options, CancellationToken cancellationToken)
        => From(await read().ConfigureAwait(ConfigureAwaitOptions.ForceYielding), name, options, cancellationToken);

    private async Task<Prediction> ClassifyAsync(Func<Task<ReadOnlyMemory<byte>>> read, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> encoded = await read().ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return Classify(encoded.Span, cancellationToken);
    }

    private async IAsyncEnumerable<ReadPicture> ReadAll(
        IAsyncEnumerable<NamedPicture> pictures, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (NamedPicture picture in pictures.WithCancellation(cancellationToken).ConfigureAwait(false))
            yield return await picture.ReadAsync(reader.MaxFileBytes, cancellationToken).ConfigureAwait(false);
    }

    private static async IAsyncEnumerable<TResult> Results<T, TResult>(
        Pipeline<T, Outcome> pipeline, IAsyncEnumerable<T> items, Func<T, Outcome, CancellationToken, TResult> result,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach ((T item, Outcome outcome) in pipeline.RunAsync(items, cancellationToken).ConfigureAwait(false))
            yield return result(item, outcome, cancellationToken);
    }

    private Pipeline<string, Outcome> FilePipeline(int threads)
        => CreatePipeline<string>(threads, (batch, path, cancellationToken) => batch.AddFile(path, cancellationToken));

    private Pipeline<Image, Outcome> ImagePipeline(int threads) => CreatePipeline<Image>(threads, (batch, image, _) => batch.Add(image));

    private Pipeline<ReadPicture, Outcome> NamedPipeline(int threads)
    {
        return CreatePipeline<ReadPicture>(threads, Add, picture => picture.Encoded.Length);

        static void Add(PictureBatch batch, ReadPicture picture, CancellationToken cancellationToken)
        {
            if (picture.Exception is { } e) ExceptionDispatchInfo.Throw(e);
            batch.Add(picture.Encoded.Span, cancellationToken);
        }
    }

    private Pipeline<T, Outcome> CreatePipeline<T>(
        int threads, Action<PictureBatch, T, CancellationToken> add, Func<T, long>? weight = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        int count = threads == 0 ? Environment.ProcessorCount : threads;
        return new((items, outcomes, cancellationToken) => Classify(items, outcomes, add, cancellationToken), count, atOnce, weight);
    }

    // One that can't be added has its outcome at once and takes no room in the batch.
    private void Classify<T>(
        ReadOnlySpan<T> items, Span<Outcome> outcomes, Action<PictureBatch, T, CancellationToken> add, CancellationToken cancellationToken)
    {
        PictureBatch batch = Rent(batches, atOnce);
        try
        {
            for (int i = 0; i < items.Length; i++)
            {
                try
                {
                    outcomes[i] = default;
                    add(batch, items[i], cancellationToken);
                }
                catch (Exception e)
                {
                    outcomes[i] = new Outcome(null, e);
                }
            }
            batch.Run();
            for (int i = 0, added = 0; i < items.Length; i++)
            {
                if (outcomes[i].Exception is not null) continue;
                try
                {
                    outcomes[i] = new Outcome(batch.Result(added++), null);
                }
                catch (ModelOutputException e)
                {
                    outcomes[i] = new Outcome(null, e);
                }
            }
        }
        finally
        {
            batches.Add(batch);
        }
    }

    private static FileResult ToFileResult(string path, Outcome outcome, CancellationToken cancellationToken)
    {
        if (outcome.Prediction is not null) return new(path, outcome.Prediction);
        if (outcome.Exception is EmotionMLNetException or IOException or UnauthorizedAccessException) return new(path, outcome.Exception);
        throw Thrown(outcome.Exception!, cancellationToken);
    }

    private static NamedResult ToNamedResult(ReadPicture picture, Outcome outcome, CancellationToken cancellationToken)
    {
        if (outcome.Prediction is not null) return new(picture.Name, outcome.Prediction);
        if (outcome.Exception is EmotionMLNetException || picture.Exception is not null) return new(picture.Name, outcome.Exception!);
        throw Thrown(outcome.Exception!, cancellationToken);
    }

    private static Prediction ToPrediction(
        Outcome outcome, CancellationToken cancellationToken)
            => outcome.Prediction ?? throw Thrown(outcome.Exception!, cancellationToken);

    // The caller knows its own token, not the one that was linked to it.
    private static Exception Thrown(Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException) cancellationToken.ThrowIfCancellationRequested();
        ExceptionDispatchInfo.Throw(exception);
        return exception;
    }

    private PictureBatch Rent(ConcurrentBag<PictureBatch> pool, int capacity)
    {
        if (!pool.TryTake(out PictureBatch? batch))
            batch = new PictureBatch(plan, capacity, Manifest.Preprocessing, reader, views, Labels, CreateCutter());
        batch.Clear();
        return batch;
    }

    private FaceCutter? CreateCutter()
        => Faces == FaceSearch.Off ? null : new FaceCutter(detector!, Faces, crop, Manifest.Preprocessing, faceReader);

    /// <summary>Either of the two.</summary>
    private readonly record struct Outcome(Prediction? Prediction, Exception? Exception);
}
