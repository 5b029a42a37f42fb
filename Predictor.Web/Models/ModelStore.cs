using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using EmotionMLNet.Imaging;
using EmotionMLNet.Predictor;
using EmotionMLNet.Terminal;
using EmotionMLNet.Web.Hosting;
using EmotionMLNet.Web.Metrics;
using EmotionMLNet.Web.Settings;
using Microsoft.Extensions.Logging;

namespace EmotionMLNet.Web.Models;

/// <summary>
/// The models that are served, by name. A request has one from here and keeps it, so another may take its place meanwhile.
/// </summary>
internal sealed partial class ModelStore
{
    private const long LargestFile = 1L << 30;

    private readonly ServerMetrics metrics;
    private readonly TimeProvider time;
    private readonly ILogger<ModelStore> logger;
    private readonly ImageReaderOptions reader;
    private readonly FaceDetector? detector;
    private readonly string? file;
    private readonly bool anyIsDefault;
    private readonly Image probe = ReadProbe();
    private readonly ConcurrentDictionary<string, SwapFailure> failures = new(StringComparer.Ordinal);
    private ImmutableSortedDictionary<string, ServedModel> models
        = ImmutableSortedDictionary.Create<string, ServedModel>(StringComparer.Ordinal);

    /// <exception cref="UserException">There is no such model, folder or detector.</exception>
    public ModelStore(ServerSettings settings, ServerMetrics metrics, TimeProvider time, ILogger<ModelStore> logger)
    {
        this.metrics = metrics;
        this.time = time;
        this.logger = logger;
        reader = new ImageReaderOptions
        {
            MaxFileBytes = (long)settings.BodyMegabytes << 20,
            MaxPixels = settings.MaxPixels,
            TimeLimit = TimeSpan.FromSeconds(settings.DecodeSeconds),
        };
        if (settings.Models is { } folder && !Directory.Exists(folder))
            throw new UserException($"--models {folder}: there is no such folder");
        Folders = settings.Models is { } own ? [Path.GetFullPath(own)] : ModelChoice.Folders();
        string path = FindDefault(settings, out anyIsDefault);
        Default = Path.GetFileNameWithoutExtension(path);
        // A file outside the folders is served beside what they hold.
        file = Folders.Any(f => Path.GetFullPath(path) == Path.Combine(Path.GetFullPath(f), Path.GetFileName(path))) ? null : path;
        detector = LoadDetector(settings);
    }

    /// <summary>Name of the model of requests that name none.</summary>
    public string Default { get; private set; }

    /// <summary>Where models are; the earlier goes first.</summary>
    public IReadOnlyList<string> Folders { get; }

    /// <summary>Those, and that of a model that lies elsewhere.</summary>
    public IReadOnlyList<string> WatchedFolders => file is null ? Folders : [.. Folders, Path.GetDirectoryName(Path.GetFullPath(file))!];

    /// <summary>Whether a request that names no model would find one.</summary>
    public bool IsReady => models.ContainsKey(Default);

    /// <summary>All of them, by name.</summary>
    public IReadOnlyCollection<ServedModel> All => [.. models.Values];

    /// <summary>The model of a name, or the default one.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    public ServedModel Find(string? name)
    {
        if (models.TryGetValue(name ?? Default, out ServedModel? model)) return model;
        if (FindFailure(name ?? Default) is { } failure) throw new ProblemException(503, "The model could not be loaded.", failure.Title);
        throw new ProblemException(
            name is null || models.IsEmpty
                ? new Problem(503, "The model is not loaded yet.", "Try again soon.") { RetryAfter = 1 }
                : new Problem(404, "There is no such model.", "/v1/models lists those that there are.")
        );
    }

    /// <summary>Files of which no version could be served so far, by name.</summary>
    public IEnumerable<(string Name, SwapFailure Failure)> Failed => failures.Where(f => !models.ContainsKey(f.Key))
        .OrderBy(f => f.Key, StringComparer.Ordinal)
        .Select(f => (f.Key, f.Value));

    /// <summary>Why the file that was to take a model's place did not; null: the last one did.</summary>
    public SwapFailure? FindFailure(string name) => failures.GetValueOrDefault(name);

    /// <summary>Whether the name is one of a file that failed, or that is not served yet.</summary>
    public bool IsWanted(string name) => failures.ContainsKey(name) || !models.ContainsKey(name);

    /// <summary>Reads all models for the first time, the default one first.</summary>
    /// <exception cref="UserException">The default one cannot be served, or none where nobody said which that is.</exception>
    public void Load()
    {
        string[] candidates = anyIsDefault ? [.. Files().Keys.Order(StringComparer.Ordinal)] : [Default];
        if (candidates.FirstOrDefault(Reload) is { } first) Default = first;
        else throw new UserException($"{Default}: {FindFailure(Default)?.Title ?? "the file is gone"}", ExitCode.Failure);
        ReloadAll();
    }

    /// <summary>Reads all files that have changed, and those that are new.</summary>
    public void ReloadAll()
    {
        foreach (string name in Files().Keys.Union(failures.Keys).Order(StringComparer.Ordinal)) Reload(name);
    }

    /// <summary>
    /// Reads a model, lets it classify a picture, and only then puts it into its place. Where that fails the former one stays.
    /// </summary>
    /// <returns>Whether the file of that name is served now.</returns>
    public bool Reload(string name)
    {
        if (!Files().TryGetValue(name, out string? path))
        {
            failures.TryRemove(name, out _); // with the file, the reason is gone
            return false;
        }
        try
        {
            InputFile.Check(path, LargestFile);
            byte[] zip = File.ReadAllBytes(path);
            string sha256 = Convert.ToHexStringLower(SHA256.HashData(zip));
            if (models.TryGetValue(name, out ServedModel? former) && former.Sha256 == sha256)
            {
                failures.TryRemove(name, out _);
                return true;
            }
            var model = new ServedModel(name, zip, sha256, reader, detector, time.GetUtcNow());
            model.For(null, flips: false).Classify(probe);
            ImmutableInterlocked.Update(ref models, (all, added) => all.SetItem(added.Name, added), model);
            failures.TryRemove(name, out _);
            metrics.Swapped(succeeded: true);
            Loaded(name, model.Sha256);
            return true;
        }
        catch (Exception e) when (e is EmotionMLNetException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            string reason = ConsoleText.Line(e.Message);
            failures[name] = new SwapFailure(time.GetUtcNow(), reason);
            metrics.Swapped(succeeded: false);
            NotTaken(name, reason);
            return false;
        }
    }

    private static Image ReadProbe()
    {
        using Stream stream = typeof(ModelStore).Assembly.GetManifestResourceStream("probe.png")!;
        return ImageReader.Read(stream);
    }

    // The earlier folder goes first, and the file that was named before all.
    private Dictionary<string, string> Files()
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        if (file is not null) files.Add(Default, file);
        foreach (string path in Folders.Where(Directory.Exists).SelectMany(f => Directory.GetFiles(f, "*.zip")))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            if (name != ModelChoice.Detector && name[0] != '.') files.TryAdd(name, path);
        }
        return files;
    }

    private string FindDefault(ServerSettings settings, out bool anyIsDefault)
    {
        anyIsDefault = false;
        if (ModelChoice.Find(settings.Model, Folders, out string problem) is { } path) return path;
        // A folder of one's own need not have the predictors' default.
        string? first = settings is { Model: null, Models: not null }
            ? Files().OrderBy(f => f.Key, StringComparer.Ordinal).FirstOrDefault().Value
            : null;
        anyIsDefault = true;
        return first ?? throw new UserException(problem);
    }

    private FaceDetector? LoadDetector(ServerSettings settings)
    {
        if (ModelChoice.FindDetector(settings.Detector, [.. Folders, .. ModelChoice.Folders()], out string problem) is { } path)
            return ModelChoice.LoadDetector(path, reader);
        return settings.Detector is null ? null : throw new UserException(problem);
    }

    [LoggerMessage(LogLevel.Information, "model {Name} is served, SHA-256 {Sha256}")]
    private partial void Loaded(string name, string sha256);

    [LoggerMessage(LogLevel.Error, "model {Name} is not taken over: {Reason}")]
    private partial void NotTaken(string name, string reason);
}

/// <summary>Why a file did not take a model's place.</summary>
/// <param name="At">When.</param>
/// <param name="Title">The reason.</param>
internal sealed record SwapFailure(DateTimeOffset At, string Title);
