using System.CommandLine;
using EmotionMLNet.Formatting;

namespace EmotionMLNet.Terminal;

/// <summary>A switch: given alone it is on; "true" and "false" may follow.</summary>
internal sealed class FlagOption : Option<bool>
{
    public FlagOption(string name, params string[] aliases) : base(name, aliases)
    {
        Arity = ArgumentArity.ZeroOrOne;
        CompletionSources.Clear();
        CustomParser = result =>
        {
            if (result.Tokens.Count == 0 || bool.TryParse(result.Tokens[^1].Value, out bool value) && value) return true;
            if (!bool.TryParse(result.Tokens[^1].Value, out _))
                result.AddError($"{name} is true or false, not '{PrintableText.Line(result.Tokens[^1].Value)}'.");
            return false;
        };
    }
}
