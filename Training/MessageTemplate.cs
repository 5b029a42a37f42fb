using System.Text.RegularExpressions;

namespace EmotionMLNet.Training;

/// <summary>
/// Names of settings in messages: "{optimisation.epochs} is 0". A library says the property's path; whoever shows the message to people who
/// know the setting by another name, such as an option of a command line, puts that in its place.
/// </summary>
internal static partial class MessageTemplate
{
    /// <summary>The message with the paths alone.</summary>
    public static string RemoveBraces(string template) => Replace(template, path => path);

    /// <summary>The message with other names.</summary>
    /// <param name="template">With paths in braces.</param>
    /// <param name="name">Gives the name of a path.</param>
    public static string Replace(string template, Func<string, string> name) => Path().Replace(template, m => name(m.Groups[1].Value));

    // A dot is part of each, so that braces in somebody's file name are left alone.
    [GeneratedRegex(@"\{([a-z][A-Za-z]*(?:\.[a-z][A-Za-z]*)+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Path();
}
