using System.CommandLine;

namespace EmotionMLNet.Terminal;

/// <summary>
/// What the help of a command shows besides its description: options in groups, examples, defaults that the parser doesn't know.
/// </summary>
internal sealed class HelpLayout
{
    private readonly List<(string Title, IReadOnlyList<Option> Options)> groups = [];
    private readonly Dictionary<Option, string> defaults = [];

    /// <summary>Groups in the order in which they were added.</summary>
    public IReadOnlyList<(string Title, IReadOnlyList<Option> Options)> Groups => groups;

    /// <summary>Arguments behind the program's name and the verb, as a user would type them.</summary>
    public IReadOnlyList<string> Examples { get; set; } = [];

    /// <summary>Lines below the options, each a paragraph.</summary>
    public IReadOnlyList<string> Notes { get; set; } = [];

    /// <summary>Puts options under a heading.</summary>
    public void AddGroup(string title, IEnumerable<Option> options) => groups.Add((title, [.. options]));

    /// <summary>Says what holds where an option is left away and its default is known elsewhere.</summary>
    public void SetDefault(Option option, string text) => defaults[option] = text;

    /// <summary>The default of an option as text; null where there is none to show.</summary>
    public string? Default(Option option)
    {
        if (defaults.TryGetValue(option, out string? text)) return text;
        if (!option.HasDefaultValue) return null;
        if (option.ValueType == typeof(bool)) return option.GetDefaultValue() is true ? "true" : null; // off is what every switch is
        return option.GetDefaultValue() is { } value ? Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) : null;
    }
}

/// <summary>A command whose help is laid out.</summary>
internal interface IHasHelpLayout
{
    HelpLayout Help { get; }
}

/// <summary>One verb of a program.</summary>
internal sealed class Verb(string name, string description) : Command(name, description), IHasHelpLayout
{
    public HelpLayout Help { get; } = new();

    /// <summary>Adds options under a heading of the help.</summary>
    public Verb Add(string group, params IReadOnlyList<Option> options)
    {
        foreach (Option option in options) Options.Add(option);
        Help.AddGroup(group, options);
        return this;
    }

    /// <summary>Adds examples, the arguments behind the verb.</summary>
    public Verb AddExamples(params IReadOnlyList<string> examples)
    {
        Help.Examples = [.. Help.Examples, .. examples];
        return this;
    }
}

/// <summary>A whole program.</summary>
internal sealed class ProgramCommand(string description) : RootCommand(description), IHasHelpLayout
{
    public HelpLayout Help { get; } = new();

    /// <summary>Adds options under a heading of the help.</summary>
    public ProgramCommand Add(string group, params IReadOnlyList<Option> options)
    {
        foreach (Option option in options) Options.Add(option);
        Help.AddGroup(group, options);
        return this;
    }
}
