using System.Globalization;
using System.Net;

namespace EmotionMLNet.Web.Settings;

/// <summary>One setting: its option, and how its text becomes a value wherever it comes from.</summary>
/// <param name="Name">The option without its dashes.</param>
/// <param name="ValueName">What help calls the value; null for a switch.</param>
/// <param name="Description">For help.</param>
/// <param name="Default">What holds without it, as text.</param>
/// <param name="Apply">Puts a text into settings, or says what is wrong with it.</param>
internal sealed record Setting(
    string Name,
    string? ValueName,
    string Description,
    string Default,
    Func<ServerSettings, string, (ServerSettings Settings, string? Problem)> Apply
)
{
    /// <summary>The option.</summary>
    public string Option => "--" + Name;

    /// <summary>The environment's variable.</summary>
    public string Variable => SettingsReader.Prefix + Name.Replace('-', '_').ToUpperInvariant();

    /// <summary>The name in a file, in camel case.</summary>
    public string Key =>
        string.Concat(Name.Split('-').Select((word, i) => i == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));

    /// <summary>A whole number.</summary>
    public static Setting Whole(
        string name, string description, string standard, long least, long most, Func<ServerSettings, long, ServerSettings> set)
        => new(name, "N", description, standard, (settings, text) =>
            long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value >= least && value <= most
                ? (set(settings, value), null)
                : (settings, string.Create(CultureInfo.InvariantCulture, $"give a whole number from {least} to {most}")));

    /// <summary>A length of time in seconds.</summary>
    public static Setting Seconds(
        string name, string description, string standard, double most, Func<ServerSettings, double, ServerSettings> set,
        bool canBeZero = false)
    {
        string least = canBeZero ? "from" : "above";
        return new(name, "SECONDS", description, standard, (settings, text) =>
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
                && (value > 0 || canBeZero) && value <= most
                ? (set(settings, value), null)
                : (settings, string.Create(CultureInfo.InvariantCulture, $"give seconds {least} 0, {most} at most")));
    }

    /// <summary>A switch.</summary>
    public static Setting Switch(string name, string description, Func<ServerSettings, bool, ServerSettings> set)
        => new(name, null, description, "", (settings, text) =>
            bool.TryParse(text, out bool value) ? (set(settings, value), null) : (settings, "it is true or false"));

    /// <summary>A text that is not empty.</summary>
    public static Setting Text(
        string name, string valueName, string description, string standard, Func<ServerSettings, string, ServerSettings> set)
        => new(name, valueName, description, standard, (settings, text) =>
            text.Length > 0 ? (set(settings, text), null) : (settings, "it is empty"));

    /// <summary>An address of an interface; "any" is all of them.</summary>
    public static Setting Interface(
        string name, string description, string standard, Func<ServerSettings, IPAddress, ServerSettings> set)
        => new(name, "ADDRESS", description, standard, (settings, text) =>
            ReadAddress(text) is { } address
                ? (set(settings, address), null)
                : (settings, "give an address, as 127.0.0.1 or ::, or 'any'; names are not looked up"));

    private static IPAddress? ReadAddress(string text) => text switch
    {
        "any" => IPAddress.IPv6Any,
        "localhost" => IPAddress.Loopback,
        _ => IPAddress.TryParse(text.Trim('[', ']'), out IPAddress? address) ? address : null,
    };
}
