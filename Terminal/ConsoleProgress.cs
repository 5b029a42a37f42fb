using System.Globalization;
using EmotionMLNet.Formatting;

namespace EmotionMLNet.Terminal;

/// <summary>
/// Shows progress with rate and ETA on stderr: one line redrawn in place on a terminal, never wider than it, a plain line every few seconds
/// otherwise. Work that is over in a moment prints nothing but its summary on a terminal, and nothing at all otherwise. Thread-safe.
/// </summary>
internal sealed class ConsoleProgress : IProgress<WorkProgress>, IDisposable
{
    private const int BarCells = 20, FewestBarCells = 5;

    private static readonly TimeSpan TerminalInterval = TimeSpan.FromMilliseconds(100), PlainInterval = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly string title, unit;
    private readonly TextWriter writer;
    private readonly bool terminal;
    private readonly int? columns;
    private readonly TimeProvider time;
    private readonly long started;
    private long lastShown;
    private WorkProgress last;
    private int width;

    /// <param name="title">What is done, "Reading images".</param>
    /// <param name="unit">What is counted, in the plural: "images".</param>
    /// <param name="writer">Stderr when null.</param>
    /// <param name="terminal">Redraw in place; when null, whether stderr is a terminal that understands it.</param>
    /// <param name="time">The system's when null.</param>
    /// <param name="columns">Width of the terminal; when null, what it has at the moment.</param>
    public ConsoleProgress(
        string title,
        string unit,
        TextWriter? writer = null,
        bool? terminal = null,
        TimeProvider? time = null,
        int? columns = null
    )
    {
        this.title = title;
        this.unit = unit;
        this.writer = writer ?? Console.Error;
        this.time = time ?? TimeProvider.System;
        this.columns = columns;
        this.terminal = terminal ?? IsTerminal;
        started = lastShown = this.time.GetTimestamp();
    }

    /// <summary>Whether stderr is a terminal on which a line can be redrawn.</summary>
    public static bool IsTerminal => !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>Takes the newest count; a smaller one than before (threads overtake each other) is ignored.</summary>
    public void Report(WorkProgress value)
    {
        lock (gate)
        {
            if (value.Done <= last.Done) return;
            last = value;
            if (time.GetElapsedTime(lastShown) < (terminal ? TerminalInterval : PlainInterval)) return;
            lastShown = time.GetTimestamp();
            Show(Line(finished: false), end: !terminal);
        }
    }

    /// <summary>
    /// Writes something else to the same terminal: the line is wiped away before, and comes back with the next report that is due.
    /// </summary>
    /// <param name="write">Ends with a line feed, and flushes.</param>
    public void Above(Action write)
    {
        lock (gate)
        {
            if (width > 0)
            {
                writer.Write("\r" + new string(' ', width) + "\r");
                writer.Flush();
                width = 0;
            }
            write();
        }
    }

    /// <summary>Leaves the final line.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            bool silent = !terminal && lastShown == started;
            if (last.Done > 0 && !silent) Show(Line(finished: true), end: true);
        }
    }

    private string Line(bool finished)
    {
        double seconds = time.GetElapsedTime(started).TotalSeconds, rate = seconds > 0 ? last.Done / seconds : 0;
        CultureInfo c = CultureInfo.InvariantCulture;
        bool known = last.Total >= last.Done;
        string of = known ? string.Create(c, $" of {last.Total:N0}") : "";
        string counts = string.Create(
            c,
            $"{title}: {last.Done:N0}{of} {unit}, {rate.ToString(rate is > 0 and < 9.95 ? "0.0" : "N0", c)}/s"
        );
        if (finished) return $"{counts}, {DurationText.Format(seconds)}";
        if (!known) return counts;
        string left = (rate > 0 ? DurationText.Format((last.Total - last.Done) / rate) : "?") + " left";
        return terminal
            ? WithBar($"{counts}, {left}")
            : string.Create(c, $"{counts}, {100.0 * last.Done / Math.Max(1, last.Total):F0} %, {left}");
    }

    // The bar takes what room the figures leave.
    private string WithBar(string text)
    {
        int cells = Math.Min(BarCells, Room() - text.Length - 3), full = (int)(cells * last.Done / Math.Max(1, last.Total));
        return cells < FewestBarCells ? text : $"[{new string('#', full)}{new string('-', cells - full)}] {text}";
    }

    // A line that fills the last column wraps on some terminals.
    private int Room() => Math.Max(1, (columns ?? TerminalSize.Columns()) - 1);

    /// <summary>Writes over what stands on the line, blanks included.</summary>
    private void Show(string line, bool end)
    {
        if (terminal)
        {
            int room = Room();
            if (line.Length > room) line = line[..room];
            writer.Write("\r" + line.PadRight(Math.Min(width, room)));
            width = end ? 0 : line.Length;
        }
        else writer.Write(line);
        if (end) writer.WriteLine();
        writer.Flush();
    }
}
