namespace EmotionMLNet.Tests.Tuning.Search;

/// <summary>A clock that stands still until somebody lets time pass; its timers fire then.</summary>
internal sealed class SimulatedClock : TimeProvider
{
    private readonly List<Alarm> alarms = [];

    private TimeSpan now;

    /// <summary>Seconds since the beginning.</summary>
    public double Seconds => now.TotalSeconds;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => now.Ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + now;

    public void Advance(double seconds)
    {
        TimeSpan until = now + TimeSpan.FromSeconds(seconds);
        while (alarms.Where(a => a.Due <= until).MinBy(a => a.Due) is { } alarm)
        {
            if (alarm.Due > now) now = alarm.Due;
            alarm.Fire();
        }
        now = until;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, () => callback(state));
        alarm.Change(dueTime, period);
        alarms.Add(alarm);
        return alarm;
    }

    private sealed class Alarm(SimulatedClock clock, Action action) : ITimer
    {
        private TimeSpan period = Timeout.InfiniteTimeSpan;

        public TimeSpan Due { get; private set; } = TimeSpan.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            this.period = period;
            Due = dueTime == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : clock.now + dueTime;
            return true;
        }

        public void Fire()
        {
            Due = period > TimeSpan.Zero ? Due + period : TimeSpan.MaxValue;
            action();
        }

        public void Dispose() => clock.alarms.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
