using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using EmotionMLNet.Formatting;

namespace EmotionMLNet.Terminal;

/// <summary>
/// An option whose value is a number, read by <see cref="Numbers"/> and never by the rules of a culture: 0,001 is refused, not read as 1.
/// </summary>
internal sealed class NumberOption<T> : Option<T> where T : struct, INumber<T>
{
    public NumberOption(string name, params string[] aliases) : base(name, aliases)
    {
        CustomParser = result => NumberOption.Read(result, name, Least, Most);
        HelpName = NumberOption.HelpName<T>();
    }

    /// <summary>Smallest number taken; null for no limit.</summary>
    public T? Least { get; init; }

    /// <summary>Largest number taken; null for no limit.</summary>
    public T? Most { get; init; }
}

/// <summary>The same for an option that may be left away and then has no value.</summary>
internal sealed class OptionalNumberOption<T> : Option<T?> where T : struct, INumber<T>
{
    public OptionalNumberOption(string name, params string[] aliases) : base(name, aliases)
    {
        CustomParser = result => NumberOption.Read(result, name, Least, Most);
        HelpName = NumberOption.HelpName<T>();
    }

    /// <summary>Smallest number taken; null for no limit.</summary>
    public T? Least { get; init; }

    /// <summary>Largest number taken; null for no limit.</summary>
    public T? Most { get; init; }
}

/// <summary>What both kinds share.</summary>
internal static class NumberOption
{
    public static T Read<T>(ArgumentResult result, string name, T? least, T? most) where T : struct, INumber<T>
    {
        string text = result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";
        if (Numbers.Read(text, out T value) is { } problem)
            result.AddError($"{name}: {problem}.");
        else if (value < least || value > most)
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}: give {Range(least, most)}."));
        return value;
    }

    private static string Range<T>(T? least, T? most) where T : struct, INumber<T>
    {
        if (least is null) return string.Create(CultureInfo.InvariantCulture, $"{most} or less");
        return most is null
            ? string.Create(CultureInfo.InvariantCulture, $"{least} or more")
            : string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}");
    }

    public static string HelpName<T>()
        where T : struct, INumber<T> => typeof(T) == typeof(float) || typeof(T) == typeof(double) ? "NUMBER" : "N";
}
