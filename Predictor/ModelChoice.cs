using EmotionMLNet.Imaging;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Terminal;
using Microsoft.Win32.SafeHandles;

namespace EmotionMLNet.Predictor;

/// <summary>Which model a run uses: the one that is named, or the one that comes with the program.</summary>
internal static class ModelChoice
{
    /// <summary>Used when nobody names a model.</summary>
    public const string Default = "fer2013";

    /// <summary>The face detector that comes with the program; no model of expressions.</summary>
    public const string Detector = "faces";

    /// <summary>A folder whose models go before those beside the program.</summary>
    public const string FolderVariable = "EMOTIONMLNET_MODELS";

    private const string Extension = ".zip";

    private static readonly string Beside = Path.Combine(AppContext.BaseDirectory, "artifacts");

    // Each program carries some of them: the tool leaves the large one away.
    private static readonly IReadOnlyList<(string Name, string What)> Models =
    [
        (Default, " (seven expressions)"),
        ("fer2013-best", " (the same, more often right, 3.4 times the work)"),
        ("happy-sad", ""),
    ];

    /// <summary>Where models are looked for by name: the folder of the environment variable, then artifacts beside the program.</summary>
    public static IReadOnlyList<string> Folders()
        => Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder ? [folder, Beside] : [Beside];

    /// <summary>The models beside this program, with what they are, in words; "none" where there is none.</summary>
    public static string Shipped()
    {
        string[] there = [.. Models.Where(m => File.Exists(Path.Combine(Beside, m.Name + Extension))).Select(m => m.Name + m.What)];
        return there.Length == 0 ? "none" : string.Join(", ", there);
    }

    /// <summary>Takes a leading model out of the arguments: a first argument that is called like a model is one.</summary>
    /// <param name="asked">What --model says, or null; then all arguments are pictures.</param>
    /// <param name="arguments">The arguments as they were given.</param>
    /// <returns>Null for the model that comes with the program.</returns>
    public static (string? Model, IReadOnlyList<string> Paths) Split(string? asked, IReadOnlyList<string> arguments)
    {
        bool leads =
            asked is null
            && arguments.Count > 0
            && !Directory.Exists(arguments[0])
            && Path.GetExtension(arguments[0]).ToLowerInvariant() is Extension or ".onnx";
        return leads ? (arguments[0], [.. arguments.Skip(1)]) : (asked, arguments);
    }

    /// <summary>The file of a model.</summary>
    /// <param name="asked">
    /// A path, or the name of a model in one of the folders with or without its ending; null is <see cref="Default"/>.
    /// </param>
    /// <param name="folders">See <see cref="Folders"/>.</param>
    /// <param name="problem">One line that says what to do, where there is none.</param>
    public static string? Find(string? asked, IReadOnlyList<string> folders, out string problem)
    {
        problem = "";
        string name = asked ?? Default, file = name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) ? name : name + Extension;
        if (asked is not null && Path.GetExtension(asked).Equals(".onnx", StringComparison.OrdinalIgnoreCase))
        {
            problem =
                $"{asked}: pictures cannot be prepared for an ONNX file that says nothing of itself; make a model zip of it: "
                + $"{ProgramName.Tool} import --onnx {ShellQuote.Argument(asked)} --labels A,B,... --out MODEL.zip";
            return null;
        }
        bool isPath = asked is not null && (File.Exists(asked) || Path.GetFileName(asked) != asked);
        if (isPath && File.Exists(asked)) return asked;
        string? found = isPath ? null : folders.Select(f => Path.Combine(f, file)).FirstOrDefault(File.Exists);
        if (found is null) problem = Missing(asked, file, isPath, folders);
        return found;
    }

    /// <summary>The file of a face detector.</summary>
    /// <param name="asked">A path, or a name as a model may have; null is <see cref="Detector"/>.</param>
    /// <param name="folders">See <see cref="Folders"/>.</param>
    /// <param name="problem">One line that says what to do, where there is none.</param>
    public static string? FindDetector(string? asked, IReadOnlyList<string> folders, out string problem)
    {
        problem = "";
        if (asked is not null && File.Exists(asked)) return asked;
        string name = asked ?? Detector, file = name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) ? name : name + Extension;
        string? found = Path.GetFileName(name) == name ? folders.Select(f => Path.Combine(f, file)).FirstOrDefault(File.Exists) : null;
        if (found is null)
            problem = asked is null
                ? $"there is no face detector, {file}, in {string.Join(" or ", folders)}: name one with --detector"
                : $"--detector {asked}: there is no such file";
        return found;
    }

    /// <summary>Reads a model for a person, who is told what to do with a file that is none.</summary>
    /// <exception cref="EmotionMLNetException">
    /// The file is no model, damaged or from a newer version; or its network cannot be run as the options ask.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static EmotionClassifier Load(string path, EmotionClassifierOptions options)
    {
        InputFile.Check(path, long.MaxValue);
        if (Content(path) is { } content)
            throw new UserException(
                $"{path} is no model zip but {content}: name a model, MODEL.zip before the pictures, or --model",
                ExitCode.Failure
            );
        try
        {
            return EmotionClassifier.Load(path, options);
        }
        catch (ModelFormatException e) when (e.InnerException is InvalidDataException or EndOfStreamException)
        {
            throw new UserException(
                $"{path} is cut short or damaged ({e.InnerException.Message.TrimEnd('.')}): copy, fetch or make it again",
                ExitCode.Failure
            );
        }
    }

    /// <summary>Reads a face detector for a person.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reader">Limits for the pictures that it reads itself.</param>
    /// <exception cref="EmotionMLNetException">The file is none, damaged or from a newer version.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static FaceDetector LoadDetector(string path, ImageReaderOptions reader)
    {
        InputFile.Check(path, long.MaxValue);
        if (Content(path) is { } content)
            throw new UserException($"{path} is no face detector but {content}: name a zip with --detector", ExitCode.Failure);
        return FaceDetector.Load(path, new FaceDetectorOptions { Reader = reader });
    }

    private static string Missing(string? asked, string file, bool isPath, IReadOnlyList<string> folders)
    {
        if (asked is not null && Directory.Exists(asked))
        {
            string inner = Path.Combine(asked, "model.zip");
            return $"{asked} is a folder: name the model zip in it{(File.Exists(inner) ? $", {ShellQuote.Argument(inner)}" : "")}";
        }
        string[] shipped =
        [
            .. folders
                .Where(Directory.Exists)
                .SelectMany(f => Directory.GetFiles(f, "*" + Extension))
                .Select(f => Path.GetFileNameWithoutExtension(f)!)
                .Where(n => n != Detector)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        string known = shipped.Length == 0 ? "" : $" (there are {string.Join(", ", shipped)})";
        return isPath
            ? $"{asked}: there is no such model: give the path of a model zip, or the name of a model that comes with the "
                + $"program{known}"
            : $"there is no {file} in {string.Join(" or ", folders)}{known}: name a model (MODEL.zip before the pictures, or "
                + $"--model), or put one there ({FolderVariable} names another folder)";
    }

    // Null for what begins like a zip.
    private static string? Content(string path)
    {
        using SafeFileHandle handle = InputFile.Open(path);
        Span<byte> start = stackalloc byte[16];
        start = start[..RandomAccess.Read(handle, start, 0)];
        if (start.StartsWith("PK"u8)) return null;
        if (start.IsEmpty) return "an empty file";
        return ImageReader.Recognises(start) ? "a picture" : "something else";
    }
}
