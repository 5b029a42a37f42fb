using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Training.Runs.Distillation;

/// <summary>From which models a network learns besides the labels, and how much.</summary>
internal sealed record DistillationOptions
{
    /// <summary>What <see cref="Views"/> says where teachers look at what the student is shown.</summary>
    public const string Shown = "shown";

    public const string ViewsHelp = $"{Shown} (each training picture as the student is shown it, augmented and mixed), or the views of --tta in which they are asked once about every whole training picture before the first step, which costs nothing in a step: {TestTimeAugmentation.Forms}";

    /// <summary>Model zips whose probabilities are averaged; none means labels alone.</summary>
    public IReadOnlyList<string> Teachers { get; init; } = [];

    /// <summary>Share of the teachers in the loss, the labels have the rest; 1 is the teachers alone.</summary>
    public float Weight { get; init; } = 0.7f;

    /// <summary>T of Hinton et al.: above 1 more is made of what the teachers hold for less likely.</summary>
    public float Temperature { get; init; } = 2;

    /// <summary>What teachers look at: <see cref="Shown"/> or what <see cref="TestTimeAugmentation.Parse"/> reads.</summary>
    public string Views { get; init; } = Shown;

    /// <summary>The views in which they are asked once about every training picture; null where they look at what the student is shown.</summary>
    public TestTimeAugmentation? Asked => Views == Shown ? null : TestTimeAugmentation.Parse(Views);

    /// <summary>Everything that is wrong, each with its remedy.</summary>
    /// <param name="freeze">The setting of --freeze.</param>
    public IEnumerable<string> Problems(string freeze)
    {
        foreach (string teacher in Teachers.Where(t => !File.Exists(t))) yield return $"--teacher {teacher}: there is no such file";
        if (Teachers.Count > 0 && freeze == "all") yield return "--teacher looks at augmented pictures, --freeze all trains on features that are computed once: leave one of them away";
        if (!(Weight is > 0 and <= 1)) yield return $"--teacher-weight {Weight}: give a share above 0, up to 1";
        if (Views != Shown && Asked is null) yield return $"--teacher-views {Views}: give {ViewsHelp}";
        if (!(Temperature is >= 0.1f and <= 100)) yield return $"--teacher-temperature {Temperature}: give 0.1 to 100; 1 takes the teachers' probabilities as they are";
    }
}
