using System.Text;
using EmotionMLNet.Files;

namespace EmotionMLNet.Tests.Support;

/// <summary>A command on a real pseudo-terminal (script of util-linux), and what then stands on its screen.</summary>
internal static class PseudoTerminal
{
    /// <param name="folder">The current one.</param>
    /// <param name="command">Of bash.</param>
    /// <param name="columns">Width.</param>
    /// <returns>Everything that the terminal was sent.</returns>
    public static string Run(string folder, string command, int columns = 80)
    {
        AtomicFile.WriteText(Path.Combine(folder, "on-terminal.sh"), $"stty cols {columns} rows 24\n{command}\n");
        return Shell.Run(folder, $"TERM=xterm XDG_STATE_HOME='{folder}' script -qec 'bash on-terminal.sh' /dev/null </dev/null");
    }

    /// <summary>
    /// The lines as they look: a carriage return goes back to the first column, and what is written there replaces what stood there.
    /// </summary>
    /// <param name="sent">See <see cref="Run"/>.</param>
    /// <param name="widest">Columns that anything ever took.</param>
    public static string[] Screen(string sent, out int widest)
    {
        var lines = new List<string>();
        var line = new StringBuilder();
        int at = 0;
        widest = 0;
        string text = System.Text.RegularExpressions.Regex.Replace(sent, @"\u001b(\[[0-9;?]*[A-Za-z]|[=>])", "");
        foreach (char c in text)
        {
            if (c == '\r') at = 0;
            else if (c == '\n')
            {
                lines.Add(line.ToString().TrimEnd());
                line.Clear();
                at = 0;
            }
            else
            {
                if (at < line.Length) line[at] = c;
                else line.Append(c);
                widest = Math.Max(widest, ++at);
            }
        }
        lines.Add(line.ToString().TrimEnd());
        return [.. lines];
    }
}
