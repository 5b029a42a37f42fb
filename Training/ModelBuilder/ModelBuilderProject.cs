using System.Text.RegularExpressions;
using EmotionMLNet.Files;
using EmotionMLNet.MLNetZip;

namespace EmotionMLNet.Training.ModelBuilder;

/// <summary>
/// What Visual Studio's Model Builder leaves beside a trained image classifier: NAME.mlnet, NAME.consumption.cs and NAME.mbconfig, and
/// around them a small console project that is ready to run.
/// </summary>
internal sealed partial record ModelBuilderProject
{
    /// <summary>The name of the generated class and its files: a C# identifier.</summary>
    public required string Name { get; init; }

    /// <summary>The namespace of the generated class.</summary>
    public required string Namespace { get; init; }

    /// <summary>What the model takes.</summary>
    public required ModelInputMode Mode { get; init; }

    /// <summary>Network input; in raw mode the application prepares it.</summary>
    public required int Width { get; init; }

    /// <summary>Height of the network input; in raw mode the application prepares it.</summary>
    public required int Height { get; init; }

    /// <summary>The training that led to the model, as Model Builder's run history shows it.</summary>
    public required Trial Trial { get; init; }

    /// <summary>Name of the model file.</summary>
    public string ModelFile => $"{Name}.mlnet";

    /// <summary>The project of a model.</summary>
    /// <param name="name">The name of the class and of its files.</param>
    /// <param name="namespace">The namespace of the class; null means the name.</param>
    /// <param name="manifest">The manifest of the model.</param>
    /// <param name="data">As in <see cref="Trial.FromManifest"/>.</param>
    /// <param name="seconds">The same.</param>
    /// <exception cref="TrainingException">A name is no C# identifier.</exception>
    public static ModelBuilderProject Create(
        string name,
        string? @namespace,
        ModelManifest manifest,
        string? data = null,
        double? seconds = null
    )
    {
        if (!Identifier().IsMatch(name) || Keywords.Contains(name))
            throw new TrainingException(
                $"{{export.modelBuilder}} '{name}' becomes a C# class: give an identifier, letters and digits, that is no keyword."
            );
        foreach (string part in (@namespace ?? name).Split('.'))
            if (!Identifier().IsMatch(part) || Keywords.Contains(part))
                throw new TrainingException($"{{export.namespace}} '{@namespace}': '{part}' is no C# identifier.");
        return new ModelBuilderProject
        {
            Name = name,
            // A class must not be called like the namespace around it: its name would then mean the namespace.
            Namespace = @namespace ?? $"{name}Consumer",
            Mode = manifest.InputMode,
            Width = manifest.Preprocessing.Width,
            Height = manifest.Preprocessing.Height,
            Trial = Trial.FromManifest(manifest, data, seconds),
        };
    }

    /// <summary>Writes everything but the model itself.</summary>
    /// <param name="folder">Made if it is not there; files of the same names are replaced.</param>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach ((string file, string text) in Files()) AtomicFile.WriteText(Path.Combine(folder, file), text);
    }

    /// <summary>All files but the model, by name.</summary>
    public IEnumerable<(string File, string Text)> Files() =>
    [
        ($"{Name}.consumption.cs", ConsumptionSource.Render(this)),
        ($"{Name}.mbconfig", MbConfig.Render(this)),
        ("Program.cs", ConsumerProject.Program(this)),
        ($"{Name}.Consumer.csproj", ConsumerProject.Project(this)),
        ("README.md", ConsumerProject.Readme(this)),
        .. ConsumerProject.Isolation,
    ];

    [GeneratedRegex(@"^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*$")]
    private static partial Regex Identifier();

    private static readonly HashSet<string> Keywords =
    [
        "abstract",
        "as",
        "base",
        "bool",
        "break",
        "byte",
        "case",
        "catch",
        "char",
        "checked",
        "class",
        "const",
        "continue",
        "decimal",
        "default",
        "delegate",
        "do",
        "double",
        "else",
        "enum",
        "event",
        "explicit",
        "extern",
        "false",
        "finally",
        "fixed",
        "float",
        "for",
        "foreach",
        "goto",
        "if",
        "implicit",
        "in",
        "int",
        "interface",
        "internal",
        "is",
        "lock",
        "long",
        "namespace",
        "new",
        "null",
        "object",
        "operator",
        "out",
        "override",
        "params",
        "private",
        "protected",
        "public",
        "readonly",
        "ref",
        "return",
        "sbyte",
        "sealed",
        "short",
        "sizeof",
        "stackalloc",
        "static",
        "string",
        "struct",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "uint",
        "ulong",
        "unchecked",
        "unsafe",
        "ushort",
        "using",
        "virtual",
        "void",
        "volatile",
        "while",
    ];
}
