using System.CommandLine;
using EmotionMLNet.Formatting;

namespace EmotionMLNet.Terminal;

/// <summary>An option that takes one of a few words, in any case.</summary>
internal sealed class ChoiceOption : Option<string>
{
    private const int MostShown = 32;

    /// <param name="name">The name with its dashes.</param>
    /// <param name="choices">The words, in the order in which help shows them.</param>
    public ChoiceOption(string name, params IReadOnlyList<string> choices) : base(name)
    {
        Choices = choices;
        HelpName = string.Join('|', choices) is { Length: <= MostShown } all ? all : "NAME";
        CompletionSources.Add(_ => choices.Select(c => new System.CommandLine.Completions.CompletionItem(c)));
        CustomParser = result =>
        {
            string text = result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";
            if (choices.FirstOrDefault(c => c.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } choice) return choice;
            string hint = NearestName.Find(text, choices) is { } near ? $"did you mean {near}? It is" : "give";
            result.AddError($"{name} {PrintableText.Line(text)}: {hint} one of {string.Join(", ", choices)}.");
            return null;
        };
    }

    /// <summary>The words.</summary>
    public IReadOnlyList<string> Choices { get; }
}
