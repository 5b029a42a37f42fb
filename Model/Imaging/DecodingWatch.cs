using System.Diagnostics;

namespace EmotionMLNet.Imaging;

/// <summary>What ends the decoding of a picture before its last row: the caller's wish, or the time that the options allow.</summary>
internal sealed class DecodingWatch
{
    private string format = "unknown";
    private TimeSpan? limit;
    private long start;

    /// <summary>The caller's wish.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>Begins a picture.</summary>
    /// <param name="pictureFormat">Name for the message.</param>
    /// <param name="timeLimit">Time that its decoding may take; null: any.</param>
    public void Begin(string pictureFormat, TimeSpan? timeLimit)
    {
        format = pictureFormat;
        limit = timeLimit;
        Restart();
        Check();
    }

    /// <summary>Counts from now on: the time in which a picture waits for the memory of others is not its own.</summary>
    public void Restart()
    {
        if (limit is not null) start = Stopwatch.GetTimestamp();
    }

    /// <summary>To be called once a row, by every loop over a picture.</summary>
    /// <exception cref="ImageFormatException">The time is over.</exception>
    /// <exception cref="OperationCanceledException">The caller's wish.</exception>
    public void Check()
    {
        Cancellation.ThrowIfCancellationRequested();
        if (limit is { } time && Stopwatch.GetElapsedTime(start) >= time) throw TooSlow(time);
    }

    private ImageFormatException TooSlow(TimeSpan time) =>
        new(format, 0, FormattableString.Invariant($"decoding takes longer than the limit of {time.TotalSeconds} s"))
        {
            Problem = ImageProblem.Time,
        };
}
