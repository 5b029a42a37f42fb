using System.CommandLine;
using EmotionMLNet.Terminal;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>Options that several verbs have, with their ranges.</summary>
internal static class SharedOptions
{
    private const int MostThreads = 1024;

    /// <summary>--threads.</summary>
    public static Option<int> Threads()
    {
        var option = new NumberOption<int>("--threads") { Description = "Threads; 0 is all cores." };
        option.Validators.Add(result =>
        {
            if (Number(result) is < 0 or > MostThreads) result.AddError($"--threads: give 0 (all cores) to {MostThreads}.");
        });
        return option;
    }

    /// <summary>--force.</summary>
    public static Option<bool> Force() => new("--force") { Description = "Replace files that exist." };

    /// <summary>What a parser made of the option; null where it is absent or no number, which has its own message.</summary>
    public static int? Number(System.CommandLine.Parsing.OptionResult result)
        => result.Tokens.Count > 0 && Numbers.Read(result.Tokens[^1].Value, out int value) is null ? value : null;

    /// <summary>Numbers with commas between them, one a channel or a model.</summary>
    /// <param name="option">For messages.</param>
    /// <param name="text">As typed.</param>
    /// <exception cref="UserException">One is no number.</exception>
    public static double[] List(string option, string text)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        var numbers = new double[parts.Length];
        for (int i = 0; i < parts.Length; i++)
            if (Numbers.Read(parts[i], out numbers[i]) is { } problem) throw new UserException($"{option} {text}: {problem}.");
        return numbers;
    }
}
