namespace EmotionMLNet.Training.Runs.Budget;

/// <summary>Where a run is on its schedule, between two epochs; part of a checkpoint.</summary>
/// <param name="Length">Epochs that the schedule was laid out for.</param>
/// <param name="Epochs">Epochs that the run will have, as now planned.</param>
/// <param name="Position">Epochs of the schedule that are behind it.</param>
/// <param name="Small">How many of the epochs, from the first, are shown small pictures, as now planned.</param>
internal sealed record SchedulePosition(int Length, int Epochs, double Position, int Small = 0);

/// <summary>
/// How long a run is, and which point of its schedule each step has. As long as the plan stands, step b of B in epoch e is at e + (b + 1/2)
/// / B. When a run gets more or fewer epochs than its schedule was laid out for, what is left of the schedule is spread over what is left
/// of the run: the rate never jumps, and the last step is always at the schedule's end.
/// </summary>
internal sealed class ScheduleTracker
{
    private readonly int batches;
    private int length, first;
    private double position, span;

    /// <param name="epochs">Number of epochs, at least 1.</param>
    /// <param name="batches">Steps of a whole epoch.</param>
    public ScheduleTracker(int epochs, int batches)
    {
        this.batches = batches;
        Point = new SchedulePosition(epochs, epochs, 0);
    }

    /// <summary>Epochs that the schedule was laid out for.</summary>
    public int Length => length;

    /// <summary>Epochs that the run will have, as now planned; a change takes effect with the next epoch.</summary>
    public int Epochs { get; set; }

    /// <summary>How many epochs, from the first, are shown small pictures; a change takes effect with the next epoch.</summary>
    public int Small { get; set; }

    /// <summary>Steps of the running epoch.</summary>
    public int Steps { get; private set; }

    /// <summary>The state between two epochs.</summary>
    public SchedulePosition Point
    {
        get => new(length, Epochs, position, Small);
        set => (length, Epochs, position, Small, Steps) = (value.Length, value.Epochs, value.Position, value.Small, batches);
    }

    /// <param name="epoch">Number of the epoch, from 0, below <see cref="Epochs"/>.</param>
    public void Begin(int epoch) => (first, Steps, span) = (0, batches, (length - position) / (Epochs - epoch));

    /// <summary>Makes the running epoch the last one.</summary>
    /// <param name="epoch">Number of the epoch, from 0.</param>
    /// <param name="done">Steps of it that are done.</param>
    /// <param name="steps">Steps that it will have, at least as many.</param>
    public void EndWith(int epoch, int done, int steps)
    {
        if (done > first) position += (done - first) * span / (Steps - first);
        (Epochs, first, Steps, span) = (epoch + 1, done, steps, length - position);
    }

    /// <summary>Takes the running epoch into the position.</summary>
    public void End() => position += span;

    /// <summary>Epochs of the schedule at the middle of a step.</summary>
    /// <param name="batch">Index of the batch in the running epoch, from 0.</param>
    public double At(int batch) => position + (batch - first + 0.5) * span / (Steps - first);
}
