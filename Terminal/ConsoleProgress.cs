using System.Globalization;

namespace EmotionMLNet.Terminal;

/// <summary>How far a long piece of work has come.</summary>
internal readonly record struct WorkProgress(long Done, long Total);

/// <summary>
/// Shows progress with rate and ETA on stderr: one line redrawn in place on a terminal, a plain line every few seconds otherwise.
/// Work that is over in a moment prints nothing but its summary on a terminal, and nothing at all otherwise. Thread-safe.
/// </summary>
internal sealed class ConsoleProgress : IProgress<WorkProgress>, IDisposable
{
    private static readonly TimeSpan TerminalInterval = TimeSpan.FromMilliseconds(100), PlainInterval = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly string title, unit;
    private readonly TextWriter writer;
    private readonly bool terminal;
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
    public ConsoleProgress(string title, string unit, TextWriter? writer = null, bool? terminal = null, TimeProvider? time = null)
    {
        (this.title, this.unit, this.writer, this.time) = (title, unit, writer ?? Console.Error, time ?? TimeProvider.System);
        this.terminal = terminal ?? (!Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb");
        started = lastShown = this.time.GetTimestamp();
    }

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
        string counts = string.Create(c, $"{title}: {last.Done:N0} of {last.Total:N0} {unit}, {rate:N0}/s");
        if (finished) return string.Create(c, $"{counts}, {Duration(seconds)}");
        string eta = rate > 0 ? Duration((last.Total - last.Done) / rate) : "?";
        return terminal ? $"{Bar()} {counts}, {eta} left" : string.Create(c, $"{counts}, {100.0 * last.Done / Math.Max(1, last.Total):F0} %, {eta} left");
    }

    private string Bar()
    {
        const int Cells = 20;
        int full = last.Total > 0 ? (int)(Cells * last.Done / last.Total) : 0;
        return $"[{new string('#', full)}{new string('-', Cells - full)}]";
    }

    /// <summary>Writes over what stands on the line, blanks included.</summary>
    private void Show(string line, bool end)
    {
        if (terminal)
        {
            writer.Write("\r" + line.PadRight(width));
            width = end ? 0 : line.Length;
        }
        else writer.Write(line);
        if (end) writer.WriteLine();
        writer.Flush();
    }

    /// <summary>"45 s", "3:05 min", "2:03:05 h".</summary>
    internal static string Duration(double seconds)
    {
        var span = TimeSpan.FromSeconds(Math.Round(seconds));
        CultureInfo c = CultureInfo.InvariantCulture;
        if (span.TotalSeconds < 60) return string.Create(c, $"{span.TotalSeconds:F0} s");
        return span.TotalHours < 1 ? string.Create(c, $"{span.Minutes}:{span.Seconds:D2} min") : string.Create(c, $"{(int)span.TotalHours}:{span.Minutes:D2}:{span.Seconds:D2} h");
    }
}
