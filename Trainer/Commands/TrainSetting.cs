using System.CommandLine;
using System.Globalization;
using EmotionMLNet.Terminal;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>One setting of training on the command line.</summary>
/// <param name="Path">Its path in a settings file.</param>
/// <param name="Option">How it is given.</param>
/// <param name="Change">Lays what was given over other settings.</param>
/// <param name="Read">Its value in settings, for help; null where the default is said in words.</param>
internal sealed record TrainSetting(
    string Path,
    Option Option,
    Func<TrainingOptions, ParseResult, TrainingOptions> Change,
    Func<TrainingOptions, object?> Read
)
{
    /// <summary>Lays what was given over other settings.</summary>
    /// <exception cref="UserException">The text is not understood.</exception>
    public TrainingOptions Apply(TrainingOptions options, ParseResult parsed)
    {
        try
        {
            return Change(options, parsed);
        }
        catch (FormatException e)
        {
            throw new UserException($"{Option.Name} {parsed.GetResult(Option)?.Tokens[^1].Value}: {e.Message}.");
        }
    }

    /// <summary>The value as it would be typed; empty where there is none to show.</summary>
    public string Default(TrainingOptions options) => Read(options) switch
    {
        null => "",
        float value => ((decimal)value).ToString("0.######", CultureInfo.InvariantCulture),
        bool value => value ? "true" : "false",
        { } value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
