using EmotionMLNet.Formatting;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs.Budget;
using EmotionMLNet.Training.Schedules;

namespace EmotionMLNet.Training.Runs;

/// <summary>
/// How long a run is, at which rate each step learns and which epochs are shown small pictures; with a limit of time all that follows from
/// the clock.
/// </summary>
internal sealed class RunPlan
{
    private readonly BatchSource source;
    private readonly ScheduleTracker course;
    private readonly bool isFixed;
    private ISchedule schedule;

    /// <param name="options">Free of problems.</param>
    /// <param name="source">The source of batches.</param>
    /// <param name="schedule">Null makes the one of the options.</param>
    public RunPlan(TrainingOptions options, BatchSource source, ISchedule? schedule)
    {
        Options = options;
        this.source = source;
        isFixed = schedule is not null;
        this.schedule = schedule ?? RunFactory.CreateSchedule(options);
        course = new ScheduleTracker(options.Optimisation.Epochs, source.Batches)
        {
            Small = options.Progressive.SmallEpochs(options.Optimisation.Epochs),
        };
    }

    /// <summary>The settings of the run; with a limit of time their number of epochs is the one that is planned now.</summary>
    public TrainingOptions Options { get; private set; }

    /// <summary>What fits the run to its time; null without a limit, and before <see cref="Fit"/>.</summary>
    public TimeBudget? Budget { get; private set; }

    /// <summary>Where the run is on its schedule, between two epochs.</summary>
    public SchedulePosition Point => course.Point;

    /// <summary>How many of them, from the first, are shown small pictures, as now planned.</summary>
    public int SmallEpochs => course.Small;

    /// <summary>Steps of the running epoch.</summary>
    public int Steps => course.Steps;

    /// <summary>The schedule that watches the figures of epochs; null where the rate is a function of the step.</summary>
    public PlateauSchedule? Plateau => schedule as PlateauSchedule ?? (schedule as WarmUp)?.Then as PlateauSchedule;

    /// <summary>The learning rate of a step of the running epoch, from 0.</summary>
    public double ComputeRate(int batch) => Options.Optimisation.LearningRate * schedule.ComputeFactor(course.At(batch), course.Length);

    /// <summary>Goes on where a run was left.</summary>
    public void Resume(TrainingProgress progress)
    {
        Take(progress.Course!);
        if (Plateau is { } plateau) (plateau.Current, plateau.Stale) = (progress.PlateauFactor, progress.PlateauStale);
    }

    /// <summary>Fits the run to a time: times a few passes where nothing is known, and plans a run that begins.</summary>
    /// <param name="limit">The time of the whole run.</param>
    /// <param name="time">The clock.</param>
    /// <param name="learner">The learner whose passes are timed.</param>
    /// <param name="progress">The progress of the run so far.</param>
    /// <param name="spent">Seconds that the run has had.</param>
    public void Fit(TimeSpan limit, TimeProvider time, Learner learner, TrainingProgress progress, double spent)
    {
        Budget = new TimeBudget(limit, time, source.Batches, source.Examples, PlanSmall, progress.History, spent);
        foreach (bool isSmall in (bool[])(Options.Progressive.IsOn ? [true, false] : [false]))
            if (!Budget.HasTimed(isSmall)) Budget.Time(isSmall, batch => learner.RunWithoutUpdate(batch, isSmall));
        if (progress.Course is null)
        {
            int epochs = Budget.Plan((double)source.ValidationExamples / Options.Optimisation.BatchSize);
            Take(new SchedulePosition(epochs, epochs, 0, PlanSmall(0, epochs)));
        }
        UpdateOptions();
    }

    /// <summary>Begins an epoch, from 0.</summary>
    public void Begin(int epoch)
    {
        course.Begin(epoch);
        Budget?.BeginEpoch(epoch < course.Small);
    }

    /// <summary>Whether the running epoch has a step. When the time would run out in it, it is the last one, and ends early.</summary>
    public bool HasStep(int epoch, int batch)
    {
        if (Budget is not null && batch < course.Steps)
        {
            bool isLast = epoch + 1 == course.Epochs;
            if (Budget.StepsOfLast(batch, isLast) is { } steps && (!isLast || steps != course.Steps)) course.EndWith(epoch, batch, steps);
        }
        return batch < course.Steps;
    }

    /// <summary>Ends an epoch, behind its last step, when its rate was asked for.</summary>
    public void End() => course.End();

    /// <summary>Corrects the plan by what a finished epoch took.</summary>
    /// <returns>Whether it is another now.</returns>
    public bool Replan(EpochResult result)
    {
        if (Budget is null) return false;
        int epochs = Budget.Replan(result, course.Epochs);
        if (epochs == Options.Optimisation.Epochs) return false;
        (course.Epochs, course.Small) = (epochs, PlanSmall(result.Epoch, epochs));
        UpdateOptions();
        return true;
    }

    /// <summary>Says why no epoch follows one, from 1; null where one does.</summary>
    public string? FindEnd(int epoch)
    {
        if (epoch < course.Epochs) return null;
        if (Budget is not null) return $"the time allowed {Plural.Format(course.Epochs, "epoch")}";
        return course.Epochs == 1 ? "its only epoch done" : $"all {course.Epochs} epochs done";
    }

    /// <summary>How many epochs like that one the rest of the run amounts to.</summary>
    public double EstimateEpochsAhead(EpochResult epoch)
    {
        int ahead = Options.Optimisation.Epochs - epoch.Epoch, small = Math.Clamp(course.Small - epoch.Epoch, 0, ahead);
        bool isTimed = Budget is not null && Options.Progressive.IsOn;
        double cost = isTimed ? Budget!.EpochSeconds(isSmall: true) / Budget.EpochSeconds(isSmall: false) : source.SmallCost;
        double rest = ahead - small + small * cost;
        return epoch.Epoch <= course.Small ? rest / cost : rest;
    }

    // As the settings say, but what has been is not changed: once an epoch was shown whole pictures, all are.
    private int PlanSmall(int done, int epochs) =>
        done > course.Small ? course.Small : Math.Max(done, Options.Progressive.SmallEpochs(epochs));

    private void Take(SchedulePosition point)
    {
        course.Point = point;
        if (Options.Optimisation.Time is null) return;
        // A warm-up that was asked for gives way to the time.
        TrainingOptions warmed = TrainingDefaults.FitWarmUp(Plan(point.Length));
        Options = warmed with { Optimisation = warmed.Optimisation with { Epochs = point.Epochs } };
        if (!isFixed) schedule = RunFactory.CreateSchedule(Options);
    }

    private TrainingOptions Plan(int epochs) => Options with { Optimisation = Options.Optimisation with { Epochs = epochs } };

    // The settings say how many epochs it will be, and how many of them small: with those and without a limit of time, the run can be
    // repeated.
    private void UpdateOptions()
    {
        Options = Plan(course.Epochs);
        if (Options.Progressive.SmallEpochs(course.Epochs) == course.Small) return;
        Options = Options with { Progressive = Options.Progressive with { Epochs = (float)course.Small / course.Epochs } };
    }
}
