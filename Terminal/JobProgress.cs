using System.Globalization;
using System.Text;
using EmotionMLNet.Formatting;

namespace EmotionMLNet.Terminal;

/// <summary>
/// One bar over a job of many parts, on stderr: on a terminal the last line, below the lines that the parts print and in place of their own
/// bars, otherwise a plain line every few seconds. Parts are weighed by about how long each takes; the time left follows from what has been
/// done. Thread-safe.
/// </summary>
internal sealed class JobProgress : IDisposable
{
    private static readonly TimeSpan TerminalInterval = TimeSpan.FromMilliseconds(200), PlainInterval = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly string title;
    private readonly TextWriter writer;
    private readonly TextWriter? before;
    private readonly bool terminal;
    private readonly int columns;
    private readonly TimeProvider time;
    private readonly long started;
    private double total, done, weight, within;
    private string part = "", detail = "";
    private long lastShown;
    private int drawn;

    /// <param name="title">The title of the job, "quickstart".</param>
    /// <param name="total">Weight of all parts together, positive.</param>
    /// <param name="output">
    /// Where to; null is stderr, which is then written through this object until it is disposed of, so that the bar stays below.
    /// </param>
    /// <param name="time">The system's when null.</param>
    public JobProgress(string title, double total, TerminalOutput? output = null, TimeProvider? time = null)
    {
        TerminalOutput to = output ?? TerminalOutput.Stderr();
        this.title = title;
        this.total = total;
        writer = to.Writer;
        terminal = to.IsTerminal && Environment.GetEnvironmentVariable("TERM") != "dumb";
        columns = to.Columns;
        this.time = time ?? TimeProvider.System;
        started = lastShown = this.time.GetTimestamp();
        Messages = terminal ? new Above(this) : writer;
        if (output is not null || !terminal) return;
        before = Console.Error;
        Console.SetError(Messages);
    }

    /// <summary>Where the parts print; their lines stand above the bar. What they write to be overwritten is not shown.</summary>
    public TextWriter Messages { get; }

    /// <summary>Ends the part before and begins one.</summary>
    /// <param name="name">Shown.</param>
    /// <param name="partWeight">Its share of the total.</param>
    public void Begin(string name, double partWeight)
    {
        lock (gate)
        {
            done += weight;
            (part, detail, weight, within) = (name, "", partWeight, 0);
            Show();
        }
    }

    /// <summary>Takes out a part that turns out to be done already.</summary>
    /// <param name="partWeight">Its share of the total.</param>
    public void Skip(double partWeight)
    {
        lock (gate) total = Math.Max(1e-9, total - partWeight);
    }

    /// <summary>Adds a part that turns out to be wanted.</summary>
    /// <param name="partWeight">Its share, in the unit of the total.</param>
    public void Extend(double partWeight)
    {
        lock (gate) total += partWeight;
    }

    /// <summary>How far the part has come.</summary>
    /// <param name="share">0 to 1; less than before is ignored.</param>
    /// <param name="unit">What is counted, "epoch", or nothing.</param>
    /// <param name="count">Which one is running.</param>
    /// <param name="all">How many there are.</param>
    public void Report(double share, string unit = "", int count = 0, int all = 0)
    {
        lock (gate)
        {
            within = Math.Max(within, Math.Clamp(share, 0, 1));
            if (time.GetElapsedTime(lastShown) < (terminal ? TerminalInterval : PlainInterval)) return;
            detail = unit.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {unit} {count} of {all}");
            Show();
        }
    }

    /// <summary>Wipes the bar away and gives stderr back.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            Wipe();
            writer.Flush();
        }
        if (before is not null) Console.SetError(before);
    }

    private void Show()
    {
        if (!terminal && time.GetElapsedTime(lastShown) < PlainInterval) return;
        lastShown = time.GetTimestamp();
        double share = Math.Clamp((done + weight * within) / total, 0, 1), seconds = time.GetElapsedTime(started).TotalSeconds;
        string left = share > 0.01 ? $", {DurationText.Format(seconds * (1 - share) / share)} left" : "";
        string text = string.Create(CultureInfo.InvariantCulture, $"{title}: {100 * share:0} %{left}, {PrintableText.Line(part)}{detail}");
        if (!terminal)
        {
            writer.WriteLine(text);
            return;
        }
        const int Cells = 20;
        int full = (int)(Cells * share);
        string line = $"[{new string('#', full)}{new string('-', Cells - full)}] {text}";
        if (line.Length >= columns) line = line[..(columns - 1)];
        writer.Write("\r" + line.PadRight(drawn));
        writer.Flush();
        drawn = line.Length;
    }

    private void Wipe()
    {
        if (drawn > 0) writer.Write("\r" + new string(' ', drawn) + "\r");
        drawn = 0;
    }

    // What parts print goes through here, line by line: the bar is taken away before and drawn again behind it. A carriage return takes
    // back what stands on the line, as on a terminal: the parts' own bars come to nothing.
    private sealed class Above(JobProgress job) : TextWriter
    {
        private readonly StringBuilder line = new();

        public override Encoding Encoding => job.writer.Encoding;

        public override void Write(char value) => Write(value.ToString());

        public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

        public override void WriteLine() => Write("\n");

        public override void WriteLine(string? value) => Write(value + "\n");

        public override void Write(string? value)
        {
            if (string.IsNullOrEmpty(value)) return;
            lock (job.gate)
            {
                foreach (char c in value.Replace("\r\n", "\n", StringComparison.Ordinal))
                {
                    if (c == '\r') line.Clear();
                    else if (c != '\n') line.Append(c);
                    else
                    {
                        job.Wipe();
                        job.writer.WriteLine(line.ToString().TrimEnd());
                        line.Clear();
                        job.Show();
                    }
                }
            }
        }

        public override void Flush() => job.writer.Flush();
    }
}
