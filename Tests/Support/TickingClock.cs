namespace EmotionMLNet.Tests.Support;

/// <summary>A clock that goes on by some seconds whenever somebody looks at it: work takes as long as a test says.</summary>
internal sealed class TickingClock : TimeProvider
{
    private long ticks;

    /// <summary>Seconds from one look to the next.</summary>
    public double Tick { get; set; } = 1;

    /// <summary>Seconds since the start.</summary>
    public double Now => TimeSpan.FromTicks(ticks).TotalSeconds;

    /// <summary>Lets time pass.</summary>
    public void Advance(double seconds) => ticks += TimeSpan.FromSeconds(seconds).Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => ticks += TimeSpan.FromSeconds(Tick).Ticks;
}
