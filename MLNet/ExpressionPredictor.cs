using EmotionMLNet.Files;
using Microsoft.Extensions.Options;

namespace EmotionMLNet.MLNet;

/// <summary>
/// A model for a server: loaded once, used by any number of threads, and exchanged while it runs when its file is replaced.
/// </summary>
/// <remarks>
/// Thread-safe. A new file is loaded when two looks at it find the same length and time, so that one that is being copied is left alone; a
/// caller has the former model until the new one is ready, and a call that has begun keeps its model. A file that cannot be loaded changes
/// nothing, and is looked at again when it changes again.
/// </remarks>
public sealed class ExpressionPredictor : IDisposable
{
    private readonly ExpressionPredictorOptions options;
    private readonly ITimer? timer;
    private readonly Lock gate = new();
    private volatile EmotionClassifier current;
    private Stamp settled, seen;
    private bool isDisposed;

    /// <summary>Loads the model.</summary>
    /// <param name="options">They are read now and not again.</param>
    /// <param name="time">The clock of the looks at the file; null is the system's.</param>
    /// <exception cref="ArgumentException">There is no path, or the interval is too short.</exception>
    /// <exception cref="EmotionMLNet.MLNetZip.ModelFormatException">The file is no model.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public ExpressionPredictor(IOptions<ExpressionPredictorOptions> options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options.Value;
        ArgumentException.ThrowIfNullOrEmpty(this.options.ModelPath, nameof(ExpressionPredictorOptions.ModelPath));
        ArgumentOutOfRangeException.ThrowIfLessThan(
            this.options.ReloadInterval, TimeSpan.FromMilliseconds(1), nameof(ExpressionPredictorOptions.ReloadInterval));
        settled = seen = Look() ?? default;
        current = EmotionClassifier.Load(this.options.ModelPath, this.options.Classifier);
        if (this.options.ReloadOnChange)
            timer = (time ?? TimeProvider.System).CreateTimer(
                static state => ((ExpressionPredictor)state!).Poll(), this, this.options.ReloadInterval, this.options.ReloadInterval);
    }

    /// <summary>The model in use. Who keeps it keeps that model; the methods here always take the newest.</summary>
    public EmotionClassifier Classifier => current;

    /// <summary>Class names of the model in use.</summary>
    public IReadOnlyList<string> Labels => current.Labels;

    /// <inheritdoc cref="EmotionClassifier.Classify(string, CancellationToken)"/>
    public Prediction Predict(string path, CancellationToken cancellationToken = default) => current.Classify(path, cancellationToken);

    /// <inheritdoc cref="EmotionClassifier.Classify(ReadOnlySpan{byte}, CancellationToken)"/>
    public Prediction Predict(ReadOnlySpan<byte> encoded, CancellationToken cancellationToken = default)
        => current.Classify(encoded, cancellationToken);

    /// <inheritdoc cref="EmotionClassifier.Classify(Stream, CancellationToken)"/>
    public Prediction Predict(Stream stream, CancellationToken cancellationToken = default) => current.Classify(stream, cancellationToken);

    /// <inheritdoc cref="EmotionClassifier.ClassifyAsync(Stream, CancellationToken)"/>
    public Task<Prediction> PredictAsync(Stream stream, CancellationToken cancellationToken = default)
        => current.ClassifyAsync(stream, cancellationToken);

    /// <summary>Ends the looks at the file. The model can still be used.</summary>
    public void Dispose()
    {
        timer?.Dispose();
        lock (gate) isDisposed = true;
    }

    /// <summary>One look at the file.</summary>
    internal void Poll()
    {
        // A look that takes longer than the interval is not joined by a second one.
        if (!gate.TryEnter()) return;
        try
        {
            if (isDisposed) return;
            if (Look() is not { } now || now == settled) return; // gone for a moment, or as before
            (Stamp before, seen) = (seen, now);
            if (now != before) return; // it may still grow
            Load(now);
        }
        finally
        {
            gate.Exit();
        }
    }

    private void Load(Stamp stamp)
    {
        Exception? error = null;
        try
        {
            EmotionClassifier loaded = EmotionClassifier.Load(options.ModelPath, options.Classifier);
            if (Look() != stamp) return; // replaced meanwhile: the next look finds it
            current = loaded;
        }
        catch (Exception e)
        {
            error = e; // whatever it is: an exception on a timer's thread would end the application
        }
        settled = stamp;
        try
        {
            options.Reloaded?.Invoke(new ModelReload(options.ModelPath, error));
        }
        catch (Exception)
        {
            // A timer has nobody to tell, and the next file must be looked at all the same.
        }
    }

    private Stamp? Look()
    {
        try
        {
            var file = new FileInfo(options.ModelPath);
            return file.Exists ? new Stamp(file.Length, file.LastWriteTimeUtc) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>What tells one file from another without reading it.</summary>
    private readonly record struct Stamp(long Length, DateTime Written);
}
