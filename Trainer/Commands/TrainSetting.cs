using EmotionMLNet.Trainer.Rendering;
using EmotionMLNet.Training.Comparison.Reports;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training;
using System.CommandLine;
using System.Globalization;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>One setting of training on the command line.</summary>
/// <param name="Option">How it is given.</param>
/// <param name="Apply">Lays what was given over other settings.</param>
/// <param name="Get">Its value in settings, for help; null where the default is said in words.</param>
internal sealed record TrainSetting(Option Option, Func<TrainingOptions, ParseResult, TrainingOptions> Apply, Func<TrainingOptions, object?> Get)
{
    /// <summary>The value as it would be typed; empty where there is none to show.</summary>
    public string Default(TrainingOptions options) => Get(options) switch
    {
        null => "",
        float value => ((decimal)value).ToString("0.######", CultureInfo.InvariantCulture),
        bool value => value ? "true" : "false",
        { } value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
