using System.Globalization;

namespace EmotionMLNet.Training.Options;

/// <summary>A setting that cannot be used as it is, and what to do about it.</summary>
public sealed class SettingProblem
{
    private readonly string remedy;

    internal SettingProblem(string path, object? value, string remedy)
    {
        Path = path;
        Value = value is null ? null : Convert.ToString(value, CultureInfo.InvariantCulture);
        this.remedy = remedy;
    }

    /// <summary>The setting as a settings file names it: "optimisation.epochs".</summary>
    public string Path { get; }

    /// <summary>What it is now; null where that says nothing.</summary>
    public string? Value { get; }

    /// <summary>What to do. It may name other settings by their paths.</summary>
    public string Remedy => MessageTemplate.RemoveBraces(remedy);

    /// <summary>Returns "optimisation.epochs 0: give 1 or more".</summary>
    public override string ToString() => Describe(path => path);

    /// <summary>The line with the paths of settings in braces.</summary>
    internal string Template => Describe(path => $"{{{path}}}");

    /// <summary>The line with settings under other names.</summary>
    internal string Describe(Func<string, string> name) =>
        $"{name(Path)}{(Value is null ? "" : " " + Value)}: {MessageTemplate.Replace(remedy, name)}";

    /// <summary>The same of a record that is part of another one.</summary>
    internal SettingProblem Under(string parent) => new($"{parent}.{Path}", Value, remedy);
}
