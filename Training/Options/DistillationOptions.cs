using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Training.Options;

/// <summary>From which models a network learns besides the labels, and how much: Hinton et al. 2015, arXiv:1503.02531.</summary>
public sealed record DistillationOptions
{
    /// <summary>What <see cref="TeacherViews"/> is called where teachers look at what the student is shown.</summary>
    internal const string Shown = "shown";

    /// <summary>Model zips whose probabilities are averaged; none means labels alone.</summary>
    public IReadOnlyList<string> Teachers { get; init; } = [];

    /// <summary>Share of the teachers in the loss, above 0 up to 1; the labels have the rest.</summary>
    public float TeacherWeight { get; init; } = 0.7f;

    /// <summary>T of Hinton et al., 0.1 to 100: above 1 more is made of what the teachers hold for less likely.</summary>
    public float TeacherTemperature { get; init; } = 2;

    /// <summary>
    /// The views in which teachers are asked once about every whole training picture; null where they look at what the student is shown.
    /// </summary>
    public TestTimeAugmentation? TeacherViews { get; init; }

    /// <summary>What the views may be, for help.</summary>
    internal static string ViewsHelp =>
        $"{Shown} (each training picture as the student is shown it, augmented and mixed), or views in which they are asked once "
        + "about every "
        + $"whole training picture before the first step, which costs nothing in a step: {TestTimeAugmentation.Forms}";

    /// <summary>Reads what <see cref="ViewsHelp"/> says.</summary>
    /// <exception cref="FormatException">The text is not understood.</exception>
    internal static TestTimeAugmentation? ParseViews(string text) =>
        text == Shown ? null
        : TestTimeAugmentation.TryParse(text, out TestTimeAugmentation? views) ? views
        : throw new FormatException($"give {ViewsHelp}");

    /// <summary>Everything that is wrong, each with its remedy.</summary>
    internal IEnumerable<SettingProblem> FindProblems()
    {
        foreach (string teacher in Teachers.Where(t => !File.Exists(t))) yield return new("teachers", teacher, "there is no such file");
        if (!(TeacherWeight is > 0 and <= 1)) yield return new("teacherWeight", TeacherWeight, "give a share above 0, up to 1");
        if (!(TeacherTemperature is >= 0.1f and <= 100))
            yield return new("teacherTemperature", TeacherTemperature, "give 0.1 to 100; 1 takes the teachers' probabilities as they are");
    }
}
