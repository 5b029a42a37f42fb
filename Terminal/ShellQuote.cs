using System.Globalization;
using System.Text;
using EmotionMLNet.Formatting;

namespace EmotionMLNet.Terminal;

/// <summary>Arguments written so that a shell hands them to a program unchanged: hints that can be pasted.</summary>
internal static class ShellQuote
{
    private static readonly System.Buffers.SearchValues<char> Plain
        = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=:,./");

    /// <summary>A command line for the shell of this system.</summary>
    public static string Join(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(Argument));

    /// <summary>One argument for the shell of this system: as it is where it needs no quotes.</summary>
    public static string Argument(string argument) => OperatingSystem.IsWindows() ? Windows(argument) : Posix(argument);

    /// <summary>
    /// For sh, bash and zsh: single quotes, between which nothing has a meaning. An argument with control characters is written as $'...'
    /// with their codes (bash, zsh, POSIX 2024), because printed raw they could run a terminal's commands and would not survive being
    /// copied.
    /// </summary>
    internal static string Posix(string argument)
    {
        if (PrintableText.Line(argument) != argument) return Coded(argument);
        // Zsh looks for the command x in =x.
        bool plain = argument.Length > 0 && argument[0] != '=' && !argument.AsSpan().ContainsAnyExcept(Plain);
        return plain ? argument : $"'{argument.Replace("'", @"'\''", StringComparison.Ordinal)}'";
    }

    /// <summary>For cmd.exe and PowerShell, and the rules by which programs take their command line apart: double quotes.</summary>
    internal static string Windows(string argument)
    {
        bool plain = argument.Length > 0 && !argument.AsSpan().ContainsAnyExcept(Plain) && argument[0] is not ('@' or '=');
        if (plain) return argument;
        var quoted = new StringBuilder("\"");
        int backslashes = 0;
        foreach (char c in argument)
        {
            // Back-slashes count as escapes only in front of a quote.
            if (c == '"') quoted.Append('\\', backslashes + 1);
            backslashes = c == '\\' ? backslashes + 1 : 0;
            quoted.Append(c);
        }
        return quoted.Append('\\', backslashes).Append('"').ToString();
    }

    private static string Coded(string argument)
    {
        var coded = new StringBuilder("$'");
        foreach (Rune rune in argument.EnumerateRunes())
        {
            string text = rune.ToString();
            if (rune.Value is '\'' or '\\') coded.Append('\\').Append(text);
            else if (PrintableText.Line(text) == text)
                coded.Append(text);
            else
                foreach (byte b in Encoding.UTF8.GetBytes(text))
                    coded.Append(CultureInfo.InvariantCulture, $"\\{Convert.ToString(b, 8).PadLeft(3, '0')}");
        }
        return coded.Append('\'').ToString();
    }
}
