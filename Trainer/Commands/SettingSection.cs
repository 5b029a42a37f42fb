using System.CommandLine;
using System.Numerics;
using EmotionMLNet.Terminal;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>One record of the settings, whose members become options of the command line.</summary>
/// <param name="path">Its name in a settings file; empty for the settings themselves.</param>
/// <param name="get">Takes it out of the settings.</param>
/// <param name="set">Puts another in its place.</param>
internal sealed class SettingSection<T>(string path, Func<TrainingOptions, T> get, Func<TrainingOptions, T, TrainingOptions> set)
{
    /// <summary>A setting that is a number.</summary>
    /// <param name="name">Its name in a settings file.</param>
    /// <param name="description">The text in the help.</param>
    /// <param name="change">Gives the record another value.</param>
    /// <param name="read">The value, for help; null where the default is said in words.</param>
    public TrainSetting Number<N>(string name, string description, Func<T, N, T> change, Func<T, object?>? read = null)
        where N : struct, INumber<N> => Make(name, flag => new NumberOption<N>(flag) { Description = description }, change, read);

    /// <summary>A setting that is on or off.</summary>
    public TrainSetting Flag(string name, string description, Func<T, bool, T> change, Func<T, object?>? read = null)
        => Make(name, flag => new FlagOption(flag) { Description = description }, change, read);

    /// <summary>
    /// A setting with a text of its own, which <paramref name="change"/> may refuse by a <see cref="FormatException"/> that says what to
    /// write.
    /// </summary>
    public TrainSetting Text(string name, string value, string description, Func<T, string, T> change, Func<T, object?>? read = null)
        => Make(name, flag => new Option<string>(flag) { HelpName = value, Description = description }, change, read);

    /// <summary>A setting that is one of a few words.</summary>
    public TrainSetting Choice<C>(
        string name,
        string description,
        Dictionary<string, C> choices,
        Func<T, C, T> change,
        Func<T, C?>? read = null
    )
        where C : struct =>
        Make<string>(
            name,
            flag => new ChoiceOption(flag, [.. choices.Keys]) { Description = description },
            (s, word) => change(s, choices[word]),
            s => read?.Invoke(s) is { } value ? choices.First(c => EqualityComparer<C>.Default.Equals(c.Value, value)).Key : null
        );

    private TrainSetting Make<V>(string name, Func<string, Option<V>> make, Func<T, V, T> change, Func<T, object?>? read)
    {
        string full = path.Length == 0 ? name : name.Length == 0 ? path : $"{path}.{name}";
        Option<V> option = make(SettingFlags.FromPath(full));
        return new TrainSetting(full, option, (o, parsed) => set(o, change(get(o), parsed.GetValue(option)!)), o => read?.Invoke(get(o)));
    }
}
